// Any retrieved item: read, compared with the applicant, merged.
#include "record.hpp"

namespace {

using namespace chartroom;

void judge(const evidence::Reading& reading) {
  constexpr base::Date kOrdered{2026, 3, 1};
  const evidence::Person ordered = fuzz::applicant();
  for (const evidence::Trust trust : {evidence::Trust::portal, evidence::Trust::network}) {
    const auto decision = evidence::match_identity(ordered, reading.person, trust, kOrdered);
    // The rule that no score may outvote.
    const bool born_apart =
        reading.person.birth_date && *reading.person.birth_date != *ordered.birth_date;
    fuzz::must(!born_apart || decision.verdict != evidence::Verdict::accept,
               "another full birth date is never accepted");
    fuzz::must(!reading.person.names.empty() || decision.verdict != evidence::Verdict::accept,
               "a record without a name is never accepted");
  }
  fuzz::must(base::is_valid_utf8(evidence::impossible_finding(ordered, reading.facts)),
             "findings are UTF-8");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto readings = evidence::read_item(fuzz::as_text(data, size));
  if (!readings) return 0;
  std::size_t facts = 0;
  for (const evidence::Reading& reading : *readings) {
    judge(reading);
    facts += reading.facts.size();
  }
  const evidence::Record record = fuzz::record_of(std::move(*readings));
  fuzz::must(record.facts.size() == facts, "normalising loses no fact");
  for (const evidence::Fact& fact : record.facts) {
    fuzz::check_fact(fact);
    for (const evidence::SourceRef& ref : fact.sources) {
      fuzz::must(ref.source < record.sources.size(), "sources exist");
    }
    fuzz::must(!fact.duplicate_of ||
                   (*fact.duplicate_of < facts && !record.facts[*fact.duplicate_of].duplicate_of),
               "a duplicate points at a fact that is shown");
  }
  return 0;
}
