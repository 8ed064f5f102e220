// recordTarget, document header, unstructured bodies.
#include "evidence/ccda/test_documents.hpp"

namespace chartroom::evidence::ccda::testing {
namespace {

Person person(const std::string& role, const std::string& inner) {
  return read(document(patient(role, inner), body(""))).person;
}

TEST(CcdaPerson, NamesOfEveryUse) {
  const auto names = person("", R"(<name use="L"><given>Alice</given><given>Jones</given>
      <given qualifier="CL">Ally</given><family>Newman</family>
      <family qualifier="BR">Jones</family><suffix>Jr</suffix></name>
      <name use="P"><given>Al</given><family>Newman</family></name>
      <name><given>Alice</given><family>Oldname</family><validTime><high value="2010"/></validTime>
      </name><name nullFlavor="UNK"/><name>Newman, Alice</name>)")
                         .names;
  ASSERT_EQ(names.size(), 6U);
  EXPECT_EQ(names[0].given, (std::vector<std::string>{"Alice", "Jones"}));
  EXPECT_EQ(names[0].family, "Newman");
  EXPECT_EQ(names[0].suffix, "Jr");
  EXPECT_EQ(names[0].use, "official");
  EXPECT_EQ(names[1].use, "maiden");
  EXPECT_EQ(names[1].family, "Jones");
  EXPECT_EQ(names[2].use, "nickname");
  EXPECT_EQ(names[2].given, (std::vector<std::string>{"Ally"}));
  EXPECT_EQ(names[3].use, "nickname");
  EXPECT_EQ(names[4].use, "old");
  EXPECT_EQ(names[5].family, "Newman");
  EXPECT_EQ(names[5].given, (std::vector<std::string>{"Alice"}));
}

TEST(CcdaPerson, BirthDateNeverMovesWithATimeZone) {
  EXPECT_EQ(person("", R"(<birthTime value="19700501233000-0800"/>)").birth_date->iso(),
            "1970-05-01");
  const auto partial = person("", R"(<birthTime value="197005"/>)");
  EXPECT_FALSE(partial.birth_date.has_value());
  EXPECT_EQ(partial.birth_date_raw, "197005");
  EXPECT_FALSE(person("", R"(<birthTime nullFlavor="UNK"/>)").birth_date.has_value());
  EXPECT_FALSE(person("", R"(<birthTime value="19700231"/>)").birth_date.has_value());
}

TEST(CcdaPerson, OnlyAWholeAndPossibleSsnCounts) {
  const auto ssn = [](const std::string& number) {
    return person("<id root=\"2.16.840.1.113883.4.1\" extension=\"" + number + "\"/>", "").ssn;
  };
  EXPECT_EQ(ssn("219-09-9999"), "219099999");
  EXPECT_EQ(ssn("***-**-9999"), "");
  EXPECT_EQ(ssn("XXX-XX-9999"), "");
  EXPECT_EQ(ssn("000-00-0000"), "");
  EXPECT_EQ(ssn("999999999"), "");
  EXPECT_EQ(ssn("9999"), "");
  const auto both = person(R"(<id root="1.2.3" extension="MRN7"/>
      <id root="2.16.840.1.113883.4.1" nullFlavor="MSK"/>)",
                           "");
  ASSERT_EQ(both.identifiers.size(), 1U);
  EXPECT_EQ(both.identifiers[0].system, "urn:oid:1.2.3");
}

TEST(CcdaPerson, ContactsSexAndDeath) {
  const auto who = person(
      R"(<addr><streetAddressLine>12 Oak St</streetAddressLine>
      <city>Salem</city><state>OR</state><postalCode>97301</postalCode></addr>
      <addr nullFlavor="NI"/><telecom value="tel:+1(503)555-0100"/><telecom value="5035550101"/>
      <telecom value="mailto:a@example.org"/><telecom value="b@example.org"/>
      <telecom value="fax:5035550102"/><telecom nullFlavor="UNK"/>)",
      R"(<administrativeGenderCode code="F"/><maritalStatusCode code="M" displayName="Married"/>
      <languageCommunication><languageCode code="en"/></languageCommunication>
      <sdtc:deceasedTime value="20210203"/>)");
  ASSERT_EQ(who.addresses.size(), 1U);
  EXPECT_EQ(who.addresses[0].zip, "97301");
  EXPECT_EQ(who.phones.size(), 2U);
  EXPECT_EQ(who.emails.size(), 2U);
  EXPECT_EQ(who.sex, "female");
  EXPECT_EQ(who.marital_status, "Married");
  EXPECT_EQ(who.language, "en");
  EXPECT_TRUE(who.is_deceased);
  EXPECT_EQ(who.deceased.text(), "2021-02-03");
}

TEST(CcdaPerson, ASecondPatientAndAnOddGenderAreLosses) {
  const auto reading = read(document(
      patient("", R"(<administrativeGenderCode code="dnfd"/><name><family>One</family></name>)") +
          patient("", "<name><family>Two</family></name>"),
      body("")));
  EXPECT_EQ(reading.person.sex, "unknown");
  ASSERT_EQ(reading.person.names.size(), 1U);
  EXPECT_EQ(reading.person.names[0].family, "One");
  ASSERT_EQ(reading.losses.size(), 2U);
  EXPECT_EQ(reading.losses[1].locator, "recordTarget[2]");
}

TEST(CcdaHeader, VersionsAuthorsAndEncounter) {
  const auto reading = read(document(
      R"(<id root="1.2" extension="new"/>
      <code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Summary</title>
      <effectiveTime value="20200101"/><setId root="1.2" extension="set"/>
      <versionNumber value="2"/>
      <author><assignedAuthor><assignedPerson><name><given>Ann</given><family>Lee</family></name>
      </assignedPerson><representedOrganization><name>Hill Clinic</name></representedOrganization>
      </assignedAuthor></author><custodian><assignedCustodian><representedCustodianOrganization>
      <name>Hill Trust</name></representedCustodianOrganization></assignedCustodian></custodian>
      <relatedDocument typeCode="RPLC"><parentDocument><id root="1.2" extension="old"/>
      </parentDocument></relatedDocument><componentOf><encompassingEncounter>
      <code displayName="Inpatient"/><effectiveTime><low value="20191230"/><high value="20200101"/>
      </effectiveTime></encompassingEncounter></componentOf>)",
      body(section("8716-3", "", R"(<entry><observation><code code="8302-2" displayName="Height"/>
      <value xsi:type="PQ" value="177" unit="cm"/></observation></entry>)"))));
  const auto& header = reading.documents.at(0);
  EXPECT_EQ(header.id, "1.2^new");
  EXPECT_EQ(header.set_id, "1.2^set");
  EXPECT_EQ(header.version, "2");
  EXPECT_EQ(header.replaces_id, "1.2^old");
  EXPECT_EQ(header.author, "Ann Lee, Hill Clinic");
  EXPECT_EQ(header.custodian, "Hill Trust");
  EXPECT_EQ(header.encounter, "Inpatient, 2019-12-30, until 2020-01-01");
  ASSERT_EQ(reading.facts.size(), 2U);
  EXPECT_EQ(reading.facts[0].kind, Kind::encounter);
  EXPECT_EQ(reading.facts[0].sources.at(0).locator, "componentOf/encompassingEncounter");
  // A vital sign without a time happened during the encounter, as far as is known.
  EXPECT_TRUE(reading.facts[1].when.inferred);
  EXPECT_EQ(reading.facts[1].when.text(), "2019-12-30");
  EXPECT_EQ(reading.facts[1].author, "Ann Lee");
  EXPECT_EQ(reading.facts[1].organization, "Hill Clinic");
}

TEST(CcdaUnstructured, PlainTextBecomesADocument) {
  const auto reading = read(document("<title>Letter</title>", R"(<nonXMLBody>
      <text mediaType="text/plain" representation="B64">RGVhciBjb2xsZWFndWUsCmFsbCB3ZWxsLg==</text>
      </nonXMLBody>)"));
  EXPECT_EQ(reading.documents.at(0).unstructured_bytes, "Dear colleague,\nall well.");
  ASSERT_EQ(reading.facts.size(), 1U);
  ASSERT_EQ(reading.facts[0].narrative.size(), 1U);
  EXPECT_EQ(reading.facts[0].narrative[0].type, NarrativeBlock::Type::preformatted);
}

TEST(CcdaUnstructured, OtherTypesKeepTheirBytesAndBrokenOnesAreLosses) {
  const auto pdf = read(document("", R"(<nonXMLBody><text mediaType="application/pdf"
      representation="B64">JVBERi0xLjQ=</text></nonXMLBody>)"));
  EXPECT_EQ(pdf.documents.at(0).unstructured_media_type, "application/pdf");
  EXPECT_EQ(pdf.documents.at(0).unstructured_bytes, "%PDF-1.4");
  const auto broken = read(document(patient("", ""), R"(<nonXMLBody><text
      mediaType="application/pdf" representation="B64">###</text></nonXMLBody>)"));
  EXPECT_TRUE(broken.facts.empty());
  EXPECT_EQ(broken.losses.size(), 1U);
  const auto elsewhere = read(document(patient("", ""), R"(<nonXMLBody><text
      mediaType="application/pdf"><reference value="a.pdf"/></text></nonXMLBody>)"));
  EXPECT_EQ(elsewhere.losses.size(), 1U);
}

}  // namespace
}  // namespace chartroom::evidence::ccda::testing
