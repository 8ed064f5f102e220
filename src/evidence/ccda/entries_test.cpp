// Entries of every kind of section, by template and by structure alone.
#include "evidence/ccda/test_documents.hpp"

namespace chartroom::evidence::ccda::testing {
namespace {

std::string id(const std::string& root) {
  return "<templateId root=\"2.16.840.1.113883.10.20." + root + "\"/>";
}

std::string drug(const std::string& name) {
  return R"(<consumable><manufacturedProduct><manufacturedMaterial><code code="314076"
    codeSystem="2.16.840.1.113883.6.88" displayName=")" +
         name +
         R"("><translation code="00093-0001" codeSystem="2.16.840.1.113883.6.69"/></code>
    </manufacturedMaterial></manufacturedProduct></consumable>)";
}

TEST(CcdaProblems, ConcernWithStatusOnsetAndTranslation) {
  const auto reading = read_section_of(
      "11450-4",
      "<entry><act>" + id("22.4.3") +
          R"(<statusCode code="completed"/><entryRelationship typeCode="SUBJ"><observation>)" +
          id("22.4.4") + R"(<effectiveTime><low value="201503"/></effectiveTime>
      <value xsi:type="CD" code="38341003" codeSystem="2.16.840.1.113883.6.96"
        displayName="Hypertension"><translation code="I10"
        codeSystem="2.16.840.1.113883.6.90"/></value>
      <entryRelationship><observation>)" +
          id("22.4.6") +
          R"(<value xsi:type="CD" code="55561003"/></observation></entryRelationship>
      </observation></entryRelationship></act></entry>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  const auto& fact = reading.facts[0];
  EXPECT_EQ(fact.kind, Kind::problem);
  EXPECT_EQ(fact.category, "problem-list-item");
  EXPECT_EQ(fact.text, "Hypertension");
  EXPECT_EQ(fact.codes.size(), 2U);
  EXPECT_EQ(fact.status, "active");
  EXPECT_EQ(attribute(fact, "onset"), "2015-03");
  EXPECT_EQ(fact.sources.at(0).locator,
            "component[1]/section/entry[1]/act/entryRelationship[1]/observation");
  EXPECT_TRUE(reading.losses.empty());
}

Fact problem(const std::string& attributes, const std::string& inner) {
  auto reading = read_section_of(
      "11450-4", "<entry><observation " + attributes + ">" + inner + "</observation></entry>");
  EXPECT_EQ(reading.facts.size(), 1U);
  return reading.facts.empty() ? Fact{} : reading.facts[0];
}

TEST(CcdaProblems, NegationsStayNegations) {
  const std::string generic = R"(<value xsi:type="CD" code="55607006" displayName="Problem"/>)";
  auto fact = problem(R"(negationInd="true")", generic);
  EXPECT_TRUE(fact.negated);
  EXPECT_EQ(fact.text, "No known problems");
  fact = problem("", R"(<value xsi:type="CD" code="160245001" displayName="None known"/>)");
  EXPECT_TRUE(fact.negated);
  fact = problem(R"(negationInd="true")",
                 R"(<value xsi:type="CD" code="73211009" displayName="Diabetes"/>)");
  EXPECT_TRUE(fact.negated);
  EXPECT_EQ(fact.text, "Diabetes");
}

TEST(CcdaProblems, AnEndMeansResolvedEvenWhenItsDateIsUnknown) {
  const std::string value = R"(<value xsi:type="CD" code="1" displayName="Cough"/>)";
  EXPECT_EQ(
      problem("",
              R"(<effectiveTime><low value="2015"/><high value="2016"/></effectiveTime>)" + value)
          .status,
      "resolved");
  EXPECT_EQ(
      problem("", R"(<effectiveTime><high nullFlavor="UNK"/></effectiveTime>)" + value).status,
      "resolved");
  EXPECT_EQ(problem("", value).status, "active");
}

TEST(CcdaProblems, EnteredInErrorIsHiddenAndKept) {
  const auto fact = problem("", R"(<statusCode code="nullified"/>
                                   <value xsi:type="CD" code="1" displayName="Cough"/>)");
  EXPECT_EQ(fact.status, "entered-in-error");
  EXPECT_TRUE(fact.hidden);
  EXPECT_FALSE(fact.hidden_reason.empty());
}

TEST(CcdaProblems, DiagnosesKnowTheirEncounter) {
  const auto reading = read_section_of(
      "46240-8",
      "<entry><encounter>" + id("22.4.49") +
          R"(<code code="99213" codeSystem="2.16.840.1.113883.6.12" displayName="Office visit"/>
      <effectiveTime><low value="20200102"/><high value="20200103"/></effectiveTime>
      <participant typeCode="LOC"><participantRole><playingEntity><name>Hill Clinic</name>
      </playingEntity></participantRole></participant>
      <entryRelationship><act>)" +
          id("22.4.80") + id("22.4.19") + R"(<entryRelationship><observation>)" + id("22.4.4") +
          R"(<value xsi:type="CD" code="386661006" displayName="Fever"/></observation>
      </entryRelationship></act></entryRelationship></encounter></entry>)");
  ASSERT_EQ(reading.facts.size(), 2U);
  const auto& visit = reading.facts[0];
  EXPECT_EQ(visit.kind, Kind::encounter);
  EXPECT_EQ(visit.status, "finished");
  EXPECT_EQ(attribute(visit, "location"), "Hill Clinic");
  EXPECT_EQ(attribute(visit, "diagnosis"), "Fever");
  EXPECT_EQ(attribute(visit, "end"), "2020-01-03");
  EXPECT_EQ(reading.facts[1].category, "encounter-diagnosis");
  EXPECT_EQ(reading.facts[1].encounter_ref, visit.sources.at(0).locator);
}

TEST(CcdaMedications, ScheduleDoseSigRefillsReason) {
  const auto reading = read_section_of(
      "10160-0",
      R"(<entry><substanceAdministration moodCode="EVN">)" + id("22.4.16") +
          R"(<text><reference value="#m1"/></text><statusCode code="active"/>
      <effectiveTime xsi:type="IVL_TS"><low value="20200101"/><high nullFlavor="UNK"/>
      </effectiveTime><effectiveTime xsi:type="PIVL_TS" institutionSpecified="true" operator="A">
      <period value="12" unit="h"/></effectiveTime>
      <routeCode code="C38288" displayName="Oral"/><doseQuantity value="1" unit="{tablet}"/>)" +
          drug("Lisinopril 10 MG") + R"(<author><assignedAuthor><assignedPerson><name>
      <given>Ann</given><family>Lee</family></name></assignedPerson></assignedAuthor></author>
      <entryRelationship typeCode="RSON"><observation>)" +
          id("22.4.19") +
          R"(<value xsi:type="CD" code="38341003" displayName="Hypertension"/></observation>
      </entryRelationship><entryRelationship typeCode="REFR"><supply moodCode="INT">)" +
          id("22.4.17") + R"(<repeatNumber value="3"/></supply></entryRelationship>
      <precondition><criterion><value xsi:type="CD" displayName="headache"/></criterion>
      </precondition></substanceAdministration></entry>)",
      R"(<table><thead><tr><th>Drug</th><th>Directions</th></tr></thead><tbody><tr ID="m1">
         <td>Lisinopril</td><td>One each morning</td></tr></tbody></table>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  const auto& fact = reading.facts[0];
  EXPECT_EQ(fact.kind, Kind::medication);
  EXPECT_EQ(fact.text, "Lisinopril 10 MG");
  EXPECT_EQ(fact.codes.size(), 2U);
  EXPECT_EQ(fact.status, "active");
  EXPECT_EQ(attribute(fact, "dose"), "1 tablet");
  EXPECT_EQ(attribute(fact, "route"), "Oral");
  EXPECT_EQ(attribute(fact, "frequency"), "twice a day, as needed for headache");
  EXPECT_EQ(attribute(fact, "instructions"), "One each morning");
  EXPECT_EQ(attribute(fact, "start"), "2020-01-01");
  EXPECT_EQ(attribute(fact, "refills"), "3");
  EXPECT_EQ(attribute(fact, "reason"), "Hypertension");
  EXPECT_EQ(attribute(fact, "prescriber"), "Ann Lee");
  EXPECT_FALSE(fact.until.known());
}

TEST(CcdaMedications, EventsAndPeriodsInWords) {
  const auto frequency = [](const std::string& time) {
    const auto reading =
        read_section_of("10160-0", "<entry><substanceAdministration>" + time + drug("X") +
                                       "</substanceAdministration></entry>");
    return reading.facts.empty() ? "" : attribute(reading.facts[0], "frequency");
  };
  EXPECT_EQ(frequency(R"(<effectiveTime xsi:type="PIVL_TS"><period value="6" unit="h"/>
                         </effectiveTime>)"),
            "every 6 hours");
  EXPECT_EQ(frequency(R"(<effectiveTime xsi:type="EIVL_TS"><event code="ACM"/></effectiveTime>)"),
            "before breakfast");
  EXPECT_EQ(frequency(R"(<effectiveTime xsi:type="EIVL_TS"><event code="HS"/></effectiveTime>)"),
            "at bedtime");
  EXPECT_EQ(frequency(R"(<effectiveTime xsi:type="PIVL_TS"><period><low value="4" unit="h"/>
                         <high value="6" unit="h"/></period></effectiveTime>)"),
            "every 4-6 hours");
}

TEST(CcdaMedications, PlannedOnesArePlans) {
  const auto reading = read_section_of(
      "18776-5", R"(<entry><substanceAdministration moodCode="INT">)" + id("22.4.42") +
                     drug("Metformin") + R"(</substanceAdministration></entry>
      <entry><substanceAdministration moodCode="INT">)" +
                     id("22.4.16") + drug("Aspirin") + "</substanceAdministration></entry>");
  ASSERT_EQ(reading.facts.size(), 2U);
  EXPECT_EQ(reading.facts[0].kind, Kind::plan_of_care);
  EXPECT_EQ(reading.facts[1].kind, Kind::plan_of_care);
  EXPECT_EQ(reading.facts[1].text, "Aspirin");
}

TEST(CcdaPlan, AReferenceToTheDateOfARowMeansTheRow) {
  const auto goal = [](const std::string& reference) {
    return "<entry><observation moodCode=\"GOL\">" + id("22.4.121") +
           R"(<code nullFlavor="UNK"/><text><reference value="#)" + reference +
           R"("/></text></observation></entry>)";
  };
  const auto reading =
      read_section_of("61146-7", goal("dated") + goal("blank") + goal("alone") + goal("pressure"),
                      R"(<table><tbody>
        <tr><td ID="dated">2015-06-22</td><td>Walk every day</td><td>6/22/15</td><td>Dr. Hill</td></tr>
        <tr><td ID="blank"/><td>Sleep more</td></tr>
        <tr><td ID="alone">2015-06-22</td><td/></tr>
        <tr><td ID="pressure">130</td><td>systolic</td></tr></tbody></table>)");
  ASSERT_EQ(reading.facts.size(), 4U);
  EXPECT_EQ(reading.facts[0].text, "Walk every day; Dr. Hill");
  EXPECT_EQ(reading.facts[1].text, "Sleep more");
  EXPECT_EQ(reading.facts[2].text, "2015-06-22");
  EXPECT_EQ(reading.facts[3].text, "130");
}

std::string allergy(const std::string& attributes, const std::string& inner) {
  return "<entry><act>" + id("22.4.30") + "<entryRelationship><observation " + attributes + ">" +
         id("22.4.7") + inner + "</observation></entryRelationship></act></entry>";
}

TEST(CcdaAllergies, AgentReactionSeverityCriticality) {
  const auto reading = read_section_of(
      "48765-2",
      allergy(
          "",
          R"(
      <value xsi:type="CD" code="416098002" displayName="Drug allergy"/>
      <participant typeCode="CSM"><participantRole><playingEntity><code code="7980"
        codeSystem="2.16.840.1.113883.6.88" displayName="Penicillin G"/></playingEntity>
      </participantRole></participant>
      <entryRelationship typeCode="MFST"><observation>)" +
              id("22.4.9") +
              R"(<value xsi:type="CD" code="247472004" displayName="Hives"/><entryRelationship>
      <observation>)" +
              id("22.4.8") + R"(<value xsi:type="CD" displayName="Severe"/>
      </observation></entryRelationship></observation></entryRelationship>
      <entryRelationship><observation>)" +
              id("22.4.145") +
              R"(<value xsi:type="CD" displayName="High risk"/></observation></entryRelationship>)"));
  ASSERT_EQ(reading.facts.size(), 1U);
  const auto& fact = reading.facts[0];
  EXPECT_EQ(fact.text, "Penicillin G");
  EXPECT_EQ(attribute(fact, "reaction"), "Hives (Severe)");
  EXPECT_EQ(attribute(fact, "severity"), "Severe");
  EXPECT_EQ(attribute(fact, "criticality"), "High risk");
  EXPECT_EQ(attribute(fact, "type"), "Drug allergy");
  EXPECT_TRUE(reading.losses.empty());
}

TEST(CcdaAllergies, NoKnownAllergiesInEveryDialect) {
  const std::string nobody = R"(<participant><participantRole><playingEntity>
      <code nullFlavor="NA"/></playingEntity></participantRole></participant>)";
  const auto one = [](const std::string& entry) {
    auto reading = read_section_of("48765-2", entry);
    EXPECT_EQ(reading.facts.size(), 1U);
    return reading.facts.empty() ? Fact{} : reading.facts[0];
  };
  auto fact =
      one(allergy(R"(negationInd="true")", R"(<value xsi:type="CD" code="419199007"/>)" + nobody));
  EXPECT_TRUE(fact.negated);
  EXPECT_EQ(fact.text, "No known allergies");
  fact = one(allergy(R"(negationInd="true")", R"(<value xsi:type="CD" code="416098002"/>)"));
  EXPECT_EQ(fact.text, "No known drug allergies");
  fact =
      one(allergy("", R"(<value xsi:type="CD" code="716186003" displayName="No known allergy"/>)"));
  EXPECT_TRUE(fact.negated);
}

TEST(CcdaResults, PanelSharesGroupTimeAndSpecimen) {
  const auto reading = read_section_of(
      "30954-2",
      "<entry><organizer>" + id("22.4.1") +
          R"(<code code="24331-1" codeSystem="2.16.840.1.113883.6.1" displayName="Lipid panel"/>
      <effectiveTime value="20200304"/>
      <specimen><specimenRole><specimenPlayingEntity><code displayName="Serum"/>
      </specimenPlayingEntity></specimenRole></specimen>
      <component><observation>)" +
          id("22.4.2") + R"(<code code="2093-3" displayName="Cholesterol"/>
      <statusCode code="completed"/><value xsi:type="PQ" value="201" unit="mg/dL"/></observation>
      </component><component><observation>)" +
          id("22.4.2") +
          R"(<code code="2085-9" displayName="HDL"/><effectiveTime value="202003050810"/>
      <value xsi:type="PQ" value="48" unit="mg/dL"/></observation></component>
      </organizer></entry>)");
  ASSERT_EQ(reading.facts.size(), 2U);
  const auto& first = reading.facts[0];
  EXPECT_EQ(first.group_text, "Lipid panel");
  EXPECT_EQ(first.group_id, reading.facts[1].group_id);
  EXPECT_FALSE(first.group_id.empty());
  EXPECT_TRUE(first.when.inferred);
  EXPECT_EQ(first.when.text(), "2020-03-04");
  EXPECT_FALSE(reading.facts[1].when.inferred);
  EXPECT_EQ(attribute(first, "specimen"), "Serum");
  EXPECT_EQ(first.status, "final");
  EXPECT_EQ(first.sources.at(0).locator,
            "component[1]/section/entry[1]/organizer/component[1]/observation");
}

TEST(CcdaVitals, WithoutTemplates) {
  const auto reading = read_section_of("8716-3", R"(<entry><organizer><component><observation>
      <code code="8302-2" codeSystem="2.16.840.1.113883.6.1" displayName="Height"/>
      <value xsi:type="PQ" value="177" unit="cm"/></observation></component></organizer></entry>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  EXPECT_EQ(reading.facts[0].kind, Kind::vital);
  EXPECT_EQ(reading.facts[0].value.unit_raw, "cm");
}

TEST(CcdaImmunizations, RefusalsAreNegated) {
  const auto reading = read_section_of(
      "11369-6",
      R"(<entry><substanceAdministration negationInd="true">)" + id("22.4.52") +
          R"(<statusCode code="completed"/><effectiveTime value="20201001"/>)" + drug("Influenza") +
          R"(<entryRelationship typeCode="RSON"><observation>)" + id("22.4.53") +
          R"(<code code="PATOBJ" displayName="Patient objection"/></observation></entryRelationship>
      </substanceAdministration></entry>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  EXPECT_TRUE(reading.facts[0].negated);
  EXPECT_EQ(reading.facts[0].status, "not-done");
  EXPECT_EQ(attribute(reading.facts[0], "reason"), "Patient objection");
}

TEST(CcdaSocial, SmokingStatusByAssertionKeepsItsAnswersCode) {
  const auto reading = read_section_of(
      "29762-2",
      "<entry><observation>" + id("22.4.78") +
          R"(<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><effectiveTime value="2020"/>
      <value xsi:type="CD" code="8517006" codeSystem="2.16.840.1.113883.6.96"
        displayName="Former smoker"/></observation></entry>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  const auto& fact = reading.facts[0];
  EXPECT_EQ(attribute(fact, "question"), "Smoking status");
  EXPECT_EQ(attribute(fact, "value"), "Former smoker");
  EXPECT_EQ(fact.codes.back().code, "8517006");
}

TEST(CcdaFamily, RelationAgeAndDeath) {
  const auto reading = read_section_of(
      "10157-6", "<entry><organizer>" + id("22.4.45") +
                     R"(<subject><relatedSubject><code code="FTH" displayName="Father"/><subject>
      <sdtc:deceasedInd value="true"/></subject></relatedSubject></subject>
      <component><observation>)" +
                     id("22.4.46") +
                     R"(<value xsi:type="CD" code="22298006" displayName="Heart attack"/>
      <entryRelationship typeCode="SUBJ"><observation>)" +
                     id("22.4.31") +
                     R"(<value xsi:type="PQ" value="57" unit="a"/></observation></entryRelationship>
      </observation></component></organizer></entry>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  const auto& fact = reading.facts[0];
  EXPECT_EQ(fact.text, "Heart attack");
  EXPECT_EQ(attribute(fact, "relationship"), "Father");
  EXPECT_EQ(attribute(fact, "age_at_onset"), "57 a");
  EXPECT_EQ(attribute(fact, "deceased"), "true");
}

TEST(CcdaProcedures, DevicesAreFactsOfTheirOwn) {
  const auto reading = read_section_of(
      "46264-8",
      "<entry><procedure>" + id("22.4.14") +
          R"(<code nullFlavor="UNK"/><statusCode code="completed"/><participant typeCode="DEV">
      <participantRole><id root="2.16.840.1.113883.3.3719" extension="(01)123"/><playingDevice>
      <code code="14106009" displayName="Pacemaker"/></playingDevice></participantRole>
      </participant></procedure></entry>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  EXPECT_EQ(reading.facts[0].kind, Kind::device);
  EXPECT_EQ(attribute(reading.facts[0], "udi"), "(01)123");
  EXPECT_EQ(reading.facts[0].status, "active");
}

TEST(CcdaNotes, NoteWithReferencedNarrative) {
  const auto reading = read_section_of(
      "11506-3",
      "<entry><act>" + id("22.4.202") +
          R"(<code code="34109-9" codeSystem="2.16.840.1.113883.6.1" displayName="Note">
      <translation code="11506-3" codeSystem="2.16.840.1.113883.6.1" displayName="Progress note"/>
      </code><text><reference value="#n1"/></text><author><time value="20200708"/></author>
      </act></entry>)",
      R"(<paragraph ID="n1">Doing <content styleCode="Bold">well</content>.
      </paragraph>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  const auto& fact = reading.facts[0];
  EXPECT_EQ(fact.kind, Kind::document);
  EXPECT_EQ(fact.text, "Progress note");
  EXPECT_EQ(fact.when.text(), "2020-07-08");
  ASSERT_EQ(fact.narrative.size(), 1U);
  EXPECT_EQ(fact.narrative[0].spans.at(1).text, "well");
  EXPECT_TRUE(fact.narrative[0].spans.at(1).bold);
}

TEST(CcdaSections, EitherTemplateOrCodeSuffices) {
  const std::string entry = R"(<entry><observation><value xsi:type="CD" code="1"
      displayName="Cough"/></observation></entry>)";
  const auto by_template =
      read(document("", body("<component><section>" + id("22.2.5.1") +
                             "<code code=\"no-such-code\"/>" + entry + "</section></component>")));
  ASSERT_EQ(by_template.facts.size(), 1U);
  EXPECT_EQ(by_template.facts[0].kind, Kind::problem);
}

TEST(CcdaSections, WhatCannotBePlacedIsALoss) {
  const auto reading = read_section_of("99999-9", R"(<entry><observation><code code="1"/>
      <value xsi:type="ST">odd</value></observation></entry><entry/>)",
                                       "Told in words.");
  EXPECT_TRUE(reading.facts.empty());
  ASSERT_EQ(reading.losses.size(), 2U);
  EXPECT_EQ(reading.losses[0].locator, "component[1]/section/entry[2]");
  EXPECT_EQ(reading.losses[1].locator, "component[1]/section/entry[1]/observation");
  EXPECT_EQ(reading.documents.at(0).sections.at(0).blocks.size(), 1U);
}

TEST(CcdaSections, OlderDocumentsAreReadAlike) {
  const auto reading = read(document(
      "", body("<component><section>" + id("1.2") + "<entry><act>" + id("1.27") +
               "<entryRelationship><observation>" + id("1.18") + R"(<participant><participantRole>
      <playingEntity><code code="7980" displayName="Penicillin"/></playingEntity></participantRole>
      </participant></observation></entryRelationship></act></entry></section></component>
      <component><section>)" +
               id("1.11") + "<entry><act>" + id("1.27") + "<entryRelationship><observation>" +
               id("1.28") +
               R"(<value xsi:type="CD" code="1" displayName="Asthma"/></observation>
      </entryRelationship></act></entry></section></component>)")));
  ASSERT_EQ(reading.facts.size(), 2U);
  EXPECT_EQ(reading.facts[0].kind, Kind::allergy);
  EXPECT_EQ(reading.facts[0].text, "Penicillin");
  EXPECT_EQ(reading.facts[1].kind, Kind::problem);
}

TEST(CcdaSections, DeepNestingOfStatementsIsALoss) {
  std::string inner = "<observation><code code=\"1\" displayName=\"x\"/></observation>";
  for (int i = 0; i < 60; ++i) {
    inner.insert(0, "<organizer><code code=\"2\"/><component>");
    inner += "</component></organizer>";
  }
  const auto reading = read_section_of("30954-2", "<entry>" + inner + "</entry>");
  EXPECT_TRUE(reading.facts.empty());
  EXPECT_EQ(reading.losses.size(), 1U);
}

TEST(CcdaSections, PrivacyAnnotationOfAnEntryRestrictsIt) {
  const auto reading = read_section_of("11450-4", R"(<entry><act><entryRelationship><organizer>
      <templateId root="2.16.840.1.113883.3.3251.1.4"/><component><observation>
      <code code="SECCLASSOBS"/><value xsi:type="CE" code="V"/></observation></component>
      </organizer></entryRelationship><entryRelationship><observation><value xsi:type="CD"
      code="1" displayName="Cough"/></observation></entryRelationship></act></entry>)");
  ASSERT_EQ(reading.facts.size(), 1U);
  EXPECT_EQ(reading.facts[0].sensitivity, "V");
  EXPECT_TRUE(reading.losses.empty());
}

TEST(CcdaSections, ConfidentialityIsConducted) {
  const std::string entry = R"(<entry><observation><value xsi:type="CD" code="1"
      displayName="Cough"/></observation></entry>)";
  const auto marked = [&](const std::string& code) {
    return "<component><section>" + code + "<code code=\"11450-4\"/>" + entry +
           "</section></component>";
  };
  const auto reading =
      read(document(R"(<confidentialityCode code="R"/>)" + patient("", ""),
                    body(marked("") + marked(R"(<confidentialityCode code="N"/>)") +
                         marked(R"(<confidentialityCode code="V"/>)"))));
  ASSERT_EQ(reading.facts.size(), 3U);
  EXPECT_EQ(reading.facts[0].sensitivity, "R");
  EXPECT_EQ(reading.facts[1].sensitivity, "");
  EXPECT_EQ(reading.facts[2].sensitivity, "V");
  EXPECT_EQ(reading.documents.at(0).sections.at(2).sensitivity, "V");
}

}  // namespace
}  // namespace chartroom::evidence::ccda::testing
