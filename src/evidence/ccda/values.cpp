// Codes, quantities and the values of observations.
#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence::ccda {
namespace {

std::string attribute(pugi::xml_node node, const char* name) {
  return std::string(base::trim(node.attribute(name).value()));
}

bool is_decimal(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::size_t digits = 0;
  std::size_t dots = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      ++digits;
    } else if (c == '.') {
      ++dots;
    } else {
      return false;
    }
  }
  return digits > 0 && dots <= 1;
}

void add_code(std::vector<Code>& codes, Code code) {
  if (code.code.empty()) return;
  const auto same = std::ranges::find_if(codes, [&](const Code& other) {
    return other.system == code.system && other.code == code.code;
  });
  if (same == codes.end()) {
    codes.push_back(std::move(code));
  } else if (same->display.empty()) {
    same->display = std::move(code.display);
  }
}

/// The display name, unless a system wrote a nullFlavor where words belong.
std::string display_name(pugi::xml_node coded) {
  auto name = attribute(coded, "displayName");
  return name == "UNK" || name == "NI" || name == "NA" || name == "null" ? std::string() : name;
}

Code one_code(pugi::xml_node coded) {
  Code code;
  code.code = attribute(coded, "code");
  auto system = attribute(coded, "codeSystem");
  if (system.empty()) system = attribute(coded, "codeSystemName");
  code.system = system_uri(system);
  code.display = display_name(coded);
  return code;
}

void collect_codes(pugi::xml_node coded, std::vector<Code>& codes) {
  if (!is_null(coded)) add_code(codes, one_code(coded));
  for (const auto translation : coded.children("translation")) collect_codes(translation, codes);
}

std::string translated_name(pugi::xml_node coded) {
  for (const auto translation : coded.children("translation")) {
    if (is_null(translation)) continue;
    if (auto name = display_name(translation); !name.empty()) return name;
    if (auto name = translated_name(translation); !name.empty()) return name;
  }
  return {};
}

/// A unit for people: "{puff}" is an annotation, "1" means without unit.
std::string unit_words(const std::string& unit) {
  if (unit == "1") return {};
  std::string out;
  for (const char c : unit) {
    if (c != '{' && c != '}') out += c;
  }
  return out;
}

std::string with_unit(const std::string& number, const std::string& unit) {
  const auto words = unit_words(unit);
  return words.empty() || number.empty() ? number : number + " " + words;
}

/// PQ, REAL, INT.
Value quantity(pugi::xml_node node) {
  Value value;
  value.raw = attribute(node, "value");
  value.unit_raw = attribute(node, "unit");
  if (is_decimal(value.raw)) value.number = value.raw;
  return value;
}

/// IVL_PQ, IVL_REAL, IVL_INT. One bound is a comparison, two are a text.
Value interval(pugi::xml_node node) {
  const auto low = present_child(node, "low");
  const auto high = present_child(node, "high");
  const auto centre = present_child(node, "center");
  if (node.attribute("value")) return quantity(node);
  if (!low && !high) return quantity(centre);
  const auto bound = [](pugi::xml_node end, const char* open, const char* closed) {
    Value value = quantity(end);
    const std::string_view inclusive = end.attribute("inclusive").value();
    value.comparator = inclusive == "false" || inclusive == "0" ? open : closed;
    value.raw = value.comparator + value.raw;
    return value;
  };
  if (!high) return bound(low, ">", ">=");
  if (!low) return bound(high, "<", "<=");
  Value value;
  value.unit_raw = attribute(low, "unit");
  if (value.unit_raw.empty()) value.unit_raw = attribute(high, "unit");
  value.raw = attribute(low, "value") + "-" + attribute(high, "value");
  if (value.raw == "-") value.raw.clear();
  return value;
}

/// ST and ED. A text that is nothing but a number, or a number behind a comparator, is one.
Value text_value(std::string text) {
  Value value;
  std::string_view rest = text;
  for (const std::string_view comparator : {"<=", ">=", "<", ">"}) {
    if (rest.starts_with(comparator)) {
      rest = base::trim(rest.substr(comparator.size()));
      if (is_decimal(rest)) value.comparator = comparator;
      break;
    }
  }
  if (is_decimal(rest)) value.number = rest;
  value.raw = std::move(text);
  return value;
}

std::string encapsulated_text(const Context& context, pugi::xml_node node) {
  if (std::string_view(node.attribute("representation").value()) != "B64") {
    return context.text_of(node);
  }
  const auto media_type = attribute(node, "mediaType");
  if (!media_type.empty() && !media_type.starts_with("text/plain")) return {};
  const auto decoded = base::from_base64(node.text().get());
  if (!decoded) return {};
  auto text = base::to_valid_utf8(*decoded);
  if (text.size() > kShortText) text = base::to_valid_utf8(text.substr(0, kShortText));
  return text;
}

Value ratio(pugi::xml_node node) {
  Value value;
  const auto top = present_child(node, "numerator");
  const auto bottom = present_child(node, "denominator");
  const auto upper = attribute(top, "value");
  const auto lower = attribute(bottom, "value");
  if (upper.empty()) return value;
  value.raw = with_unit(upper, attribute(top, "unit"));
  if (!lower.empty()) value.raw += ":" + with_unit(lower, attribute(bottom, "unit"));
  return value;
}

bool is_coded_type(std::string_view type) {
  return type == "CD" || type == "CE" || type == "CV" || type == "CO" || type == "CS";
}

/// The type that a value without xsi:type must have.
std::string_view guessed_type(pugi::xml_node node) {
  if (node.attribute("code") || node.child("translation")) return "CD";
  if (node.child("numerator")) return "RTO";
  if (node.child("low") || node.child("high")) return "IVL_PQ";
  if (node.attribute("value")) return "PQ";
  return "ST";
}

}  // namespace

std::vector<Code> read_codes(const Context& context, pugi::xml_node coded) {
  std::vector<Code> codes;
  collect_codes(coded, codes);
  if (codes.size() == 1 && codes.front().display.empty()) {
    codes.front().display = context.text_of(coded.child("originalText"));
  }
  return codes;
}

std::string coded_words(const Context& context, pugi::xml_node coded) {
  if (!is_null(coded)) {
    if (auto name = display_name(coded); !name.empty()) return name;
  }
  if (auto name = translated_name(coded); !name.empty()) return name;
  return context.text_of(coded.child("originalText"));
}

std::string coded_text(const Context& context, pugi::xml_node coded) {
  if (auto words = coded_words(context, coded); !words.empty()) return words;
  std::vector<Code> codes;
  collect_codes(coded, codes);
  return codes.empty() ? std::string() : codes.front().code;
}

bool has_code(pugi::xml_node coded, std::string_view code) {
  if (!is_null(coded) && code == coded.attribute("code").value()) return true;
  return std::ranges::any_of(coded.children("translation"), [code](pugi::xml_node translation) {
    return has_code(translation, code);
  });
}

std::string quantity_text(pugi::xml_node node) {
  if (is_null(node)) return {};
  if (node.attribute("value")) return with_unit(attribute(node, "value"), attribute(node, "unit"));
  const auto low = present_child(node, "low");
  const auto high = present_child(node, "high");
  const auto low_value = attribute(low, "value");
  const auto high_value = attribute(high, "value");
  auto unit = attribute(low, "unit");
  if (unit.empty()) unit = attribute(high, "unit");
  if (low_value.empty() && high_value.empty()) {
    return with_unit(attribute(node.child("center"), "value"),
                     attribute(node.child("center"), "unit"));
  }
  if (high_value.empty()) return "at least " + with_unit(low_value, unit);
  if (low_value.empty()) return "up to " + with_unit(high_value, unit);
  return with_unit(low_value == high_value ? low_value : low_value + "-" + high_value, unit);
}

Value read_value(const Context& context, pugi::xml_node node, std::vector<Code>& answer_codes,
                 bool& readable) {
  readable = true;
  std::string_view type = node.attribute("xsi:type").value();
  if (type.empty()) type = guessed_type(node);
  Value value;
  if (is_coded_type(type)) {
    // The translations and the original text of a nullFlavor count: they are what is known.
    for (auto& code : read_codes(context, node)) answer_codes.push_back(std::move(code));
    value.raw = coded_text(context, node);
    if (value.raw.empty() && type == "CO") return text_value(attribute(node, "value"));
    return value;
  }
  if (is_null(node)) return value;
  if (type == "PQ" || type == "REAL" || type == "INT" || type == "MO") return quantity(node);
  if (type == "IVL_PQ" || type == "IVL_REAL" || type == "IVL_INT") return interval(node);
  if (type == "ST" || type == "ED" || type == "SC") {
    auto text = encapsulated_text(context, node);
    // Some systems write a string into the attribute of numbers.
    if (text.empty()) text = attribute(node, "value");
    readable = !text.empty() || !node.attribute("representation");
    return text_value(std::move(text));
  }
  if (type == "BL") {
    value.raw = attribute(node, "value");
    return value;
  }
  if (type.starts_with("RTO")) return ratio(node);
  if (type == "TS" || type == "IVL_TS") {
    const auto period = read_period(node);
    value.raw = period.start().text();
    if (period.high.known()) value.raw += " - " + period.high.text();
    return value;
  }
  value.raw = flat_text(node);
  if (value.raw.empty()) value.raw = attribute(node, "value");
  readable = !value.raw.empty();
  return value;
}

Range read_ranges(const Context& context, pugi::xml_node observation) {
  Range range;
  std::string texts;
  for (const auto reference : observation.children("referenceRange")) {
    const auto bounds = reference.child("observationRange");
    if (is_null(bounds)) continue;
    const auto value = present_child(bounds, "value");
    auto text = context.text_of(bounds.child("text"));
    if (text.empty() && !present_child(value, "low") && !present_child(value, "high")) {
      text = value.attribute("value") ? quantity_text(value) : coded_words(context, value);
      if (text.empty()) text = context.text_of(value);
    }
    if (!text.empty()) texts += (texts.empty() ? "" : "; ") + text;
    // Of several ranges ("normal", "critical"), the one of normal values is meant.
    const auto meaning = bounds.child("interpretationCode");
    const bool normal = is_null(meaning) || has_code(meaning, "N");
    if (!normal || !range.low.empty() || !range.high.empty()) continue;
    range.low = attribute(present_child(value, "low"), "value");
    range.high = attribute(present_child(value, "high"), "value");
  }
  range.text = std::move(texts);
  return range;
}

}  // namespace chartroom::evidence::ccda
