#include "faulty_store.hpp"

#include "forwarding_store.hpp"

namespace chartroom::sim {
namespace {

base::Error away() { return {base::ErrorCode::unavailable, "the store is away", ""}; }

/// Carries out one write under a fault. `run` returns a Result; `seen` is told of a good one.
template <typename Run, typename Seen>
auto under(Faults& faults, const Run& run, const Seen& seen) -> decltype(run()) {
  const Fault fault = faults.of_write();
  if (fault == Fault::busy || fault == Fault::disk_full) return base::pass_on(away());
  if (fault == Fault::crash_before) throw Crash{};
  auto result = run();
  // A refused write changed nothing: its caller hears of it.
  if (!result) return result;
  seen(result);
  if (fault == Fault::crash_after) throw Crash{};
  if (fault == Fault::lost_answer) return base::pass_on(away());
  return result;
}

class FaultyTenant final : public ForwardingTenant {
 public:
  FaultyTenant(std::unique_ptr<app::TenantStore> inner, Faults& faults, Watcher& watcher)
      : ForwardingTenant(std::move(inner)), faults_(faults), watcher_(watcher) {}

  base::Result<void> commit(const app::Commit& writes) override {
    return under(
        faults_, [&] { return inner().commit(writes); },
        [&](const auto&) { watcher_.committed(writes); });
  }

 protected:
  base::Result<void> before_read() override {
    if (faults_.of_read()) return base::pass_on(away());
    return {};
  }

 private:
  Faults& faults_;
  Watcher& watcher_;
};

class FaultyStore final : public ForwardingStore {
 public:
  FaultyStore(app::Store& inner, Faults& faults, Watcher& watcher)
      : ForwardingStore(inner), faults_(faults), watcher_(watcher) {}

  std::unique_ptr<app::TenantStore> tenant(const std::string& client_id) override {
    return std::make_unique<FaultyTenant>(inner().tenant(client_id), faults_, watcher_);
  }
  base::Result<std::optional<app::Application>> find_application(
      const std::string& client_id) override {
    if (faults_.of_read()) return base::pass_on(away());
    return inner().find_application(client_id);
  }
  base::Result<std::vector<app::Job>> claim(base::TimePoint now, base::Duration lease,
                                            const app::ClaimLimits& limits) override {
    return under(
        faults_, [&] { return inner().claim(now, lease, limits); },
        [&](const auto& jobs) { watcher_.claimed(*jobs, now, lease); });
  }
  base::Result<std::vector<std::string>> heartbeat(
      const std::vector<std::pair<std::string, std::string>>& job_and_lease, base::TimePoint now,
      base::Duration lease) override {
    return under(
        faults_, [&] { return inner().heartbeat(job_and_lease, now, lease); },
        [&](const auto& jobs) { watcher_.prolonged(*jobs, now + lease); });
  }

 private:
  Faults& faults_;
  Watcher& watcher_;
};

}  // namespace

const char* to_string(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "none";
    case Fault::busy:
      return "busy";
    case Fault::disk_full:
      return "disk full";
    case Fault::lost_answer:
      return "lost answer";
    case Fault::crash_before:
      return "crash before";
    case Fault::crash_after:
      return "crash after";
  }
  return "";
}

std::unique_ptr<app::Store> make_faulty_store(app::Store& inner, Faults& faults, Watcher& watcher) {
  return std::make_unique<FaultyStore>(inner, faults, watcher);
}

}  // namespace chartroom::sim
