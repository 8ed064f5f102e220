#include "evidence/ccda/datatypes.hpp"

#include "evidence/ccda/test_documents.hpp"

namespace chartroom::evidence::ccda::testing {
namespace {

std::string shown(std::string_view text) {
  const auto when = read_time(text);
  return when.known() ? when.text() : "-";
}

TEST(CcdaTimes, KeepTheirPrecision) {
  EXPECT_EQ(shown("2012"), "2012");
  EXPECT_EQ(shown("201208"), "2012-08");
  EXPECT_EQ(shown("20120806"), "2012-08-06");
  EXPECT_EQ(read_time("2012080610").precision, Precision::day);
  EXPECT_EQ(shown("201208061030"), "2012-08-06 10:30");
  EXPECT_EQ(read_time("20120806103015").precision, Precision::second);
  EXPECT_EQ(shown("2012-08-06"), "2012-08-06");
}

TEST(CcdaTimes, KnowTheirZone) {
  const auto eastern = read_time("201208062330-0500");
  EXPECT_EQ(base::format_iso(eastern.value), "2012-08-07T04:30:00.000Z");
  EXPECT_TRUE(eastern.zone_known);
  EXPECT_FALSE(read_time("201208062330").zone_known);
  EXPECT_EQ(base::format_iso(read_time("20120806233015.1234+0100").value),
            "2012-08-06T22:30:15.123Z");
  // A day stays the day that was written.
  EXPECT_EQ(shown("20120806-0500"), "2012-08-06");
}

TEST(CcdaTimes, KeepTheDayOfAnImpossibleHour) {
  EXPECT_EQ(shown("201208062530"), "2012-08-06");
  EXPECT_EQ(shown("20120806103099"), "2012-08-06");
}

TEST(CcdaTimes, RefuseWhatIsNoDate) {
  for (const char* text : {"", "UNK", "20121301", "20120231", "0000", "2012080", "20120806+9900",
                           "20120806+", "-", "20120806103015.x"}) {
    EXPECT_EQ(shown(text), "-") << text;
  }
}

/// Reads one lab value and returns the fact.
Fact result(const std::string& inner) {
  auto reading = read_section_of(
      "30954-2", R"(<entry><observation><code code="4548-4" codeSystem="2.16.840.1.113883.6.1"
      displayName="A1c"/>)" +
                     inner + "</observation></entry>");
  EXPECT_EQ(reading.facts.size(), 1U);
  return reading.facts.empty() ? Fact{} : reading.facts[0];
}

TEST(CcdaValues, KeepDigitsAsWritten) {
  const auto value = result(R"(<value xsi:type="PQ" value="12.50" unit="%"/>)").value;
  EXPECT_EQ(value.raw, "12.50");
  EXPECT_EQ(value.number, "12.50");
  EXPECT_EQ(value.unit_raw, "%");
  EXPECT_EQ(result(R"(<value xsi:type="INT" value="7"/>)").value.number, "7");
  EXPECT_EQ(result(R"(<value xsi:type="REAL" value="-0.10"/>)").value.number, "-0.10");
}

TEST(CcdaValues, ReadOneSidedIntervalsAsComparisons) {
  auto value = result(R"(<value xsi:type="IVL_PQ"><high value="0.02" unit="ng/mL"
                          inclusive="false"/></value>)")
                   .value;
  EXPECT_EQ(value.comparator, "<");
  EXPECT_EQ(value.number, "0.02");
  EXPECT_EQ(value.unit_raw, "ng/mL");
  value = result(R"(<value xsi:type="IVL_PQ"><low value="90"/><high nullFlavor="PINF"/></value>)")
              .value;
  EXPECT_EQ(value.comparator, ">=");
  EXPECT_EQ(value.number, "90");
  value = result(R"(<value xsi:type="IVL_PQ"><low value="3" unit="mg"/><high value="5"/></value>)")
              .value;
  EXPECT_EQ(value.raw, "3-5");
  EXPECT_EQ(value.number, "");
}

TEST(CcdaValues, ReadTextsCodesAndOrdinals) {
  EXPECT_EQ(result(R"(<value xsi:type="ST"> Yellow, clear </value>)").value.raw, "Yellow, clear");
  EXPECT_EQ(result(R"(<value xsi:type="ST">&lt;0.5</value>)").value.comparator, "<");
  EXPECT_EQ(result(R"(<value xsi:type="ST">&lt;0.5</value>)").value.number, "0.5");
  EXPECT_EQ(result(R"(<value xsi:type="CD" code="260385009" displayName="Negative"/>)").value.raw,
            "Negative");
  EXPECT_EQ(result(R"(<value xsi:type="CO" code="LA6755-8" displayName="3+"/>)").value.raw, "3+");
  EXPECT_EQ(result(R"(<value xsi:type="ED" mediaType="text/plain" representation="B64">
                      Tm9ybWFs</value>)")
                .value.raw,
            "Normal");
  EXPECT_EQ(result(R"(<value xsi:type="RTO_PQ_PQ"><numerator value="1"/>
                      <denominator value="64"/></value>)")
                .value.raw,
            "1:64");
  EXPECT_EQ(result(R"(<value value="5" unit="mg"/>)").value.number, "5");
}

TEST(CcdaValues, NullFlavorsAreAbsent) {
  EXPECT_TRUE(result(R"(<value xsi:type="PQ" nullFlavor="UNK"/>)").value.empty());
  const auto other = result(R"(<value xsi:type="CD" nullFlavor="OTH">
                               <originalText>Faintly positive</originalText></value>)");
  EXPECT_EQ(other.value.raw, "Faintly positive");
  const auto translated = result(R"(<value xsi:type="CD" nullFlavor="UNK">
                                    <translation code="1" displayName="Rare"/></value>)");
  EXPECT_EQ(translated.value.raw, "Rare");
}

TEST(CcdaValues, SaysWhenAValueCannotBeRead) {
  const auto reading =
      read_section_of("30954-2", R"(<entry><observation><code code="1" displayName="Curve"/>
      <value xsi:type="SLIST_PQ"/></observation></entry>)");
  ASSERT_EQ(reading.losses.size(), 1U);
  EXPECT_EQ(reading.losses[0].locator, "component[1]/section/entry[1]/observation/value");
}

TEST(CcdaValues, ReadFlagsAndRanges) {
  const auto fact = result(R"(<value xsi:type="PQ" value="9.1" unit="%"/>
    <interpretationCode code="HH" displayName="Critically high"/>
    <referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="4.0" unit="%"/>
    <high value="5.6" unit="%"/></value></observationRange></referenceRange>
    <referenceRange><observationRange><text>critical over 9</text>
    <interpretationCode code="HH"/></observationRange></referenceRange>)");
  EXPECT_EQ(fact.flag.code, "HH");
  EXPECT_EQ(fact.flag.origin, FlagOrigin::lab);
  EXPECT_EQ(fact.range.low, "4.0");
  EXPECT_EQ(fact.range.high, "5.6");
  EXPECT_EQ(fact.range.text, "critical over 9");
  EXPECT_EQ(attribute(fact, "interpretation_text"), "Critically high");
}

TEST(CcdaCodes, KeepTranslationsAndResolveReferences) {
  const auto reading =
      read_section_of("11450-4",
                      R"(<entry><observation><value xsi:type="CD" nullFlavor="OTH"><originalText>
         <reference value="#p1"/></originalText>
         <translation code="I10" codeSystem="2.16.840.1.113883.6.90"/>
         <translation code="I10" codeSystem="2.16.840.1.113883.6.90"/></value>
         </observation></entry>)",
                      R"(<list><item ID="p1">High <content styleCode="Bold">blood</content>
         pressure</item></list>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  EXPECT_EQ(reading.facts[0].text, "High blood pressure");
  ASSERT_EQ(reading.facts[0].codes.size(), 1U);
  EXPECT_EQ(reading.facts[0].codes[0].system, "http://hl7.org/fhir/sid/icd-10-cm");
}

}  // namespace
}  // namespace chartroom::evidence::ccda::testing
