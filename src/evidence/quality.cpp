#include "evidence/quality.hpp"

#include <algorithm>

#include "evidence/terms.hpp"

namespace chartroom::evidence {
namespace {

bool is_coded(const Fact& fact) {
  return std::any_of(fact.codes.begin(), fact.codes.end(), [](const Code& code) {
    return !code.inferred && !system_name(code.system).empty();
  });
}

void count_fact(const Fact& fact, SourceQuality& quality) {
  if (fact.kind == Kind::document) {
    ++quality.documents;
    return;
  }
  ++quality.facts;
  if (is_coded(fact)) ++quality.coded;
  if (fact.when.known() && !fact.when.inferred) ++quality.dated;
  const bool measurement = fact.kind == Kind::result || fact.kind == Kind::vital;
  if (!measurement || fact.value.number.empty()) return;
  ++quality.measured;
  if (!fact.range.empty()) ++quality.ranged;
}

}  // namespace

char SourceQuality::grade() const {
  if (facts == 0) return '-';
  const std::size_t lesser = std::min(coded, dated);
  if (lesser * 10 >= facts * 9) return 'A';
  if (lesser * 10 >= facts * 7) return 'B';
  return lesser * 10 >= facts * 4 ? 'C' : 'D';
}

std::vector<SourceQuality> quality_of(const Record& record) {
  std::vector<SourceQuality> qualities(record.sources.size());
  for (const Fact& fact : record.facts) {
    // The first source is the fact's own; the others are those of its duplicates.
    if (!fact.hidden) count_fact(fact, qualities.at(fact.sources.front().source));
  }
  for (const ClinicalDocument& document : record.documents) {
    for (const DocumentSection& section : document.sections) {
      if (section.blocks.empty() && section.entries == 0) continue;
      SourceQuality& quality = qualities.at(document.source);
      ++quality.sections;
      if (section.entries == 0) ++quality.narrative_only;
    }
  }
  for (const Loss& loss : record.losses) ++qualities.at(loss.source).losses;
  return qualities;
}

}  // namespace chartroom::evidence
