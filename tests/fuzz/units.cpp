// Units, decimals and measured values. Input: number, unit and LOINC code, apart by line feeds.
#include "evidence/units.hpp"

#include <string>

#include "evidence/decimal.hpp"
#include "evidence/merge.hpp"
#include "reading.hpp"

namespace {

using namespace chartroom;
using evidence::Decimal;

void check_decimal(std::string_view text) {
  const auto number = Decimal::parse(text);
  if (!number) return;
  const auto again = Decimal::parse(number->text());
  fuzz::must(again && *again == *number, "a decimal's text is the decimal");
  fuzz::must(!(*number < *number), "a decimal is not below itself");
  for (const int places : {0, 2}) {
    const Decimal rounded = number->rounded(places);
    fuzz::must(rounded.rounded(places) == rounded, "rounding twice is rounding once");
  }
}

void check_unit(std::string_view number, const std::string& unit) {
  const std::string ucum = evidence::ucum_unit(unit);
  fuzz::must(ucum.empty() || evidence::ucum_unit(ucum) == ucum, "a UCUM unit stands for itself");
  (void)evidence::display_unit(unit);
  const auto same = evidence::convert_unit(number, ucum, ucum, 2);
  fuzz::must(!same || Decimal::parse(*same).has_value(), "what is converted is a number");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = base::split(fuzz::as_text(data, size), '\n');
  const std::string number = parts[0];
  const std::string unit = parts.size() > 1 ? parts[1] : std::string{};
  const std::string loinc = parts.size() > 2 ? parts[2] : std::string("4548-4");
  check_decimal(number);
  check_unit(number, unit);
  for (const evidence::Analyte& analyte : evidence::analytes()) {
    const auto converted = evidence::to_canonical(analyte, number, evidence::ucum_unit(unit));
    fuzz::must(!converted || Decimal::parse(*converted).has_value(), "a canonical number is one");
    (void)evidence::attention_of(analyte, number);
  }
  evidence::Fact fact;
  fact.kind = evidence::Kind::result;
  fact.sources.emplace_back();
  fact.codes.push_back({std::string(evidence::kLoinc), loinc, "", false});
  fact.value.raw = number;
  fact.value.unit_raw = unit;
  if (parts.size() > 3) fact.range.text = parts[3];
  evidence::normalise_measurement(fact, {});
  const std::string first = fact.value.canonical_number + fact.value.unit_ucum + fact.flag.code;
  evidence::normalise_measurement(fact, {});
  fuzz::must(first == fact.value.canonical_number + fact.value.unit_ucum + fact.flag.code,
             "normalising twice is normalising once");
  return 0;
}
