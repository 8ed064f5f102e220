#include <map>

#include "base/text.hpp"
#include "evidence/decimal.hpp"
#include "evidence/merge.hpp"
#include "evidence/terms.hpp"
#include "evidence/units.hpp"

namespace chartroom::evidence {
namespace {

// Our reference ranges and plausible bounds are those of adults.
constexpr int kAdult = 18;

bool is_adult_at(const Person& applicant, const When& when) {
  if (!applicant.birth_date || !when.known()) return true;
  return base::age_in_years(*applicant.birth_date, base::Date::from(when.value)) >= kAdult;
}

bool is_count_unit(std::string_view unit) { return unit == "1" || unit.starts_with('{'); }

void normalise_unit(Value& value, const Analyte* analyte) {
  std::string unit = ucum_unit(value.unit_ucum);
  if (unit.empty()) unit = ucum_unit(value.unit_raw);
  // A UCUM code that our table does not hold is still what the sender meant.
  if (unit.empty()) unit = value.unit_ucum;
  // Scores and ratios are often sent without a unit, and with all kinds of "{…}".
  const bool bare = value.unit_raw.empty() || is_count_unit(unit);
  if (analyte != nullptr && is_count_unit(analyte->unit) && bare) unit = analyte->unit;
  value.unit_ucum = std::move(unit);
}

void make_canonical(Value& value, const Analyte* analyte) {
  value.canonical_number.clear();
  value.canonical_unit.clear();
  if (analyte == nullptr || value.number.empty()) return;
  if (auto converted = to_canonical(*analyte, value.number, value.unit_ucum)) {
    value.canonical_number = std::move(*converted);
    value.canonical_unit = std::string(analyte->unit);
  }
}

std::string outside(const Bounds& bounds, const Value& value) {
  const auto number = Decimal::parse(value.canonical_number);
  if (!number) return {};
  const auto low = Decimal::parse(bounds.low);
  const auto high = Decimal::parse(bounds.high);
  if ((!low || *number >= *low) && (!high || *number <= *high)) return {};
  return "outside " + std::string(bounds.low) + " to " + std::string(bounds.high) + " " +
         display_unit(value.canonical_unit);
}

// "H", "L", "N"; empty when a comparator leaves it open ("<5" against 3 to 7).
std::string judge(std::string_view number_text, std::string_view comparator,
                  std::string_view low_text, std::string_view high_text) {
  const auto number = Decimal::parse(number_text);
  const auto low = Decimal::parse(low_text);
  const auto high = Decimal::parse(high_text);
  if (!number || (!low && !high)) return {};
  if (comparator.starts_with('<')) {
    if (low && *number <= *low) return "L";
    return !low && *number <= *high ? "N" : "";
  }
  if (comparator.starts_with('>')) {
    if (high && *number >= *high) return "H";
    return !high && *number >= *low ? "N" : "";
  }
  if (high && *number > *high) return "H";
  if (low && *number < *low) return "L";
  return "N";
}

// Bounds of a range that was sent as text: "70-99", "70 - 99 mg/dL", "<200", ">= 40".
void bounds_of_text(std::string_view text, std::string& low, std::string& high) {
  text = base::trim(text);
  const auto leading_number = [](std::string_view& rest) {
    rest = base::trim(rest);
    std::size_t end = 0;
    while (end < rest.size() && ((rest[end] >= '0' && rest[end] <= '9') || rest[end] == '.')) ++end;
    std::string number(rest.substr(0, end));
    rest = base::trim(rest.substr(end));
    return Decimal::parse(number) ? number : std::string{};
  };
  const bool below = text.starts_with('<');
  const bool above = text.starts_with('>');
  if (below || above) {
    text.remove_prefix(1);
    if (text.starts_with('=')) text.remove_prefix(1);
    (below ? high : low) = leading_number(text);
    return;
  }
  const std::string first = leading_number(text);
  if (first.empty() || !text.starts_with('-')) return;
  text.remove_prefix(1);
  const std::string second = leading_number(text);
  if (second.empty()) return;
  low = first;
  high = second;
}

void set_flag(Fact& fact, const Analyte* analyte, const Person& applicant, bool adult) {
  if (fact.flag.origin == FlagOrigin::lab) return;
  fact.flag = {};
  if (fact.value.number.empty() || !fact.implausible.empty()) return;
  std::string low = fact.range.low;
  std::string high = fact.range.high;
  if (low.empty() && high.empty()) bounds_of_text(fact.range.text, low, high);
  std::string code = judge(fact.value.number, fact.value.comparator, low, high);
  if (!code.empty()) {
    fact.flag = {std::move(code), FlagOrigin::lab_range};
    return;
  }
  // A laboratory's range that we cannot read stands against the use of ours.
  if (!fact.range.empty() || analyte == nullptr || !adult) return;
  const Bounds bounds = reference_range(*analyte, applicant.sex);
  code = judge(fact.value.canonical_number, fact.value.comparator, bounds.low, bounds.high);
  if (!code.empty()) fact.flag = {std::move(code), FlagOrigin::our_table};
}

}  // namespace

void normalise_measurement(Fact& fact, const Person& applicant) {
  Value& value = fact.value;
  if (value.empty()) return;
  const Analyte* analyte = find_analyte(fact);
  if (value.number.empty() && Decimal::parse(base::trim(value.raw))) {
    value.number = std::string(base::trim(value.raw));
  }
  normalise_unit(value, analyte);
  make_canonical(value, analyte);
  const bool adult = is_adult_at(applicant, fact.when);
  if (analyte != nullptr && fact.implausible.empty()) {
    const bool build_of_child = !adult && (analyte->group == "build" || analyte->group == "bp");
    if (!build_of_child) fact.implausible = outside(analyte->plausible, value);
  }
  set_flag(fact, analyte, applicant, adult);
}

void check_blood_pressures(std::vector<Fact>& facts) {
  struct Pair {
    Fact* systolic = nullptr;
    Fact* diastolic = nullptr;
  };
  std::map<std::pair<std::size_t, std::string>, Pair> pairs;
  for (Fact& fact : facts) {
    if (fact.group_id.empty() || fact.sources.empty()) continue;
    const Analyte* analyte = find_analyte(fact);
    if (analyte == nullptr || analyte->group != "bp") continue;
    Pair& pair = pairs[{fact.sources.front().source, fact.group_id}];
    (analyte->id == "systolic" ? pair.systolic : pair.diastolic) = &fact;
  }
  for (auto& [key, pair] : pairs) {
    if (pair.systolic == nullptr || pair.diastolic == nullptr) continue;
    const auto systolic = Decimal::parse(pair.systolic->value.canonical_number);
    const auto diastolic = Decimal::parse(pair.diastolic->value.canonical_number);
    if (!systolic || !diastolic || *systolic > *diastolic) continue;
    for (Fact* fact : {pair.systolic, pair.diastolic}) {
      if (fact->implausible.empty()) fact->implausible = "systolic is not above diastolic";
      if (fact->flag.origin != FlagOrigin::lab) fact->flag = {};
    }
  }
}

}  // namespace chartroom::evidence
