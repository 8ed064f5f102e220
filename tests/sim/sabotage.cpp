#include "sabotage.hpp"

#include <array>
#include <map>

#include "app/context.hpp"
#include "dice.hpp"
#include "forwarding_store.hpp"

namespace chartroom::sim {
namespace {

constexpr unsigned kOneDeliveryIn = 500;
constexpr unsigned kOneTimerIn = 300;
constexpr std::array kPlants{Plant::lost_outbox, Plant::double_completion, Plant::dead_timer};

struct Saboteur {
  Plant plant;
  Dice dice;
  std::map<std::string, std::string> leases;  ///< of every job, the newest
};

class SabotagedTenant final : public ForwardingTenant {
 public:
  SabotagedTenant(std::unique_ptr<app::TenantStore> inner, Saboteur& saboteur)
      : ForwardingTenant(std::move(inner)), saboteur_(saboteur) {}

  base::Result<void> commit(const app::Commit& writes) override {
    app::Commit changed;
    for (const app::Write& write : writes) {
      if (!is_dropped(write)) changed.push_back(with_newest_version(write));
    }
    return inner().commit(changed);
  }

 private:
  bool is_dropped(const app::Write& write) {
    const auto* job = std::get_if<app::InsertJob>(&write);
    switch (saboteur_.plant) {
      case Plant::lost_outbox:
        return job != nullptr && job->job.kind == app::kDeliverJob &&
               saboteur_.dice.one_in(kOneDeliveryIn);
      case Plant::dead_timer:
        return job != nullptr && job->job.kind == app::kCommandJob &&
               job->job.payload.find("\"start\"") == std::string::npos &&
               saboteur_.dice.one_in(kOneTimerIn);
      case Plant::double_completion: {
        const auto* finish = std::get_if<app::FinishJob>(&write);
        return finish != nullptr && saboteur_.leases[finish->job_id] != finish->lease;
      }
    }
    return false;
  }
  app::Write with_newest_version(const app::Write& write) {
    const auto* update = std::get_if<app::UpdateOrder>(&write);
    if (saboteur_.plant != Plant::double_completion || update == nullptr) return write;
    app::UpdateOrder changed = *update;
    const auto stored = inner().find_order(changed.order.core.id);
    if (stored && *stored) changed.order.version = (*stored)->version;
    return changed;
  }

  Saboteur& saboteur_;
};

class SabotagedStore final : public ForwardingStore {
 public:
  SabotagedStore(app::Store& inner, Plant plant, std::uint64_t seed)
      : ForwardingStore(inner), saboteur_{plant, Dice(seed), {}} {}

  std::unique_ptr<app::TenantStore> tenant(const std::string& client_id) override {
    return std::make_unique<SabotagedTenant>(inner().tenant(client_id), saboteur_);
  }
  base::Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                            const app::ClaimLimits& limits) override {
    auto jobs = inner().claim(now, lease, limits);
    if (!jobs || saboteur_.plant != Plant::double_completion) return jobs;
    for (const app::Job& job : *jobs) saboteur_.leases[job.id] = job.lease;
    return jobs;
  }

 private:
  Saboteur saboteur_;
};

}  // namespace

const char* to_string(Plant plant) {
  switch (plant) {
    case Plant::lost_outbox:
      return "lost-outbox";
    case Plant::double_completion:
      return "double-completion";
    case Plant::dead_timer:
      return "dead-timer";
  }
  return "";
}

std::optional<Plant> plant_from(std::string_view text) {
  for (const Plant plant : kPlants) {
    if (text == to_string(plant)) return plant;
  }
  return std::nullopt;
}

std::unique_ptr<app::Store> make_sabotaged_store(app::Store& inner, Plant plant,
                                                 std::uint64_t seed) {
  return std::make_unique<SabotagedStore>(inner, plant, seed);
}

}  // namespace chartroom::sim
