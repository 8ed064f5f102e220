#include "evidence/units.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "evidence/decimal.hpp"

namespace chartroom::evidence {
namespace {

// UCUM codes that we take as they are. Another case of one of them is taken too when only one code
// has it (m and M, for instance, have no entry whose other case means something else).
constexpr auto kKnown = std::to_array<std::string_view>({"%",
                                                         "g/dL",
                                                         "g/L",
                                                         "mg/dL",
                                                         "mg/L",
                                                         "ug/dL",
                                                         "ug/L",
                                                         "ug/mL",
                                                         "ng/dL",
                                                         "ng/mL",
                                                         "ng/L",
                                                         "pg/mL",
                                                         "pg",
                                                         "fL",
                                                         "mmol/L",
                                                         "umol/L",
                                                         "nmol/L",
                                                         "pmol/L",
                                                         "mmol/mol",
                                                         "meq/L",
                                                         "mg/g",
                                                         "mg/mmol",
                                                         "ug/mg",
                                                         "g/mol",
                                                         "U/L",
                                                         "[IU]/L",
                                                         "k[IU]/L",
                                                         "m[IU]/L",
                                                         "u[IU]/mL",
                                                         "[IU]/mL",
                                                         "10*3/uL",
                                                         "10*6/uL",
                                                         "10*9/L",
                                                         "10*12/L",
                                                         "/uL",
                                                         "/mm3",
                                                         "/min",
                                                         "mm[Hg]",
                                                         "kg",
                                                         "g",
                                                         "mg",
                                                         "ug",
                                                         "[lb_av]",
                                                         "[oz_av]",
                                                         "cm",
                                                         "m",
                                                         "mm",
                                                         "[in_i]",
                                                         "[ft_i]",
                                                         "Cel",
                                                         "[degF]",
                                                         "K",
                                                         "kg/m2",
                                                         "mL/min",
                                                         "mL/min/{1.73_m2}",
                                                         "mm/h",
                                                         "s",
                                                         "ms",
                                                         "min",
                                                         "h",
                                                         "d",
                                                         "wk",
                                                         "mo",
                                                         "a",
                                                         "L",
                                                         "mL",
                                                         "dL",
                                                         "uL",
                                                         "L/min",
                                                         "{score}",
                                                         "1",
                                                         "10*3",
                                                         "{INR}",
                                                         "/d",
                                                         "/wk",
                                                         "{packs}/d",
                                                         "{pack-years}",
                                                         "{drinks}/d",
                                                         "[pH]",
                                                         "mosm/kg",
                                                         "[ppm]",
                                                         "g/cm2",
                                                         "{#}/[HPF]",
                                                         "mg/24.h",
                                                         "mg/d",
                                                         "mL/kg",
                                                         "{T-score}",
                                                         "{Z-score}"});

struct Alias {
  std::string_view text;  ///< lower case, without white space
  std::string_view ucum;
};
constexpr auto kAliases = std::to_array<Alias>({
    {"10+3/ul", "10*3/uL"},
    {"x10e3/ul", "10*3/uL"},
    {"10e3/ul", "10*3/uL"},
    {"x10(3)/ul", "10*3/uL"},
    {"10^3/ul", "10*3/uL"},
    {"x10^3/ul", "10*3/uL"},
    {"x10*3/ul", "10*3/uL"},
    {"k/ul", "10*3/uL"},
    {"k/mm3", "10*3/uL"},
    {"k/cumm", "10*3/uL"},
    {"thousand/ul", "10*3/uL"},
    {"thous/ul", "10*3/uL"},
    {"thou/ul", "10*3/uL"},
    {"th/ul", "10*3/uL"},
    {"10*9/l", "10*3/uL"},
    {"10^9/l", "10*3/uL"},
    {"x10e9/l", "10*3/uL"},
    {"10e9/l", "10*3/uL"},
    {"x10^9/l", "10*3/uL"},
    {"10*3/mm3", "10*3/uL"},
    {"10^3/mm3", "10*3/uL"},
    {"10*3/mcl", "10*3/uL"},
    {"k/mcl", "10*3/uL"},
    {"10+6/ul", "10*6/uL"},
    {"x10e6/ul", "10*6/uL"},
    {"10e6/ul", "10*6/uL"},
    {"10^6/ul", "10*6/uL"},
    {"x10^6/ul", "10*6/uL"},
    {"m/ul", "10*6/uL"},
    {"million/ul", "10*6/uL"},
    {"mill/ul", "10*6/uL"},
    {"mil/ul", "10*6/uL"},
    {"m/mcl", "10*6/uL"},
    {"m/mm3", "10*6/uL"},
    {"10*12/l", "10*6/uL"},
    {"10^12/l", "10*6/uL"},
    {"x10e12/l", "10*6/uL"},
    {"x10^12/l", "10*6/uL"},
    {"10*6/mm3", "10*6/uL"},
    {"gm/dl", "g/dL"},
    {"g/100ml", "g/dL"},
    {"gms/dl", "g/dL"},
    {"gm/l", "g/L"},
    {"mg/100ml", "mg/dL"},
    {"mgs/dl", "mg/dL"},
    {"mcg/dl", "ug/dL"},
    {"mcg/l", "ug/L"},
    {"mcg/ml", "ug/mL"},
    {"\xCE\xBCg/dl", "ug/dL"},
    {"\xCE\xBCg/l", "ug/L"},
    {"\xCE\xBCmol/l", "umol/L"},
    {"mcmol/l", "umol/L"},
    {"mcg/mg", "ug/mg"},
    {"mcg/mgcreat", "ug/mg"},
    {"mg/gcreat", "mg/g"},
    {"mg/g{creat}", "mg/g"},
    {"mg/gcr", "mg/g"},
    {"mg/mmol{creat}", "mg/mmol"},
    {"ug/mg{creat}", "ug/mg"},
    {"iu/l", "[IU]/L"},
    {"units/l", "U/L"},
    {"unit/l", "U/L"},
    {"miu/l", "m[IU]/L"},
    {"mu/l", "m[IU]/L"},
    {"uiu/ml", "u[IU]/mL"},
    {"mciu/ml", "u[IU]/mL"},
    {"\xCE\xBCiu/ml", "u[IU]/mL"},
    {"uu/ml", "u[IU]/mL"},
    {"iu/ml", "[IU]/mL"},
    {"mmhg", "mm[Hg]"},
    {"mm(hg)", "mm[Hg]"},
    {"millimetersofmercury", "mm[Hg]"},
    {"torr", "mm[Hg]"},
    {"lb", "[lb_av]"},
    {"lbs", "[lb_av]"},
    {"lb_av", "[lb_av]"},
    {"pound", "[lb_av]"},
    {"pounds", "[lb_av]"},
    {"[lb_ap]", "[lb_av]"},
    {"oz", "[oz_av]"},
    {"kgs", "kg"},
    {"kilogram", "kg"},
    {"kilograms", "kg"},
    {"in", "[in_i]"},
    {"in_i", "[in_i]"},
    {"[in_us]", "[in_i]"},
    {"in_us", "[in_i]"},
    {"inch", "[in_i]"},
    {"inches", "[in_i]"},
    {"ft", "[ft_i]"},
    {"feet", "[ft_i]"},
    {"centimeter", "cm"},
    {"centimeters", "cm"},
    {"cms", "cm"},
    {"f", "[degF]"},
    {"degf", "[degF]"},
    {"\xC2\xB0"
     "f",
     "[degF]"},
    {"fahrenheit", "[degF]"},
    {"c", "Cel"},
    {"degc", "Cel"},
    {"\xC2\xB0"
     "c",
     "Cel"},
    {"celsius", "Cel"},
    {"kg/m^2", "kg/m2"},
    {"kg/m\xC2\xB2", "kg/m2"},
    {"kg/m*2", "kg/m2"},
    {"kg/sqm", "kg/m2"},
    {"kg/(m^2)", "kg/m2"},
    {"kg/m", ""},
    {"bpm", "/min"},
    {"beats/min", "/min"},
    {"{beats}/min", "/min"},
    {"beats/minute", "/min"},
    {"breaths/min", "/min"},
    {"{breaths}/min", "/min"},
    {"breaths/minute", "/min"},
    {"br/min", "/min"},
    {"permin", "/min"},
    {"{counts}/min", "/min"},
    {"1/min", "/min"},
    {"per_minute", "/min"},
    {"ml/min/1.73m2", "mL/min/{1.73_m2}"},
    {"ml/min/1.73m^2", "mL/min/{1.73_m2}"},
    {"ml/min/1.73", "mL/min/{1.73_m2}"},
    {"ml/min/1.73m\xC2\xB2", "mL/min/{1.73_m2}"},
    {"ml/min/{1.73_m2}", "mL/min/{1.73_m2}"},
    {"ml/min/{1.73m2}", "mL/min/{1.73_m2}"},
    {"ml/min/1.73_m2", "mL/min/{1.73_m2}"},
    {"ml/min/1.73sqm", "mL/min/{1.73_m2}"},
    {"ml/min/1.73sq.m", "mL/min/{1.73_m2}"},
    {"mm/hr", "mm/h"},
    {"mm/hour", "mm/h"},
    {"percent", "%"},
    {"pct", "%"},
    {"%{hemoglobin}", "%"},
    {"%a1c", "%"},
    {"%hb", "%"},
    {"%oftotalhgb", "%"},
    {"%ofhgb", "%"},
    {"%{hb}", "%"},
    {"%oftotal", "%"},
    {"mcl", "uL"},
    {"cells/ul", "/uL"},
    {"{cells}/ul", "/uL"},
    {"cells/mcl", "/uL"},
    {"/cumm", "/mm3"},
    {"meq/l", "meq/L"},
    {"ratio", "1"},
    {"{ratio}", "1"},
    {"score", "{score}"},
    {"points", "{score}"},
    {"inr", "{INR}"},
    {"{inr}", "{INR}"},
    {"units", ""},
    {"{score}", "{score}"},
    {"{#}", "{score}"},
    {"sec", "s"},
    {"seconds", "s"},
    {"year", "a"},
    {"years", "a"},
    {"yr", "a"},
    {"yrs", "a"},
    {"months", "mo"},
    {"weeks", "wk"},
    {"days", "d"},
    {"hours", "h"},
    {"hr", "h"},
    {"minutes", "min"},
    {"{pack-years}", "{pack-years}"},
    {"pack-years", "{pack-years}"},
    {"{packyears}", "{pack-years}"},
    {"packs/day", "{packs}/d"},
    {"{packs}/day", "{packs}/d"},
    {"{pack}/d", "{packs}/d"},
    {"drinks/day", "{drinks}/d"},
    {"{drinks}/d", "{drinks}/d"},
    {"/day", "/d"},
});

// What an alias stands for, stands for itself.
static_assert(std::ranges::all_of(kAliases, [](const Alias& alias) {
  return alias.ucum.empty() || std::ranges::find(kKnown, alias.ucum) != kKnown.end();
}));

// 1 of `unit` = multiply ÷ divide + add of the dimension's base.
struct BaseUnit {
  std::string_view unit;
  std::string_view dimension;
  std::string_view multiply = "1";
  std::string_view divide = "1";
  std::string_view add = "0";
};
constexpr auto kBaseUnits = std::to_array<BaseUnit>({
    {"kg", "mass"},
    {"g", "mass", "1", "1000"},
    {"mg", "mass", "1", "1000000"},
    {"[lb_av]", "mass", "0.45359237"},
    {"[oz_av]", "mass", "0.028349523125"},
    {"cm", "length"},
    {"m", "length", "100"},
    {"mm", "length", "1", "10"},
    {"[in_i]", "length", "2.54"},
    {"[ft_i]", "length", "30.48"},
    {"Cel", "temperature"},
    {"K", "temperature", "1", "1", "-273.15"},
    {"mg/dL", "massconc"},
    {"g/dL", "massconc", "1000"},
    {"g/L", "massconc", "100"},
    {"mg/L", "massconc", "1", "10"},
    {"ug/dL", "massconc", "1", "1000"},
    {"ug/mL", "massconc", "1", "10"},
    {"ug/L", "massconc", "1", "10000"},
    {"ng/mL", "massconc", "1", "10000"},
    {"ng/dL", "massconc", "1", "1000000"},
    {"ng/L", "massconc", "1", "10000000"},
    {"pg/mL", "massconc", "1", "10000000"},
    {"mmol/L", "molconc"},
    {"umol/L", "molconc", "1", "1000"},
    {"nmol/L", "molconc", "1", "1000000"},
    {"pmol/L", "molconc", "1", "1000000000"},
    {"10*3/uL", "count"},
    {"10*9/L", "count"},
    {"10*6/uL", "count", "1000"},
    {"10*12/L", "count", "1000"},
    {"/uL", "count", "1", "1000"},
    {"/mm3", "count", "1", "1000"},
    {"m[IU]/L", "activity"},
    {"u[IU]/mL", "activity"},
    {"[IU]/L", "activity", "1000"},
    {"k[IU]/L", "activity", "1000000"},
    {"[IU]/mL", "activity", "1000000"},
    {"mg/g", "massratio"},
    {"ug/mg", "massratio"},
    {"L", "volume"},
    {"mL", "volume", "1", "1000"},
    {"dL", "volume", "1", "10"},
});

const BaseUnit* base_unit(std::string_view unit) {
  const auto found = std::find_if(kBaseUnits.begin(), kBaseUnits.end(),
                                  [unit](const BaseUnit& each) { return each.unit == unit; });
  return found == kBaseUnits.end() ? nullptr : found;
}

Decimal decimal(std::string_view constant) { return *Decimal::parse(constant); }

std::optional<std::string> apply(std::string_view number, std::string_view multiply,
                                 std::string_view divide, std::string_view add, int places) {
  const auto value = Decimal::parse(number);
  if (!value) return std::nullopt;
  const auto result = value->scaled(decimal(multiply), decimal(divide), decimal(add), places);
  return result ? std::optional(result->text()) : std::nullopt;
}

// Enzymes are given in U/L by some and IU/L by others, and mean the same; hormones do not.
bool same_for(const Analyte& analyte, std::string_view unit) {
  if (unit == analyte.unit) return true;
  if (analyte.unit == "U/L") return unit == "[IU]/L";
  if (analyte.unit == "mmol/L" && analyte.group == "electrolytes") return unit == "meq/L";
  return false;
}

}  // namespace

std::string ucum_unit(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') compact += c;
  }
  if (compact.empty()) return {};
  // The two code points for micro: U+00B5 is the older.
  for (std::size_t at = 0; (at = compact.find("\xC2\xB5", at)) != std::string::npos;) {
    compact.replace(at, 2, "\xCE\xBC");
  }
  if (std::find(kKnown.begin(), kKnown.end(), compact) != kKnown.end()) {
    if (compact == "10*9/L") return "10*3/uL";
    if (compact == "10*12/L") return "10*6/uL";
    return compact;
  }
  if (compact == "M") return {};
  const std::string lower = base::to_lower_ascii(compact);
  for (const Alias& alias : kAliases) {
    if (alias.text == lower) return std::string(alias.ucum);
  }
  std::string_view found;
  for (const std::string_view known : kKnown) {
    if (!base::equals_ignoring_case_ascii(known, compact)) continue;
    if (!found.empty()) return {};  // more than one: the case would have to decide
    found = known;
  }
  return std::string(found);
}

std::string display_unit(std::string_view ucum) {
  constexpr auto kDisplays = std::to_array<Alias>({{"10*3/uL", "10\xC2\xB3/\xC2\xB5L"},
                                                   {"10*6/uL", "10\xE2\x81\xB6/\xC2\xB5L"},
                                                   {"mm[Hg]", "mmHg"},
                                                   {"kg/m2", "kg/m\xC2\xB2"},
                                                   {"mL/min/{1.73_m2}", "mL/min/1.73 m\xC2\xB2"},
                                                   {"[lb_av]", "lb"},
                                                   {"[in_i]", "in"},
                                                   {"[ft_i]", "ft"},
                                                   {"[degF]",
                                                    "\xC2\xB0"
                                                    "F"},
                                                   {"Cel",
                                                    "\xC2\xB0"
                                                    "C"},
                                                   {"ug/dL", "\xC2\xB5g/dL"},
                                                   {"ug/L", "\xC2\xB5g/L"},
                                                   {"umol/L", "\xC2\xB5mol/L"},
                                                   {"m[IU]/L", "mIU/L"},
                                                   {"u[IU]/mL", "\xC2\xB5IU/mL"},
                                                   {"[IU]/L", "IU/L"},
                                                   {"{score}", ""},
                                                   {"1", ""},
                                                   {"{INR}", ""},
                                                   {"mm/h", "mm/h"},
                                                   {"{packs}/d", "packs/day"},
                                                   {"{pack-years}", "pack-years"},
                                                   {"{drinks}/d", "drinks/day"}});
  for (const Alias& each : kDisplays) {
    if (each.text == ucum) return std::string(each.ucum);
  }
  return std::string(ucum);
}

std::optional<std::string> convert_unit(std::string_view number, std::string_view from,
                                        std::string_view to, int places) {
  // Fahrenheit is the one unit whose zero and factor both differ: (F - 32) × 5 ÷ 9.
  if (from == "[degF]" && to == "Cel") {
    const auto value = Decimal::parse(number);
    if (!value) return std::nullopt;
    const auto above = value->scaled(decimal("1"), decimal("1"), decimal("-32"), value->places());
    return above ? apply(above->text(), "5", "9", "0", places) : std::nullopt;
  }
  const BaseUnit* source = base_unit(from);
  const BaseUnit* target = base_unit(to);
  if (source == nullptr || target == nullptr || source->dimension != target->dimension ||
      target->add != "0") {
    return std::nullopt;
  }
  // Both factors at once, so that there is one rounding: number × (m1 × d2) ÷ (d1 × m2).
  const auto product = [](std::string_view a, std::string_view b) {
    const Decimal left = decimal(a);
    const Decimal right = decimal(b);
    return left.scaled(right, decimal("1"), decimal("0"), left.places() + right.places());
  };
  const auto up = product(source->multiply, target->divide);
  const auto down = product(source->divide, target->multiply);
  if (!up || !down) return std::nullopt;
  const auto value = Decimal::parse(number);
  if (!value) return std::nullopt;
  const auto result = value->scaled(*up, *down, decimal(source->add), places);
  return result ? std::optional(result->text()) : std::nullopt;
}

std::optional<std::string> to_canonical(const Analyte& analyte, std::string_view number,
                                        std::string_view ucum) {
  if (analyte.unit.empty() || ucum.empty() || !Decimal::parse(number)) return std::nullopt;
  if (same_for(analyte, ucum)) return std::string(number);
  for (const UnitConversion& each : analyte.conversions) {
    if (!each.from.empty() && each.from == ucum) {
      return apply(number, each.multiply, each.divide, each.add, analyte.decimals);
    }
  }
  return convert_unit(number, ucum, analyte.unit, analyte.decimals);
}

}  // namespace chartroom::evidence
