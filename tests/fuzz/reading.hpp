// What evidence/model.hpp promises of everything that a reader gives.
#pragma once

#include "base/text.hpp"
#include "evidence/read.hpp"
#include "fuzz.hpp"

namespace chartroom::fuzz {

inline void check_narrative(const std::vector<evidence::NarrativeBlock>& blocks) {
  for (const evidence::NarrativeBlock& block : blocks) {
    for (const evidence::NarrativeSpan& span : block.spans) {
      must(base::is_valid_utf8(span.text), "narrative is UTF-8");
    }
    for (const auto& row : block.rows) {
      for (const evidence::NarrativeCell& cell : row) {
        for (const evidence::NarrativeSpan& span : cell.spans) {
          must(base::is_valid_utf8(span.text), "a table's text is UTF-8");
        }
      }
    }
  }
}

inline void check_fact(const evidence::Fact& fact) {
  must(!fact.sources.empty(), "a fact names its source");
  must(base::is_valid_utf8(fact.text), "a fact's text is UTF-8");
  must(base::is_valid_utf8(fact.value.raw), "a value is UTF-8");
  for (const evidence::Code& code : fact.codes) {
    must(base::is_valid_utf8(code.code) && base::is_valid_utf8(code.display), "codes are UTF-8");
  }
  for (const evidence::Attribute& attribute : fact.attributes) {
    must(base::is_valid_utf8(attribute.value), "attributes are UTF-8");
  }
  check_narrative(fact.narrative);
}

inline void check_reading(const evidence::Reading& reading) {
  must(base::is_valid_utf8(reading.person.display_name()), "names are UTF-8");
  must(!reading.person.birth_date || reading.person.birth_date->exists(), "birth dates exist");
  for (const evidence::Fact& fact : reading.facts) check_fact(fact);
  for (const evidence::ClinicalDocument& document : reading.documents) {
    must(base::is_valid_utf8(document.title), "titles are UTF-8");
    for (const evidence::DocumentSection& section : document.sections) {
      check_narrative(section.blocks);
    }
  }
}

}  // namespace chartroom::fuzz
