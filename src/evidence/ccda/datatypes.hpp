// HL7 V3 data types (Abstract Data Types R1) as C-CDA uses them. nullFlavor always means absent.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/ccda/context.hpp"
#include "evidence/model.hpp"

namespace chartroom::evidence::ccda {

/// True for no element and for one that carries a nullFlavor.
[[nodiscard]] bool is_null(pugi::xml_node node);

/// TS: YYYY[MM[DD[HHMM[SS[.f…]]]]][±ZZzz], and YYYY-MM-DD as some systems write it. An hour without
/// minutes counts as a day. Precision::none for what is no date or a date that does not exist.
[[nodiscard]] When read_time(std::string_view text);
/// The value attribute of a TS element.
[[nodiscard]] When read_time(pugi::xml_node node);

struct Period {
  When value;
  When low;
  When high;
  /// The point in time, else the beginning.
  [[nodiscard]] const When& start() const { return value.known() ? value : low; }
};
/// TS or IVL_TS. A centre counts as value.
[[nodiscard]] Period read_period(pugi::xml_node node);

/// "twice a day"-like words of PIVL_TS and EIVL_TS; empty for other types.
[[nodiscard]] std::string frequency_text(pugi::xml_node effective_time);

/// The code and its translations, without duplicates. CD, CE, CV, CO, CS.
[[nodiscard]] std::vector<Code> read_codes(const Context& context, pugi::xml_node coded);
/// Display name, else a translation's, else the original text, else the code.
[[nodiscard]] std::string coded_text(const Context& context, pugi::xml_node coded);
/// As coded_text(), but without falling back on the bare code.
[[nodiscard]] std::string coded_words(const Context& context, pugi::xml_node coded);
/// The code attribute, or the first translation's with the same system when that is given.
[[nodiscard]] bool has_code(pugi::xml_node coded, std::string_view code);

/// "5 mg" of a PQ, "5-10 mg" of an IVL_PQ; annotations in braces lose them.
[[nodiscard]] std::string quantity_text(pugi::xml_node quantity);

/// An observation's value of any type; codes of coded values are appended to `answer_codes`.
/// `readable` becomes false when the type is not known and no text could be found.
[[nodiscard]] Value read_value(const Context& context, pugi::xml_node value,
                               std::vector<Code>& answer_codes, bool& readable);

/// Low and high of referenceRange/observationRange.
[[nodiscard]] Range read_ranges(const Context& context, pugi::xml_node observation);

}  // namespace chartroom::evidence::ccda
