#include "channel/sandbox/sandbox_channel.hpp"

#include <array>

#include "base/text.hpp"
#include "channel/sandbox/ccda_writer.hpp"
#include "channel/sandbox/chance.hpp"
#include "channel/sandbox/fhir_writer.hpp"
#include "channel/sandbox/folders.hpp"
#include "channel/sandbox/life.hpp"
#include "channel/sandbox/personas.hpp"
#include "channel/sandbox/vendor_asks.hpp"
#include "channel/sandbox/vendor_notes.hpp"

namespace chartroom::channel {

using app::RetrievalAnswer;
using app::RetrievalRequest;
using app::RetrievedItem;

struct SandboxNetwork::Parts {
  SandboxOptions options;
  FolderIndex folders;
};

namespace {

constexpr unsigned kVendorDownTries = 3;
constexpr std::chrono::hours kAskAgain{24};
constexpr std::size_t kPortalChoices = 20;
constexpr std::string_view kFormProvider = "Starfleet Medical";

/// Portals where no generated applicant need be a patient, so that searching is worth something.
constexpr std::array<std::string_view, 4> kOtherPortals = {
    "Starfleet Medical", "Harbor Light Health", "Evergreen Lantern Clinic",
    "Prairie Star Medical Group"};

/// Nullopt when there is too little to be somebody: a network needs a name and a birth date.
std::optional<Identity> identity_of(const app::NewOrder& order) {
  if (!order.last_name || order.last_name->empty() || !order.date_of_birth) return std::nullopt;
  Identity who;
  if (order.first_name) who.given.push_back(*order.first_name);
  if (order.middle_name) who.given.push_back(*order.middle_name);
  who.family = *order.last_name;
  who.birth = *order.date_of_birth;
  who.sex = order.gender.value_or("");
  if (order.address) {
    if (order.address->street1) who.street.push_back(*order.address->street1);
    if (order.address->street2) who.street.push_back(*order.address->street2);
    who.city = order.address->city.value_or("");
    who.state = order.address->state.value_or("");
    who.zip = order.address->zip.value_or("");
  }
  who.phone = order.phone.value_or("");
  if (order.ssn) who.ssn = order.ssn->reveal();
  return who;
}

/// Somebody who could be taken for the applicant, and is not.
Identity double_of(Identity who) {
  who.given = {who.sex == "female" ? "Barnaby" : "Winifred"};
  who.family += 's';
  who.sex = who.sex == "female" ? "male" : "female";
  who.phone.clear();
  who.email.clear();
  who.ssn.clear();
  return who;
}

void add_item(std::vector<RetrievedItem>& items, const Facility& facility, std::string bytes,
              bool ccda) {
  if (bytes.empty()) return;
  items.push_back({facility.id, facility.name, ccda ? "application/xml" : "application/fhir+json",
                   ccda ? "ccd.xml" : "everything.json", std::move(bytes), false});
}

/// Providers take turns in how they speak, and a patient with one provider gets both from it, so
/// that every applicant's records come as FHIR and as C-CDA.
std::vector<RetrievedItem> items_of(const Chart& chart, const std::string& only_provider) {
  std::vector<RetrievedItem> items;
  const std::size_t current = chart.facilities.size() - 1;
  for (std::size_t i = 0; i < current; ++i) {
    const Facility& facility = chart.facilities[i];
    if (!only_provider.empty() && facility.id != only_provider) continue;
    if (i != 1) add_item(items, facility, write_fhir(chart, i), false);
    if (i == 1 || current == 1) add_item(items, facility, write_ccda(chart, i), true);
  }
  return items;
}

/// A document that ends in the middle and one that never was any, from a provider of their own.
void add_broken(std::vector<RetrievedItem>& items, const Chart& chart) {
  const Facility broken =
      make_facility(FacilityKind::specialist, "Foggy Glen Clinic", chart.facilities.front().city,
                    chart.facilities.front().state, "");
  std::string document = write_ccda(chart, 0);
  document.resize(document.size() * 2 / 3);
  items.push_back({broken.id, broken.name, "application/xml", "truncated.xml", document, false});
  items.push_back({broken.id, broken.name, "application/fhir+json", "garbage.json",
                   "{\"resourceType\": \"Bundle\", \"entry\": [ \x01 ???", false});
}

RetrievalAnswer complete(std::vector<RetrievedItem> items = {}) {
  RetrievalAnswer answer;
  answer.items = std::move(items);
  return answer;
}

RetrievalAnswer ask_again(base::Duration after) {
  RetrievalAnswer answer;
  answer.status = RetrievalAnswer::Status::still_running;
  answer.retry_after = after;
  return answer;
}

}  // namespace

class SandboxChannel final : public app::RecordChannel {
 public:
  SandboxChannel(std::shared_ptr<const SandboxNetwork> network, order::Channel kind)
      : network_(std::move(network)), kind_(kind) {}

  base::Result<RetrievalAnswer> retrieve(const RetrievalRequest& request) override {
    if (parts().options.only_sandbox_applications && !request.sandbox) return complete();
    auto who = identity_of(request.applicant);
    const Persona* persona =
        request.applicant.last_name ? find_persona(*request.applicant.last_name) : nullptr;
    if (persona != nullptr) {
      if (auto answer = persona_answer(*persona, request)) return std::move(*answer);
    }
    if (!who) return complete();
    if (persona == nullptr) {
      auto found = parts().folders.find(request.person);
      if (!found) return base::pass_on(found.error());
      if (found->same_birth_date) return from_folders(std::move(found->items), request);
    }
    if (persona != nullptr && persona->kind == PersonaKind::wrong_person) who = double_of(*who);
    return generated(*who, persona, request);
  }

  std::vector<PortalChoice> portals(const RetrievalRequest& request,
                                    const std::string& query) override {
    std::vector<PortalChoice> all = parts().folders.providers(request.person);
    const auto who = identity_of(request.applicant);
    std::string city = "Riverbend";
    std::string state = "OR";
    const auto add = [&](const Facility& facility) {
      for (const PortalChoice& choice : all) {
        if (choice.id == facility.id) return;
      }
      all.push_back({facility.id, facility.name, facility.city + ", " + facility.state});
    };
    if (who) {
      const bool silent = !all.empty();
      std::vector<Facility> own = facilities_of(*who);
      own.pop_back();  // the archive has no portal
      city = own.front().city;
      state = own.front().state;
      if (!silent) {
        for (const Facility& facility : own) add(facility);
      }
    }
    for (const std::string_view name : kOtherPortals) {
      add(make_facility(FacilityKind::primary, std::string(name), city, state, ""));
    }
    const std::string wanted = base::fold(base::trim(query));
    std::erase_if(all, [&](const PortalChoice& choice) {
      return base::fold(choice.name + ' ' + choice.place).find(wanted) == std::string::npos;
    });
    if (all.size() > kPortalChoices) all.resize(kPortalChoices);
    return all;
  }

 private:
  [[nodiscard]] const SandboxNetwork::Parts& parts() const { return *network_->parts_; }

  /// Nullopt: the persona does not change what is answered now.
  static std::optional<base::Result<RetrievalAnswer>> persona_answer(
      const Persona& persona, const RetrievalRequest& request) {
    switch (persona.kind) {
      case PersonaKind::no_records:
      case PersonaKind::suppressed:
        return complete();
      case PersonaKind::times_out:
        return ask_again(kAskAgain);
      case PersonaKind::vendor_down:
        if (request.attempt >= kVendorDownTries) return std::nullopt;
        return base::Result<RetrievalAnswer>(
            base::fail(base::ErrorCode::unavailable, "the sandbox's network is away"));
      case PersonaKind::pended: {
        // Whoever logs in to a portal has given the authorisation there.
        if (request.authorized || request.channel == order::Channel::portal) return std::nullopt;
        RetrievalAnswer answer;
        answer.status = RetrievalAnswer::Status::needs_authorization;
        answer.detail = kFormProvider;
        return answer;
      }
      case PersonaKind::extra_fee:
      case PersonaKind::question:  // paper is all that there is of them
        if (request.channel == order::Channel::aps) return std::nullopt;
        return complete();
      case PersonaKind::wrong_person:
      case PersonaKind::broken_document:
        return std::nullopt;
    }
    return std::nullopt;
  }

  RetrievalAnswer from_folders(std::vector<RetrievedItem> items,
                               const RetrievalRequest& request) const {
    if (kind_ == order::Channel::aps) return complete();
    if (kind_ == order::Channel::portal) {
      std::erase_if(items, [&](const RetrievedItem& item) {
        return !item.supporting && item.provider_id != request.connection;
      });
    }
    return complete(std::move(items));
  }

  RetrievalAnswer generated(const Identity& who, const Persona* persona,
                            const RetrievalRequest& request) const {
    if (kind_ == order::Channel::portal && request.connection.empty()) return complete();
    if (kind_ == order::Channel::aps) return on_paper(who, persona, request);
    const Chart chart = live(who, request.applicant.conditions, request.now);
    std::vector<RetrievedItem> items =
        items_of(chart, kind_ == order::Channel::portal ? request.connection : std::string());
    if (persona != nullptr && persona->kind == PersonaKind::broken_document && !items.empty()) {
      add_broken(items, chart);
    }
    return complete(std::move(items));
  }

  /// A vendor copies for some days, and says how far it has come.
  static RetrievalAnswer on_paper(const Identity& who, const Persona* persona,
                                  const RetrievalRequest& request) {
    if (persona != nullptr) {
      if (auto asks = vendor_asks(*persona, request, facilities_of(who).back())) {
        return std::move(*asks);
      }
    }
    Chance chance(seed_of(who), "copying");
    const base::TimePoint ready = request.asked_at + std::chrono::days{chance.between(3, 6)};
    RetrievalAnswer answer;
    if (request.now < ready) {
      answer = ask_again(std::min<base::Duration>(ready - request.now, kAskAgain));
    } else {
      const Chart chart = live(who, request.applicant.conditions, request.now);
      const std::size_t archive = chart.facilities.size() - 1;
      add_item(answer.items, chart.facilities[archive], write_ccda(chart, archive), true);
    }
    answer.notes = vendor_notes(request, facilities_of(who).back(), ready);
    return answer;
  }

  std::shared_ptr<const SandboxNetwork> network_;
  order::Channel kind_;
};

SandboxNetwork::SandboxNetwork(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SandboxNetwork::~SandboxNetwork() = default;

std::shared_ptr<const SandboxNetwork> SandboxNetwork::load(const SandboxOptions& options,
                                                           base::Logger& logger) {
  auto parts = std::make_unique<Parts>();
  parts->options = options;
  parts->folders = FolderIndex::load(options.folders, logger);
  return std::shared_ptr<const SandboxNetwork>(new SandboxNetwork(std::move(parts)));
}

std::unique_ptr<app::RecordChannel> SandboxNetwork::channel(
    std::shared_ptr<const SandboxNetwork> network, order::Channel kind) {
  return std::make_unique<SandboxChannel>(std::move(network), kind);
}

std::size_t SandboxNetwork::folder_people() const { return parts_->folders.people(); }

}  // namespace chartroom::channel
