#include "evidence/fhir/values.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence::fhir {
namespace {

void append_joined(std::string& all, const std::string& part, std::string_view separator) {
  if (part.empty()) return;
  if (!all.empty()) all += separator;
  all += part;
}

}  // namespace

When read_when(std::string_view text) {
  text = base::trim(text);
  When when;
  const bool has_time = text.size() > 10 && text[10] == 'T';
  std::string full(text);
  if (text.size() == 4) {
    full += "-01-01";
    when.precision = Precision::year;
  } else if (text.size() == 7) {
    full += "-01";
    when.precision = Precision::month;
  } else if (!has_time) {
    when.precision = Precision::day;
  } else {
    when.precision = text.size() > 16 && text[16] == ':' ? Precision::second : Precision::minute;
    const std::string_view time = text.substr(11);
    when.zone_known = time.find_first_of("Z+-") != std::string_view::npos;
  }
  const auto value = base::parse_iso(full);
  if (!value) return {};
  when.value = *value;
  return when;
}

std::vector<Code> read_codes(const Json& concept_value) {
  std::vector<Code> codes;
  for (const Json& coding : concept_value["coding"]) {
    const std::string code = coding["code"].text();
    if (code.empty()) continue;
    codes.push_back({system_uri(coding["system"].string()), code, coding["display"].text(), false});
  }
  return codes;
}

std::string concept_text(const Json& concept_value) {
  std::string text = concept_value["text"].text();
  if (!base::trim(text).empty()) return text;
  for (const Json& coding : concept_value["coding"]) {
    if (!coding["display"].string().empty()) return coding["display"].text();
  }
  return concept_value["coding"][0]["code"].text();
}

std::string concept_texts(const Json& concepts) {
  std::string all;
  for (const Json& each : concepts) append_joined(all, concept_text(each), "; ");
  return all;
}

std::string first_code(const Json& concept_value) {
  return concept_value["coding"][0]["code"].text();
}

Value read_quantity(const Json& quantity) {
  Value value;
  const Json& number = quantity["value"];
  if (!number.exists()) return value;
  // Some senders write decimals as strings; only digits may become a number.
  if (is_json_number(number.scalar)) value.number = number.text();
  value.comparator = quantity["comparator"].text();
  value.raw = value.comparator + number.text();
  value.unit_raw = quantity["unit"].text();
  const std::string code = quantity["code"].text();
  if (value.unit_raw.empty()) value.unit_raw = code;
  if (quantity["system"].string() == kUcum) value.unit_ucum = code;
  return value;
}

std::string quantity_text(const Json& quantity) {
  const Value value = read_quantity(quantity);
  if (value.empty()) return {};
  return value.unit_raw.empty() ? value.raw : value.raw + " " + value.unit_raw;
}

namespace {

Value text_value(std::string text) {
  Value value;
  value.raw = std::move(text);
  return value;
}

Value ratio_value(const Json& ratio) {
  const std::string numerator = quantity_text(ratio["numerator"]);
  const std::string denominator = quantity_text(ratio["denominator"]);
  if (numerator.empty()) return {};
  return text_value(denominator.empty() ? numerator : numerator + ":" + denominator);
}

Value range_value(const Json& range) {
  const std::string low = quantity_text(range["low"]);
  const std::string high = quantity_text(range["high"]);
  if (low.empty() && high.empty()) return {};
  if (low.empty()) return text_value("up to " + high);
  return text_value(high.empty() ? "from " + low : low + " - " + high);
}

}  // namespace

Value read_value(const Json& holder, std::vector<Code>& answer_codes) {
  if (const Json& q = holder["valueQuantity"]; q.exists()) return read_quantity(q);
  if (const Json& c = holder["valueCodeableConcept"]; c.exists()) {
    for (Code& code : read_codes(c)) answer_codes.push_back(std::move(code));
    return text_value(concept_text(c));
  }
  if (const Json& i = holder["valueInteger"]; i.exists()) {
    Value value = text_value(i.text());
    value.number = value.raw;
    return value;
  }
  if (const Json& b = holder["valueBoolean"]; b.exists()) {
    return text_value(b.is_true() ? "Yes" : "No");
  }
  if (const Json& r = holder["valueRatio"]; r.exists()) return ratio_value(r);
  if (const Json& r = holder["valueRange"]; r.exists()) return range_value(r);
  if (const Json& p = holder["valuePeriod"]; p.exists()) {
    return text_value(p["start"].text() + " - " + p["end"].text());
  }
  if (holder["valueSampledData"].exists()) return text_value("(a series of samples)");
  if (const Json& c = holder["valueCoding"]; c.exists()) {
    return text_value(c["display"].exists() ? c["display"].text() : c["code"].text());
  }
  constexpr std::array<std::string_view, 6> kPlain{"valueString",  "valueDateTime", "valueTime",
                                                   "valueDecimal", "valueDate",     "valueUri"};
  for (const std::string_view name : kPlain) {
    if (const Json& plain = holder[name]; plain.exists()) {
      Value value = text_value(plain.text());
      if (plain.type == Json::Type::number) value.number = value.raw;
      return value;
    }
  }
  return {};
}

Range read_range(const Json& reference_ranges) {
  const Json* chosen = nullptr;
  for (const Json& each : reference_ranges) {
    const std::string type = first_code(each["type"]);
    if (chosen == nullptr || type == "normal") chosen = &each;
    if (type == "normal") break;
  }
  Range range;
  if (chosen == nullptr) return range;
  range.low = read_quantity((*chosen)["low"]).number;
  range.high = read_quantity((*chosen)["high"]).number;
  range.text = (*chosen)["text"].text();
  return range;
}

Flag read_flag(const Json& interpretation) {
  struct Mapping {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr std::array<Mapping, 10> kMappings{{{"H", "H"},
                                               {"L", "L"},
                                               {"HH", "HH"},
                                               {"LL", "LL"},
                                               {"HU", "HH"},
                                               {"LU", "LL"},
                                               {"A", "A"},
                                               {"AA", "A"},
                                               {"N", "N"},
                                               {"WNL", "N"}}};
  for (const Json& each : interpretation) {
    for (const Json& coding : each["coding"]) {
      for (const Mapping& mapping : kMappings) {
        if (coding["code"].string() == mapping.theirs) {
          return {std::string(mapping.ours), FlagOrigin::lab};
        }
      }
    }
  }
  return {};
}

std::string human_name_text(const Json& name) {
  if (name["text"].exists()) return name["text"].text();
  std::string all;
  for (const char* list : {"prefix", "given"}) {
    for (const Json& part : name[list].children) append_joined(all, part.text(), " ");
  }
  append_joined(all, name["family"].text(), " ");
  for (const Json& part : name["suffix"].children) append_joined(all, part.text(), " ");
  return all;
}

std::vector<NarrativeBlock> text_blocks(std::string_view text) {
  std::vector<NarrativeBlock> blocks;
  NarrativeBlock block;
  const auto finish = [&] {
    if (!block.spans.empty()) blocks.push_back(std::move(block));
    block = NarrativeBlock{};
  };
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = text.substr(start, end - start);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (base::trim(line).empty()) {
      finish();
    } else {
      if (!block.spans.empty()) {
        NarrativeSpan line_break;
        line_break.line_break = true;
        block.spans.push_back(std::move(line_break));
      }
      NarrativeSpan span;
      span.text = base::to_valid_utf8(line);
      block.spans.push_back(std::move(span));
    }
    start = end + 1;
  }
  finish();
  return blocks;
}

}  // namespace chartroom::evidence::fhir
