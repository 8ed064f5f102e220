#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <tuple>

#include "base/text.hpp"
#include "evidence/merge.hpp"
#include "evidence/read.hpp"

namespace chartroom::evidence {
namespace {

// Puts sources into an order that depends on their content alone, and re-numbers whoever refers to
// them.
void order_sources(Record& record) {
  std::vector<std::size_t> order(record.sources.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&record](std::size_t i) {
    const Source& s = record.sources[i];
    return std::tie(s.provider_id, s.format, s.sha256, s.label, s.id);
  };
  std::sort(order.begin(), order.end(),
            [&key](std::size_t a, std::size_t b) { return key(a) < key(b); });
  std::vector<std::size_t> new_number(order.size());
  std::vector<Source> sources;
  for (std::size_t i = 0; i < order.size(); ++i) {
    new_number[order[i]] = i;
    sources.push_back(std::move(record.sources[order[i]]));
  }
  record.sources = std::move(sources);
  const auto renumber = [&new_number](std::size_t& source) { source = new_number.at(source); };
  for (Fact& fact : record.facts) {
    for (SourceRef& ref : fact.sources) renumber(ref.source);
  }
  for (ClinicalDocument& document : record.documents) renumber(document.source);
  for (Loss& loss : record.losses) renumber(loss.source);
  for (SourceOutcome& outcome : record.outcomes) renumber(outcome.source);
}

void hide_if_void(Fact& fact) {
  constexpr auto kVoid = std::to_array<std::string_view>(
      {"entered-in-error", "refuted", "nullified", "cancelled", "error"});
  if (fact.hidden || std::find(kVoid.begin(), kVoid.end(), fact.status) == kVoid.end()) return;
  fact.hidden = true;
  fact.hidden_reason = fact.status == "entered-in-error" ? "entered in error" : fact.status;
}

void mark_future(Fact& fact, const std::vector<Source>& sources) {
  if (!fact.when.known() || fact.kind == Kind::plan_of_care || fact.kind == Kind::coverage) return;
  const base::TimePoint retrieved = sources.at(fact.sources.front().source).retrieved_at;
  if (base::to_unix_ms(retrieved) == 0) return;
  if (fact.when.value > retrieved + std::chrono::hours(24)) fact.set("future_date", "yes");
}

bool in_order(const Fact& a, const Fact& b) {
  const auto time = [](const Fact& fact) {
    // Undated facts stand last.
    return std::make_pair(!fact.when.known(), fact.when.value);
  };
  const auto first_code = [](const Fact& fact) {
    return fact.codes.empty() ? std::string_view{} : std::string_view(fact.codes.front().code);
  };
  const SourceRef& left = a.sources.front();
  const SourceRef& right = b.sources.front();
  return std::tuple(a.kind, time(a), std::string_view(a.text), first_code(a),
                    std::string_view(a.value.raw), left.source, std::string_view(left.locator)) <
         std::tuple(b.kind, time(b), std::string_view(b.text), first_code(b),
                    std::string_view(b.value.raw), right.source, std::string_view(right.locator));
}

// Versions of one document: an older one is shown in ccdraw and counted nowhere.
void mark_replaced(Record& record) {
  auto& documents = record.documents;
  for (ClinicalDocument& each : documents) {
    for (const ClinicalDocument& other : documents) {
      if (&each == &other) continue;
      const bool named = !each.id.empty() && other.replaces_id == each.id;
      const bool older =
          !each.set_id.empty() && each.set_id == other.set_id && !each.version.empty() &&
          (each.version.size() < other.version.size() ||
           (each.version.size() == other.version.size() && each.version < other.version));
      if (named || older) each.replaced = true;
    }
  }
  std::map<std::size_t, std::pair<std::size_t, std::size_t>> by_source;  // all, replaced
  for (const ClinicalDocument& each : documents) {
    auto& [all, replaced] = by_source[each.source];
    ++all;
    replaced += each.replaced ? 1 : 0;
  }
  for (Fact& fact : record.facts) {
    const auto found = by_source.find(fact.sources.front().source);
    if (found == by_source.end() || found->second.first != found->second.second) continue;
    if (record.sources[found->first].format != SourceFormat::ccda || fact.hidden) continue;
    fact.hidden = true;
    fact.hidden_reason = "from a document that a newer version replaced";
  }
}

void order_rest(Record& record) {
  std::stable_sort(record.documents.begin(), record.documents.end(),
                   [](const ClinicalDocument& a, const ClinicalDocument& b) {
                     return std::tie(a.effective.value, a.source, a.id) <
                            std::tie(b.effective.value, b.source, b.id);
                   });
  std::stable_sort(record.losses.begin(), record.losses.end(), [](const Loss& a, const Loss& b) {
    return std::tie(a.source, a.locator, a.reason) < std::tie(b.source, b.locator, b.reason);
  });
  std::stable_sort(record.outcomes.begin(), record.outcomes.end(),
                   [](const SourceOutcome& a, const SourceOutcome& b) {
                     return std::tie(a.source, a.person.locator) <
                            std::tie(b.source, b.person.locator);
                   });
}

}  // namespace

void add_reading(Record& record, Reading reading, std::size_t source) {
  for (Fact& fact : reading.facts) {
    if (fact.sources.empty()) fact.sources.emplace_back();
    for (SourceRef& ref : fact.sources) ref.source = source;
    record.facts.push_back(std::move(fact));
  }
  for (ClinicalDocument& document : reading.documents) {
    document.source = source;
    record.documents.push_back(std::move(document));
  }
  for (Loss& loss : reading.losses) {
    loss.source = source;
    record.losses.push_back(std::move(loss));
  }
}

void normalise(Record& record) {
  order_sources(record);
  for (Fact& fact : record.facts) {
    hide_if_void(fact);
    normalise_measurement(fact, record.applicant);
    mark_future(fact, record.sources);
  }
  check_blood_pressures(record.facts);
  order_rest(record);
  mark_replaced(record);
  std::stable_sort(record.facts.begin(), record.facts.end(), in_order);
  link_duplicates(record);
}

}  // namespace chartroom::evidence
