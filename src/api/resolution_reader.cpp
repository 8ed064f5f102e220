#include "api/resolution_reader.hpp"

#include <algorithm>

#include "api/object_reader.hpp"
#include "api/order_fields.hpp"

namespace chartroom::api {
namespace {

using Decision = app::TaskResolution::Decision;
using order::TaskKind;

std::vector<std::string> decisions_for(TaskKind kind) {
  // The portal's own refusal is a conflict with the state of things, not a broken body.
  if (kind == TaskKind::identity_review || kind == TaskKind::connect_portal) {
    return {"release", "reject", "decline"};
  }
  if (kind == TaskKind::extra_fee) return {"approve", "decline"};
  return {"decline"};
}

Decision decision_of(const std::string& word) {
  if (word == "decline") return Decision::decline;
  if (word == "approve") return Decision::approve;
  return word == "release" ? Decision::release : Decision::reject;
}

void read_given(ObjectReader& reader, TaskKind kind, const base::Date& today, AddressRule rule,
                Findings& findings, app::NewOrder& given) {
  if (kind == TaskKind::identity_review || kind == TaskKind::extra_fee ||
      kind == TaskKind::provider_question) {
    return;
  }
  if (kind != TaskKind::special_authorization) {
    read_demographics(reader, today, given);
    given.address = read_address(reader, rule, findings);
    read_providers(reader, rule, findings, given);
  }
  read_attachments(reader, findings, given);
}

/// What must be there when nothing was declined.
void require_answer(const boost::json::object& body, TaskKind kind, const app::NewOrder& given,
                    ObjectReader& reader, Findings& findings) {
  if (kind == TaskKind::missing_information && body.empty()) {
    findings.add("",
                 "must contain at least one of [decision, firstName, lastName, gender, "
                 "dateOfBirth, phone, address, providers, attachments]");
  }
  if (kind == TaskKind::special_authorization && !reader.has("attachments")) {
    reader.refuse("attachments", "is required");
  }
  if (kind == TaskKind::provider_question && !reader.has("answer")) {
    reader.refuse("answer", "is required");
  }
  const bool is_signed =
      std::any_of(given.attachments.begin(), given.attachments.end(),
                  [](const auto& attachment) { return attachment.type == "hipaaAuthorization"; });
  if (kind == TaskKind::special_authorization && findings.empty() && !is_signed) {
    reader.refuse("attachments", "must contain a hipaaAuthorization with content");
  }
}

}  // namespace

tl::expected<app::TaskResolution, Validation> read_resolution(const boost::json::object& body,
                                                              TaskKind kind,
                                                              const base::Date& today,
                                                              AddressRule rule) {
  Findings findings;
  ObjectReader reader(body, "", findings);
  app::TaskResolution resolution;
  const auto decision =
      reader.choice("decision", decisions_for(kind),
                    kind == TaskKind::identity_review || kind == TaskKind::extra_fee);
  if (decision) resolution.decision = decision_of(*decision);
  read_given(reader, kind, today, rule, findings, resolution.given);
  if (kind == TaskKind::provider_question) {
    resolution.answer = reader.text("answer", base::limits::kAnswerCodePoints);
  }
  reader.refuse_unknown();
  if (!reader.has("decision")) {
    require_answer(body, kind, resolution.given, reader, findings);
  } else if (body.size() > 1 && findings.empty()) {
    reader.refuse("decision", "is not allowed together with other members");
  }
  if (!findings.empty()) return tl::unexpected<Validation>(findings.validation());
  if (kind == TaskKind::connect_portal && resolution.decision != Decision::decline) return {};
  return resolution;
}

}  // namespace chartroom::api
