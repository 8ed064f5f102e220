#include "evidence/sensitivity.hpp"

#include <set>

namespace chartroom::evidence {
namespace {

constexpr const char* kWithheld =
    "Withheld: the source marks this as confidential, and this order type does not include it.";

void withhold_text(DocumentSection& section) {
  NarrativeSpan span;
  span.text = kWithheld;
  NarrativeBlock block;
  block.spans.push_back(std::move(span));
  section.blocks.clear();
  section.blocks.push_back(std::move(block));
}

}  // namespace

bool is_marked(const std::string& sensitivity) { return sensitivity == "R" || sensitivity == "V"; }

void apply_policy(Record& record, SensitivityPolicy policy) {
  if (policy == SensitivityPolicy::include) return;
  std::set<std::size_t> bodies;  // sources whose one body is marked
  for (Fact& fact : record.facts) {
    if (!is_marked(fact.sensitivity)) continue;
    if (fact.category == "unstructured") bodies.insert(fact.sources.front().source);
    if (fact.hidden) continue;
    fact.hidden = true;
    fact.hidden_reason = "withheld, since the source marks it as confidential";
  }
  for (ClinicalDocument& document : record.documents) {
    for (DocumentSection& section : document.sections) {
      if (is_marked(section.sensitivity)) withhold_text(section);
    }
    if (bodies.count(document.source) == 0 || document.unstructured_bytes.empty()) continue;
    document.unstructured_media_type = "text/plain";
    document.unstructured_bytes = kWithheld;
  }
}

}  // namespace chartroom::evidence
