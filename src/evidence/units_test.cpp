#include "evidence/units.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "evidence/decimal.hpp"

namespace chartroom::evidence {
namespace {

std::string canonical(const char* analyte, const char* number, const char* unit) {
  const Analyte* found = find_analyte_by_id(analyte);
  EXPECT_NE(found, nullptr) << analyte;
  return to_canonical(*found, number, ucum_unit(unit)).value_or("none");
}

TEST(Units, AliasesOfWhatIsReallySent) {
  for (const char* text : {"10+3/ul", "10*3/ul", "x10E3/uL", "K/uL", "10*9/L", "10*3/uL", "k/ul"}) {
    EXPECT_EQ(ucum_unit(text), "10*3/uL") << text;
  }
  for (const char* text : {"M/uL", "10*12/L", "10*6/uL"}) EXPECT_EQ(ucum_unit(text), "10*6/uL");
  for (const char* text : {"g/dl", "G/DL", "gm/dL", "g / dL"}) EXPECT_EQ(ucum_unit(text), "g/dL");
  for (const char* text : {"mm Hg", "mmHg", "mm[Hg]"}) EXPECT_EQ(ucum_unit(text), "mm[Hg]");
  for (const char* text : {"mcL", "uL"}) EXPECT_EQ(ucum_unit(text), "uL") << text;
  for (const char* text : {"lb", "lbs", "[lb_av]"}) EXPECT_EQ(ucum_unit(text), "[lb_av]");
  for (const char* text : {"in", "[in_i]"}) EXPECT_EQ(ucum_unit(text), "[in_i]");
  for (const char* text : {"F", "degF", "[degF]"}) EXPECT_EQ(ucum_unit(text), "[degF]");
  EXPECT_EQ(ucum_unit("kg/m^2"), "kg/m2");
  EXPECT_EQ(ucum_unit("bpm"), "/min");
  EXPECT_EQ(ucum_unit("mEq/L"), "meq/L");
  EXPECT_EQ(ucum_unit("m"), "m");
  EXPECT_EQ(ucum_unit("M"), "");
  EXPECT_EQ(ucum_unit("furlongs"), "");
  EXPECT_EQ(ucum_unit(""), "");
}

TEST(Units, EveryCanonicalUnitIsKnownToTheTable) {
  std::set<std::string_view> ids;
  std::set<std::string_view> codes;
  for (const Analyte& analyte : analytes()) {
    EXPECT_TRUE(ids.insert(analyte.id).second) << analyte.id;
    if (!analyte.unit.empty()) {
      EXPECT_EQ(ucum_unit(analyte.unit), analyte.unit) << analyte.id;
    }
    for (const std::string_view code : analyte.loinc) {
      if (!code.empty()) {
        EXPECT_TRUE(codes.insert(code).second) << code;
      }
    }
    for (const std::string_view bound : {analyte.male.low, analyte.male.high, analyte.female.low,
                                         analyte.female.high, analyte.plausible.low}) {
      if (!bound.empty()) {
        EXPECT_TRUE(Decimal::parse(bound)) << analyte.id;
      }
    }
    for (const UnitConversion& each : analyte.conversions) {
      if (!each.from.empty()) {
        EXPECT_EQ(ucum_unit(each.from), each.from) << analyte.id;
      }
    }
  }
}

TEST(Units, ConversionsByAnalyte) {
  EXPECT_EQ(canonical("glucose", "5.5", "mmol/L"), "99");
  EXPECT_EQ(canonical("cholesterol", "5.00", "mmol/L"), "193");
  EXPECT_EQ(canonical("triglycerides", "1.7", "mmol/L"), "151");
  EXPECT_EQ(canonical("creatinine", "88.42", "umol/L"), "1.00");
  EXPECT_EQ(canonical("bilirubin", "17.1", "umol/L"), "1.0");
  EXPECT_EQ(canonical("bun", "5.0", "mmol/L"), "14.0");
  EXPECT_EQ(canonical("hba1c", "48", "mmol/mol"), "6.5");
  EXPECT_EQ(canonical("weight", "200", "lbs"), "90.7");
  EXPECT_EQ(canonical("height", "70", "in"), "177.8");
  EXPECT_EQ(canonical("temperature", "98.6", "degF"), "37.0");
  EXPECT_EQ(canonical("hemoglobin", "135", "g/L"), "13.5");
  EXPECT_EQ(canonical("platelets", "250000", "/uL"), "250");
  EXPECT_EQ(canonical("sodium", "140", "mEq/L"), "140");
  EXPECT_EQ(canonical("alt", "30", "IU/L"), "30");
  EXPECT_EQ(canonical("fev1", "3100", "mL"), "3.10");
}

TEST(Units, SameUnitKeepsTheDigits) {
  EXPECT_EQ(canonical("hba1c", "6.50", "%"), "6.50");
  EXPECT_EQ(canonical("glucose", "99.123456", "mg/dL"), "99.123456");
}

TEST(Units, WhatDoesNotConvertIsLeftAlone) {
  EXPECT_EQ(canonical("glucose", "5.5", "U/L"), "none");
  EXPECT_EQ(canonical("glucose", "5.5", "xyz"), "none");
  EXPECT_EQ(canonical("glucose", "high", "mg/dL"), "none");
  EXPECT_EQ(canonical("tsh", "2.0", "U/L"), "none");
  EXPECT_EQ(canonical("hiv", "1", "mg/dL"), "none");
}

TEST(Decimals, ReadAndPrint) {
  for (const char* text : {"0", "12.50", "-3.007", "0.0001", "123456789012345678"}) {
    ASSERT_TRUE(Decimal::parse(text)) << text;
    EXPECT_EQ(Decimal::parse(text)->text(), text);
  }
  EXPECT_EQ(Decimal::parse("1.5e2")->text(), "150");
  EXPECT_EQ(Decimal::parse("15e-3")->text(), "0.015");
  EXPECT_EQ(Decimal::parse(".5")->text(), "0.5");
  for (const char* text :
       {"", "-", ".", "1e", "1e99", "1e1e1", "abc", "1.2.3", "1234567890123456789"}) {
    EXPECT_FALSE(Decimal::parse(text)) << text;
  }
}

TEST(Decimals, RoundHalfAwayFromZero) {
  EXPECT_EQ(Decimal::parse("2.5")->rounded(0).text(), "3");
  EXPECT_EQ(Decimal::parse("-2.5")->rounded(0).text(), "-3");
  EXPECT_EQ(Decimal::parse("2.49")->rounded(1).text(), "2.5");
  EXPECT_EQ(Decimal::parse("2.4")->rounded(3).text(), "2.4");
  EXPECT_EQ(*Decimal::parse("5.10"), *Decimal::parse("5.1"));
  EXPECT_LT(*Decimal::parse("-1"), *Decimal::parse("0.5"));
}

// Found by fuzzing: a result of twenty digits was no number for whoever read it next.
TEST(Units, WhatIsConvertedCanBeReadAgain) {
  EXPECT_EQ(convert_unit("181.8e14", "L", "L", 2), std::nullopt);
  EXPECT_EQ(convert_unit("181.8e12", "L", "L", 2), "181800000000000.00");
}

TEST(DecimalsProperty, WholeNumbersAgreeWithIntegers) {
  EXPECT_TRUE(rc::check([](int a, int b) {
    const auto left = Decimal::parse(std::to_string(a));
    const auto right = Decimal::parse(std::to_string(b));
    RC_ASSERT(left && right);
    RC_ASSERT((*left < *right) == (a < b));
    const auto product = left->scaled(*right, *Decimal::parse("1"), *Decimal::parse("0"), 0);
    // Eighteen digits can be read again, nineteen cannot.
    constexpr long long kMost = 999'999'999'999'999'999;
    const long long expected = static_cast<long long>(a) * b;
    RC_ASSERT(product.has_value() == (expected <= kMost && expected >= -kMost));
    if (product) RC_ASSERT(product->text() == std::to_string(expected));
  }));
}

TEST(DecimalsProperty, ThereAndBackIsWithinRounding) {
  EXPECT_TRUE(rc::check([] {
    const int grams = *rc::gen::inRange(30'000, 350'000);
    const std::string kg = Decimal::parse(std::to_string(grams) + "e-3")->text();
    const auto pounds = convert_unit(kg, "kg", "[lb_av]", 6);
    RC_ASSERT(pounds.has_value());
    RC_ASSERT(convert_unit(*pounds, "[lb_av]", "kg", 3) == kg);
  }));
}

TEST(Terms, CodeSystems) {
  EXPECT_EQ(system_uri("2.16.840.1.113883.6.1"), kLoinc);
  EXPECT_EQ(system_uri("urn:oid:2.16.840.1.113883.6.96"), kSnomed);
  EXPECT_EQ(system_uri("1.2.3.4"), "urn:oid:1.2.3.4");
  EXPECT_EQ(system_uri("SNOMED"), kSnomed);
  EXPECT_EQ(system_uri("http://example.org/x"), "http://example.org/x");
  EXPECT_EQ(system_uri(""), "");
  EXPECT_EQ(system_oid(kRxNorm), "2.16.840.1.113883.6.88");
  EXPECT_EQ(system_oid("urn:oid:1.2.3.4"), "1.2.3.4");
  EXPECT_EQ(system_name(kIcd10Cm), "ICD-10-CM");
}

TEST(Terms, SmokingByCodeAndByWords) {
  EXPECT_EQ(smoking_meaning("449868002")->status, Smoking::current);
  EXPECT_EQ(smoking_meaning("8517006")->status, Smoking::former);
  EXPECT_EQ(smoking_meaning("266919005")->status, Smoking::never);
  EXPECT_EQ(smoking_meaning("77176002")->status, Smoking::current);
  EXPECT_EQ(smoking_meaning("266927001")->status, Smoking::unknown);
  EXPECT_FALSE(smoking_meaning("73211009"));
  Fact fact;
  fact.text = "Tobacco smoking status";
  fact.value.raw = "Never smoker";
  EXPECT_EQ(smoking_meaning(fact)->status, Smoking::never);
  fact.value.raw = "Former smoker";
  EXPECT_EQ(smoking_meaning(fact)->status, Smoking::former);
  fact.text = "Housing status";
  EXPECT_FALSE(smoking_meaning(fact));
}

TEST(Terms, UrineIsNotBlood) {
  EXPECT_NE(find_analyte_by_loinc("2161-8"), find_analyte_by_loinc("2160-0"));
  EXPECT_EQ(find_analyte_by_loinc("2161-8")->specimen, Specimen::urine);
  EXPECT_EQ(find_analyte_by_loinc("38483-4"), find_analyte_by_loinc("2160-0"));
  EXPECT_EQ(find_analyte_by_loinc("no"), nullptr);
}

TEST(Terms, AttentionTakesTheWorstLevel) {
  const Analyte& a1c = *find_analyte_by_id("hba1c");
  EXPECT_EQ(attention_of(a1c, "5.6"), Attention::none);
  EXPECT_EQ(attention_of(a1c, "5.7"), Attention::note);
  EXPECT_EQ(attention_of(a1c, "6.5"), Attention::amber);
  EXPECT_EQ(attention_of(a1c, "11.0"), Attention::red);
  EXPECT_EQ(attention_of(*find_analyte_by_id("egfr"), "29"), Attention::red);
  EXPECT_EQ(attention_of(a1c, ""), Attention::none);
}

}  // namespace
}  // namespace chartroom::evidence
