#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "evidence/fhir/json.hpp"
#include "evidence/read.hpp"

namespace chartroom::evidence {
namespace {

std::vector<Reading> read(const std::string& json, const std::vector<std::string_view>& more = {}) {
  auto readings = read_fhir(json, more);
  EXPECT_TRUE(readings.has_value());
  return readings ? std::move(*readings) : std::vector<Reading>{};
}

std::string bundle(const std::string& entries) {
  return R"({"resourceType":"Bundle","type":"collection","entry":[)" + entries + "]}";
}

std::string entry(const std::string& resource, const std::string& url = "") {
  return "{" + (url.empty() ? std::string{} : "\"fullUrl\":\"" + url + "\",") +
         "\"resource\":" + resource + "}";
}

std::string patient(const std::string& id) {
  return R"({"resourceType":"Patient","id":")" + id +
         R"(","name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1968-02-13","gender":"female"})";
}

std::string observation(const std::string& id, const std::string& rest) {
  return R"({"resourceType":"Observation","id":")" + id +
         R"(","status":"final","category":[{"coding":[{"code":"laboratory"}]}],)"
         R"("code":{"coding":[{"system":"http://loinc.org","code":"4548-4","display":"HbA1c"}]},)"
         R"("effectiveDateTime":"2020-03-04T10:00:00-05:00",)" +
         rest + "}";
}

const std::string kValue =
    R"("valueQuantity":{"value":6.50,"unit":"%","system":"http://unitsofmeasure.org","code":"%"})";
const std::string kOfOne = R"("subject":{"reference":"Patient/1"},)";

TEST(Fhir, NumbersKeepTheirDigits) {
  const auto readings =
      read(bundle(entry(patient("1")) + "," + entry(observation("a", kOfOne + kValue))));
  ASSERT_EQ(readings.size(), 1U);
  ASSERT_EQ(readings[0].facts.size(), 1U);
  const Fact& fact = readings[0].facts[0];
  EXPECT_EQ(fact.kind, Kind::result);
  EXPECT_EQ(fact.value.number, "6.50");
  EXPECT_EQ(fact.value.unit_ucum, "%");
  EXPECT_EQ(fact.text, "HbA1c");
  EXPECT_EQ(fact.sources.front().locator, "Observation/a");
  EXPECT_EQ(fact.when.text(), "2020-03-04 15:00");
  EXPECT_TRUE(fact.when.zone_known);
}

TEST(Fhir, ResourcesOfAnotherPatientNeverEnter) {
  const auto readings = read(
      bundle(entry(patient("1")) + "," + entry(patient("2")) + "," +
             entry(observation("a", kOfOne + kValue)) + "," +
             entry(observation("b", R"("subject":{"reference":"Patient/2"},)" + kValue)) + "," +
             entry(observation("c", R"("subject":{"reference":"Patient/3"},)" + kValue)) + "," +
             entry(observation("d", R"("subject":{"reference":"Group/1"},)" + kValue)) + "," +
             entry(observation("e", kValue))));
  ASSERT_EQ(readings.size(), 2U);
  ASSERT_EQ(readings[0].facts.size(), 1U);
  EXPECT_EQ(readings[0].facts[0].sources.front().locator, "Observation/a");
  ASSERT_EQ(readings[1].facts.size(), 1U);
  EXPECT_EQ(readings[1].facts[0].sources.front().locator, "Observation/b");
  EXPECT_EQ(readings[0].losses.size(), 3U);
  EXPECT_TRUE(readings[1].losses.empty());
}

TEST(Fhir, SubjectlessResourceOfAnItemAboutSomebodyElseToo) {
  const auto one = read(bundle(entry(patient("1")) + "," + entry(observation("e", kValue))));
  EXPECT_EQ(one.at(0).facts.size(), 1U);
  // The other person is only referred to, which is enough to make the owner uncertain.
  const auto two =
      read(bundle(entry(patient("1")) + "," + entry(observation("e", kValue)) + "," +
                  entry(observation("f", R"("subject":{"reference":"Patient/9"},)" + kValue))));
  EXPECT_TRUE(two.at(0).facts.empty());
  EXPECT_EQ(two.at(0).losses.size(), 2U);
}

TEST(Fhir, ReferencesOfEveryForm) {
  const std::string url = "urn:uuid:6e5a1f0e-0000-4000-8000-000000000001";
  const std::string with_identifier =
      R"({"resourceType":"Patient","id":"1","identifier":[{"system":"urn:x","value":"77"}],"birthDate":"1968-02-13"})";
  for (const std::string& reference :
       {std::string("Patient/1"), url, std::string("https://ehr.example/fhir/Patient/1"),
        std::string("Patient/1/_history/3"), std::string("Patient?identifier=urn:x|77")}) {
    std::string about = R"("subject":{"reference":")";
    about.append(reference).append(R"("},)").append(kValue);
    const auto readings =
        read(bundle(entry(with_identifier, url) + "," + entry(observation("a", about))));
    ASSERT_EQ(readings.size(), 1U) << reference;
    EXPECT_EQ(readings[0].facts.size(), 1U) << reference;
  }
}

TEST(Fhir, SameIdOfAnotherServerIsAnotherPatient) {
  const auto readings = read(
      bundle(entry(patient("1"), "https://a.example/fhir/Patient/1") + "," +
             entry(observation(
                 "a", R"("subject":{"reference":"https://b.example/fhir/Patient/1"},)" + kValue))));
  EXPECT_TRUE(readings.at(0).facts.empty());
  EXPECT_EQ(readings.at(0).losses.size(), 1U);
}

TEST(Fhir, RelativeReferencesStayOnTheirServer) {
  const std::string of_b =
      entry(observation("a", kOfOne + kValue), "https://b.example/fhir/Observation/a");
  const auto foreign =
      read(bundle(entry(patient("1"), "https://a.example/fhir/Patient/1") + "," + of_b));
  EXPECT_TRUE(foreign.at(0).facts.empty());
  const auto both =
      read(bundle(entry(patient("1"), "https://a.example/fhir/Patient/1") + "," +
                  entry(patient("1"), "https://b.example/fhir/Patient/1") + "," + of_b));
  EXPECT_TRUE(both.at(0).facts.empty());
  EXPECT_EQ(both.at(1).facts.size(), 1U);
}

TEST(Fhir, TwoPatientsOfOneIdAreTooAmbiguousToReadFor) {
  const auto readings = read(bundle(entry(patient("1"), "https://a.example/fhir/Patient/1") + "," +
                                    entry(patient("1"), "https://b.example/fhir/Patient/1") + "," +
                                    entry(observation("a", kOfOne + kValue))));
  ASSERT_EQ(readings.size(), 2U);
  EXPECT_TRUE(readings[0].facts.empty());
  EXPECT_TRUE(readings[1].facts.empty());
}

TEST(Fhir, ContainedPatientOwnsNothing) {
  const auto readings = read(bundle(
      entry(patient("1")) + "," +
      entry(observation(
          "a",
          R"("contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"},)" +
              kValue))));
  EXPECT_TRUE(readings.at(0).facts.empty());
}

TEST(Fhir, BloodPressureComponentsShareAGroup) {
  const auto component = [](const std::string& code, const std::string& value) {
    return R"({"code":{"coding":[{"system":"http://loinc.org","code":")" + code + R"("}]},)" +
           value + "}";
  };
  const auto readings = read(bundle(
      entry(patient("1")) + "," +
      entry(
          R"({"resourceType":"Observation","id":"bp","status":"final","subject":{"reference":"Patient/1"},)"
          R"("category":[{"coding":[{"code":"vital-signs"}]}],"code":{"text":"Blood pressure"},"component":[)" +
          component("8480-6", R"("valueQuantity":{"value":120,"unit":"mmHg"})") + "," +
          component("8462-4", R"("dataAbsentReason":{"text":"not performed"})") + "]}")));
  ASSERT_EQ(readings.at(0).facts.size(), 2U);
  const auto& facts = readings[0].facts;
  EXPECT_EQ(facts[0].kind, Kind::vital);
  EXPECT_EQ(facts[0].value.number, "120");
  EXPECT_EQ(facts[0].group_id, facts[1].group_id);
  EXPECT_EQ(facts[0].group_text, "Blood pressure");
  EXPECT_TRUE(facts[1].value.empty());
  EXPECT_EQ(*facts[1].attribute("absent_reason"), "not performed");
}

TEST(Fhir, ReportGroupsItsResultsAndKeepsItsNote) {
  const std::string note = base::to_base64("First line\nsecond line\n\nNext paragraph");
  const auto readings = read(bundle(
      entry(patient("1")) + "," + entry(observation("a", kOfOne + kValue)) + "," +
      entry(
          R"({"resourceType":"DiagnosticReport","id":"r","status":"final","code":{"text":"Panel"},)"
          R"("subject":{"reference":"Patient/1"},"result":[{"reference":"Observation/a"}],)"
          R"("presentedForm":[{"contentType":"text/plain","data":")" +
          note + R"("}]})")));
  ASSERT_EQ(readings.at(0).facts.size(), 2U);
  const Fact& result = readings[0].facts[0];
  EXPECT_EQ(result.group_id, "DiagnosticReport/r");
  EXPECT_EQ(result.group_text, "Panel");
  const Fact& document = readings[0].facts[1];
  EXPECT_EQ(document.kind, Kind::document);
  ASSERT_EQ(document.narrative.size(), 2U);
  EXPECT_EQ(document.narrative[0].spans.size(), 3U);
  EXPECT_TRUE(document.narrative[0].spans[1].line_break);
}

TEST(Fhir, HtmlNotesLoseTheirScripts) {
  const std::string html = base::to_base64(
      "<html><body><h1>Visit</h1><script>alert(1)</script><p>Feels <b>well</b>.</p></body></html>");
  const auto readings = read(bundle(
      entry(patient("1")) + "," +
      entry(
          R"({"resourceType":"DocumentReference","id":"d","status":"current","type":{"text":"Note"},"subject":{"reference":"Patient/1"},)"
          R"("content":[{"attachment":{"contentType":"text/html; charset=utf-8","data":")" +
          html + R"("}}]})")));
  const Fact& fact = readings.at(0).facts.at(0);
  ASSERT_EQ(fact.narrative.size(), 2U);
  EXPECT_EQ(fact.narrative[0].type, NarrativeBlock::Type::heading);
  EXPECT_EQ(fact.narrative[1].spans.at(1).text, "well");
  EXPECT_TRUE(fact.narrative[1].spans.at(1).bold);
  for (const auto& block : fact.narrative) {
    for (const auto& span : block.spans) EXPECT_EQ(span.text.find("alert"), std::string::npos);
  }
}

std::string ccda(const std::string& given, const std::string& birth) {
  return R"(<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>)"
         R"(<id root="1.2.3"/><title>Summary</title><recordTarget><patientRole><id root="1.2" extension="1"/><patient><name><given>)" +
         given +
         R"(</given><family>Doe</family></name><administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>)"
         R"(<birthTime value=")" +
         birth +
         R"("/></patient></patientRole></recordTarget><component><structuredBody/></component></ClinicalDocument>)";
}

TEST(Fhir, EmbeddedDocumentJoinsOnlyItsOwnPatient) {
  const auto readings_with = [](const std::string& xml) {
    return read(bundle(
        entry(patient("1")) + "," +
        entry(
            R"({"resourceType":"DocumentReference","id":"d","status":"current","subject":{"reference":"Patient/1"},)"
            R"("content":[{"attachment":{"contentType":"text/xml","data":")" +
            base::to_base64(xml) + R"("}}]})")));
  };
  EXPECT_EQ(readings_with(ccda("Jane", "19680213")).at(0).documents.size(), 1U);
  for (const auto& xml :
       {ccda("Carol", "19680213"), ccda("Jane", "19700101"), std::string("<ClinicalDocument>")}) {
    const auto readings = readings_with(xml);
    EXPECT_TRUE(readings.at(0).documents.empty());
    EXPECT_EQ(readings.at(0).losses.size(), 1U);
  }
}

TEST(Fhir, MedicationByReferenceAndContained) {
  const auto readings = read(bundle(
      entry(patient("1")) + "," +
      entry(
          R"({"resourceType":"Medication","id":"m","code":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"860975"}],"text":"Metformin"}})") +
      "," +
      entry(
          R"({"resourceType":"MedicationRequest","id":"a","status":"active","subject":{"reference":"Patient/1"},"medicationReference":{"reference":"Medication/m"},)"
          R"("authoredOn":"2020-01","dosageInstruction":[{"text":"twice daily","timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":500,"unit":"mg"}}]}]})") +
      "," +
      entry(
          R"({"resourceType":"MedicationStatement","id":"b","status":"active","subject":{"reference":"Patient/1"},"contained":[{"resourceType":"Medication","id":"x","code":{"text":"Aspirin"}}],"medicationReference":{"reference":"#x"}})") +
      "," +
      entry(
          R"({"resourceType":"MedicationRequest","id":"c","status":"active","subject":{"reference":"Patient/1"},"medicationReference":{"reference":"Medication/none"}})")));
  const auto& facts = readings.at(0).facts;
  ASSERT_EQ(facts.size(), 3U);
  EXPECT_EQ(facts[0].text, "Metformin");
  EXPECT_EQ(*facts[0].attribute("dose"), "500 mg");
  EXPECT_EQ(*facts[0].attribute("frequency"), "twice a day");
  EXPECT_EQ(facts[0].when.date_text(), "2020-01");
  EXPECT_EQ(facts[1].text, "Aspirin");
  EXPECT_EQ(readings[0].losses.size(), 1U);
}

TEST(Fhir, LinesWithOneBrokenLine) {
  const auto readings = read(patient("1") + "\n" + observation("a", kOfOne + kValue) +
                             "\n{\"broken\n\n" + observation("b", kOfOne + kValue));
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].facts.size(), 2U);
  ASSERT_EQ(readings[0].losses.size(), 1U);
  EXPECT_EQ(readings[0].losses[0].locator, "line 3");
}

TEST(Fhir, PatientOfASupportingFileOwnsTheResourcesOfTheItem) {
  const std::string other = patient("1") + "\n" + patient("2");
  const auto readings = read(bundle(entry(observation("a", kOfOne + kValue))), {other});
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].person.locator, "Patient/1");
  EXPECT_EQ(readings[0].facts.size(), 1U);
}

TEST(Fhir, SupportingFilesGiveNames) {
  const std::string other = bundle(entry(
      R"({"resourceType":"Practitioner","id":"9","identifier":[{"system":"urn:npi","value":"12"}],"name":[{"family":"Hill","given":["Ann"],"prefix":["Dr."]}]})"));
  const auto readings = read(
      bundle(
          entry(patient("1")) + "," +
          entry(observation(
              "a", kOfOne + R"("performer":[{"reference":"Practitioner?identifier=urn:npi|12"}],)" +
                       kValue))),
      {other, "not json"});
  EXPECT_EQ(readings.at(0).facts.at(0).performer, "Dr. Ann Hill");
  EXPECT_EQ(readings.at(0).facts.size(), 1U);
}

TEST(Fhir, EncounterCompletesWhatIsMissing) {
  const auto readings = read(bundle(
      entry(patient("1")) + "," +
      entry(
          R"({"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/1"},"period":{"start":"2019-05-06T08:00:00Z"},"serviceProvider":{"display":"Cedar"}})") +
      "," +
      entry(
          R"({"resourceType":"Procedure","id":"p","status":"completed","code":{"text":"Suture"},"subject":{"reference":"Patient/1"},"encounter":{"reference":"Encounter/e"}})")));
  const Fact& procedure = readings.at(0).facts.at(1);
  EXPECT_TRUE(procedure.when.inferred);
  EXPECT_EQ(procedure.when.date_text(), "2019-05-06");
  EXPECT_EQ(procedure.organization, "Cedar");
}

TEST(Fhir, UnknownTypesAreLossesAndReferencedOnesAreNot) {
  const auto readings = read(bundle(
      entry(patient("1")) + "," +
      entry(R"({"resourceType":"Claim","id":"c","patient":{"reference":"Patient/1"}})") + "," +
      entry(R"({"resourceType":"Claim","id":"d","patient":{"reference":"Patient/1"}})") + "," +
      entry(R"({"resourceType":"Location","id":"l"})")));
  ASSERT_EQ(readings.at(0).losses.size(), 1U);
  EXPECT_EQ(readings[0].losses[0].reason,
            "2 resources of billing data, which is no clinical evidence");
}

TEST(Fhir, PersonWithoutSsnInItsIdentifiers) {
  const auto readings = read(
      R"({"resourceType":"Patient","id":"1","identifier":[{"system":"http://hl7.org/fhir/sid/us-ssn","value":"212-34-5678"},{"type":{"coding":[{"code":"MR"}]},"system":"urn:x","value":"7"}],)"
      R"("name":[{"family":"Doe","given":["J"]}],"birthDate":"1968-02","deceasedBoolean":true,"extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","valueCode":"F"}]})");
  const Person& person = readings.at(0).person;
  EXPECT_EQ(person.ssn, "212345678");
  ASSERT_EQ(person.identifiers.size(), 1U);
  EXPECT_EQ(person.identifiers[0].type, "MR");
  EXPECT_FALSE(person.birth_date);
  EXPECT_EQ(person.birth_date_raw, "1968-02");
  EXPECT_EQ(person.sex, "female");
  EXPECT_TRUE(person.is_deceased);
}

// --- hostile and broken input ---

TEST(Fhir, BrokenInputIsAnErrorAndNoCrash) {
  const std::string good =
      bundle(entry(patient("1")) + "," + entry(observation("a", kOfOne + kValue)));
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(read_fhir(good.substr(0, length)).has_value()) << length;
  }
  for (const std::string_view text :
       {"", "[]", "null", "7", "{}", "{\"resourceType\":7}", "{\"a\":01}",
        "{\"resourceType\":\"Patient\"} x", "{\"resourceType\":\"\xFF\"}"}) {
    EXPECT_FALSE(read_fhir(text).has_value()) << text.size();
  }
}

TEST(Fhir, FlippedBytesNeverCrash) {
  const std::string good =
      bundle(entry(patient("1")) + "," + entry(observation("a", kOfOne + kValue)));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'"', '{', '}', '[', ']', ',', ':', '\\', '\0', '9'}) {
      std::string bad = good;
      bad[i] = c;
      (void)read_fhir(bad);
    }
  }
}

TEST(Fhir, NestingIsLimited) {
  for (const std::size_t depth : {std::size_t{300}, std::size_t{1'000'000}}) {
    const std::string text = R"({"resourceType":"Patient","x":)" + std::string(depth, '[') +
                             std::string(depth, ']') + "}";
    const auto result = read_fhir(text);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, base::ErrorCode::corrupt);
  }
  EXPECT_TRUE(read_fhir(R"({"resourceType":"Patient","x":)" + std::string(200, '[') +
                        std::string(200, ']') + "}")
                  .has_value());
}

TEST(Fhir, TooManyValuesAreRefused) {
  std::string text = R"({"resourceType":"Patient","x":[)";
  for (int i = 0; i < 4'000'010; ++i) text += "0,";
  text += "0]}";
  const auto result = read_fhir(text);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, base::ErrorCode::too_large);
}

TEST(Fhir, WrongTypesDegrade) {
  const auto readings = read(bundle(
      entry(patient("1")) + "," +
      entry(
          R"({"resourceType":"Observation","id":"a","status":7,"code":"text","subject":{"reference":"Patient/1"},"category":"x","valueQuantity":{"value":"12 mg"},"component":{"code":[]},"interpretation":null})") +
      "," +
      entry(
          R"({"resourceType":"Condition","id":"b","subject":{"reference":"Patient/1"},"code":null,"category":[[]],"onsetDateTime":"not a date"})") +
      ",{},{\"resource\":5}"));
  ASSERT_FALSE(readings.at(0).facts.empty());
  EXPECT_EQ(readings[0].facts.back().kind, Kind::problem);
  EXPECT_FALSE(readings[0].facts.back().when.known());
}

TEST(Json, NumberGrammar) {
  for (const char* good : {"0", "-0", "12.50", "1e5", "1.5E-3", "-7"})
    EXPECT_TRUE(fhir::is_json_number(good)) << good;
  for (const char* bad : {"", "-", "01", "1.", ".5", "1e", "+1", "0x1", "NaN", "1 "})
    EXPECT_FALSE(fhir::is_json_number(bad)) << bad;
}

TEST(Item, DetectsByContent) {
  EXPECT_EQ(detect(patient("1")), Detected::fhir_json);
  EXPECT_EQ(detect(patient("1") + "\n" + patient("2")), Detected::fhir_ndjson);
  EXPECT_EQ(detect("\xEF\xBB\xBF<?xml version=\"1.0\"?><!-- <x> --><ClinicalDocument "
                   "xmlns='urn:hl7-org:v3'>"),
            Detected::ccda);
  EXPECT_EQ(detect("<n1:ClinicalDocument/>"), Detected::ccda);
  EXPECT_EQ(detect("<section/>"), Detected::ccda_fragment);
  EXPECT_EQ(detect("%PDF-1.7"), Detected::pdf);
  EXPECT_EQ(detect("{\"a\":1}"), Detected::unknown);
  EXPECT_EQ(detect(""), Detected::unknown);
  EXPECT_FALSE(read_item("hello").has_value());
}

}  // namespace
}  // namespace chartroom::evidence
