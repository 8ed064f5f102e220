#include "app/evidence_of.hpp"

#include <string_view>

#include "app/applicant.hpp"
#include "app/collect.hpp"
#include "evidence/identity.hpp"
#include "evidence/read.hpp"
#include "evidence/sensitivity.hpp"

namespace chartroom::app {
namespace {

evidence::SourceFormat format_of(const RawRecord& record) {
  switch (evidence::detect(record.bytes.reveal())) {
    case evidence::Detected::fhir_json:
      return evidence::SourceFormat::fhir_json;
    case evidence::Detected::fhir_ndjson:
      return evidence::SourceFormat::fhir_ndjson;
    case evidence::Detected::ccda:
    case evidence::Detected::ccda_fragment:
      return evidence::SourceFormat::ccda;
    case evidence::Detected::pdf:
      return evidence::SourceFormat::pdf;
    case evidence::Detected::tiff:
      return evidence::SourceFormat::tiff;
    case evidence::Detected::unknown:
      break;
  }
  return evidence::SourceFormat::other;
}

evidence::Source source_of(const RawRecord& record) {
  evidence::Source source;
  source.id = record.id;
  source.provider_id = record.provider_id;
  source.provider_name = record.provider_name;
  source.channel = order::event_group(record.channel);
  source.format = format_of(record);
  source.media_type = record.media_type;
  source.sha256 = record.sha256;
  source.retrieved_at = record.retrieved_at;
  // The label of somebody else's record may name them.
  if (record.verdict != RecordVerdict::rejected && record.verdict != RecordVerdict::quarantined) {
    source.label = record.label;
  }
  return source;
}

evidence::SourceOutcome::Status status_of(RecordVerdict verdict) {
  using Status = evidence::SourceOutcome::Status;
  switch (verdict) {
    case RecordVerdict::accepted:
      return Status::read;
    case RecordVerdict::quarantined:
      return Status::quarantined;
    case RecordVerdict::rejected:
      return Status::rejected_identity;
    case RecordVerdict::unreadable:
      return Status::unreadable;
  }
  return Status::unreadable;
}

/// Adds the one reading of an accepted record that is the applicant's: nobody has two charts in one
/// item, so of several candidates only the best can be right.
void add_accepted(evidence::Record& record, evidence::SourceOutcome& outcome, std::size_t source,
                  const RawRecord& raw, const std::vector<std::string_view>& supporting,
                  const base::Date& ordered_on) {
  auto readings = evidence::read_item(raw.bytes.reveal(), supporting);
  if (!readings) {
    outcome.status = evidence::SourceOutcome::Status::unreadable;
    outcome.reason = readings.error().message;
    return;
  }
  const bool released = decision_from_json(raw.decision_json).released;
  evidence::Reading* best = nullptr;
  int best_score = 0;
  for (evidence::Reading& reading : *readings) {
    const auto identity = evidence::match_identity(record.applicant, reading.person,
                                                   trust_of(raw.channel), ordered_on);
    const bool accepted = identity.verdict == evidence::Verdict::accept ||
                          (released && identity.verdict == evidence::Verdict::quarantine);
    if (!accepted || (best != nullptr && identity.score <= best_score)) continue;
    best = &reading;
    best_score = identity.score;
    outcome.matched_fields = identity.matched;
  }
  if (best == nullptr) {
    outcome.status = evidence::SourceOutcome::Status::rejected_identity;
    outcome.reason = "This record is not the applicant's.";
    return;
  }
  outcome.identity_score = best_score;
  outcome.person = best->person;
  if (best->facts.empty() && best->documents.empty()) {
    outcome.status = evidence::SourceOutcome::Status::empty;
  }
  evidence::add_reading(record, std::move(*best), source);
}

}  // namespace

evidence::Record evidence_of(const StoredOrder& order, const std::vector<RawRecord>& records) {
  evidence::Record record;
  record.applicant = to_person(order.request);
  const base::Date ordered_on = base::Date::from(order.core.created_at);
  std::vector<std::string_view> supporting;
  for (const RawRecord& raw : records) {
    if (raw.supporting) supporting.emplace_back(raw.bytes.reveal());
  }
  for (const RawRecord& raw : records) {
    if (raw.supporting) continue;
    const std::size_t index = record.sources.size();
    record.sources.push_back(source_of(raw));
    evidence::SourceOutcome outcome;
    outcome.source = index;
    outcome.status = status_of(raw.verdict);
    outcome.reason = decision_from_json(raw.decision_json).reason;
    if (raw.verdict == RecordVerdict::accepted) {
      outcome.reason.clear();
      add_accepted(record, outcome, index, raw, supporting, ordered_on);
    }
    record.outcomes.push_back(std::move(outcome));
  }
  evidence::apply_policy(record, order.core.type.withhold_restricted
                                     ? evidence::SensitivityPolicy::withhold
                                     : evidence::SensitivityPolicy::include);
  evidence::normalise(record);
  return record;
}

}  // namespace chartroom::app
