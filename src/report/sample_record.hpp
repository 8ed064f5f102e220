// A record made by hand, for the tests of the reports. Nobody real is described here.
#pragma once

#include <string>
#include <utility>

#include "evidence/model.hpp"
#include "report/build.hpp"

namespace chartroom::report::sample {

inline evidence::When on(const std::string& date) {
  evidence::When when;
  when.value = base::parse_iso(date).value();
  when.precision = date.size() > 10 ? evidence::Precision::minute : evidence::Precision::day;
  return when;
}

inline evidence::Fact fact(evidence::Kind kind, std::string text, const std::string& date,
                           std::string locator, std::size_t source = 0) {
  evidence::Fact made;
  made.kind = kind;
  made.text = std::move(text);
  if (!date.empty()) made.when = on(date);
  made.sources.push_back({source, std::move(locator)});
  return made;
}

inline evidence::Fact measured(evidence::Kind kind, const std::string& loinc, std::string text,
                               const std::string& number, const std::string& unit,
                               const std::string& date, std::string locator) {
  evidence::Fact made = fact(kind, std::move(text), date, std::move(locator));
  made.codes.push_back({"http://loinc.org", loinc, made.text});
  made.status = "final";
  made.value.raw = number;
  made.value.number = number;
  made.value.unit_raw = unit;
  made.value.unit_ucum = unit;
  made.value.canonical_number = number;
  made.value.canonical_unit = unit;
  return made;
}

inline void add_source(evidence::Record& record, const std::string& id, const std::string& provider,
                       evidence::SourceFormat format) {
  evidence::Source source;
  source.id = "raw-" + id;
  source.provider_id = "provider-" + provider;
  source.provider_name = provider;
  source.channel = "ehr";
  source.format = format;
  source.label = "record-" + id + ".json";
  source.sha256 = std::string(64, 'a');
  source.retrieved_at = base::parse_iso("2026-03-02T09:30:00Z").value();
  evidence::SourceOutcome outcome;
  outcome.source = record.sources.size();
  outcome.matched_fields = {"date of birth", "family name", "given name"};
  outcome.identity_score = 92;
  outcome.person = record.applicant;
  record.sources.push_back(std::move(source));
  record.outcomes.push_back(std::move(outcome));
}

inline evidence::Record empty_record() {
  evidence::Record record;
  record.applicant.names.push_back({{"Jane", "A."}, "Doe", "", "official"});
  record.applicant.birth_date = base::Date{1968, 2, 13};
  record.applicant.sex = "female";
  record.applicant.ssn = "987654321";
  record.applicant.addresses.push_back({{"12 Elm Street"}, "Springfield", "IL", "62704"});
  return record;
}

inline void add_measurements(evidence::Record& record) {
  using evidence::Kind;
  auto& facts = record.facts;
  const char* dates[] = {"2021-03-01T10:00:00Z", "2022-03-02T10:00:00Z", "2023-03-03T10:00:00Z",
                         "2024-03-04T10:00:00Z", "2025-06-01T10:00:00Z", "2025-12-08T10:00:00Z"};
  int n = 0;
  for (const char* date : dates) {
    const std::string id = std::to_string(++n);
    const auto add = [&](Kind kind, const char* loinc, const char* text, double value,
                         const char* unit) {
      std::string number = std::to_string(static_cast<int>(value));
      if (value != static_cast<int>(value)) number = std::to_string(value).substr(0, 4);
      facts.push_back(measured(kind, loinc, text, number, unit, date,
                               "Observation/" + std::string(loinc) + "." + id));
    };
    add(Kind::vital, "8302-2", "Body height", 165, "cm");
    add(Kind::vital, "29463-7", "Body weight", n == 6 ? 80 : 86 + n, "kg");
    add(Kind::vital, "8480-6", "Systolic blood pressure", 128 + 4 * n, "mm[Hg]");
    add(Kind::vital, "8462-4", "Diastolic blood pressure", 78 + 2 * n, "mm[Hg]");
    add(Kind::result, "4548-4", "Hemoglobin A1c", 5.75 + 0.25 * n, "%");
    add(Kind::result, "2093-3", "Total cholesterol", 201 + n, "mg/dL");
    add(Kind::result, "2085-9", "HDL cholesterol", 41 + n, "mg/dL");
    add(Kind::result, "2160-0", "Creatinine", 1.25, "mg/dL");
  }
  facts.back().flag = {"H", evidence::FlagOrigin::lab};
  facts.back().range = {"0.6", "1.1", ""};
  evidence::Fact cotinine = fact(Kind::result, "Cotinine screen", "2025-01-05", "Observation/cot");
  cotinine.codes.push_back({"http://loinc.org", "10366-3", "Cotinine, urine"});
  cotinine.value.raw = "Positive";
  facts.push_back(cotinine);
}

inline void add_history(evidence::Record& record) {
  using evidence::Kind;
  auto& facts = record.facts;
  evidence::Fact problem =
      fact(Kind::problem, "Type 2 diabetes mellitus", "2019-04-02", "Condition/7");
  problem.codes.push_back({"http://hl7.org/fhir/sid/icd-10-cm", "E11.9", ""});
  problem.status = "active";
  facts.push_back(problem);
  evidence::Fact medicine = fact(Kind::medication, "lisinopril 10 MG Oral Tablet", "2020-01-15",
                                 "MedicationRequest/3f0c9a52-1111-4222-8333-944455556666");
  medicine.status = "active";
  medicine.set("instructions", "one tablet in the morning");
  medicine.set("prescriber", "Dr. Pat Example");
  facts.push_back(medicine);
  evidence::Fact allergy = fact(Kind::allergy, "Penicillin", "", "AllergyIntolerance/2");
  allergy.set("reaction", "hives");
  facts.push_back(allergy);
  facts.push_back(fact(Kind::procedure, "Coronary angiography", "2023-07-07", "Procedure/4"));
  evidence::Fact visit = fact(Kind::encounter, "Office visit", "2025-12-08", "Encounter/9");
  visit.set("class", "ambulatory");
  visit.set("reason", "follow-up of blood pressure");
  facts.push_back(visit);
  facts.push_back(fact(Kind::immunization, "Influenza vaccine", "2024-10-01", "Immunization/5"));
  evidence::Fact smoking =
      fact(Kind::social_history, "Tobacco smoking status", "2025-06-01", "Observation/smoke");
  smoking.codes.push_back({"http://loinc.org", "72166-2", "Tobacco smoking status"});
  smoking.codes.push_back({"http://snomed.info/sct", "266919005", "Never smoker"});
  smoking.value.raw = "Never smoker";
  facts.push_back(smoking);
  evidence::Fact father = fact(Kind::family_history, "Heart attack", "", "FamilyMemberHistory/1");
  father.set("relationship", "father");
  father.set("age_at_onset", "52");
  facts.push_back(father);
  evidence::Fact note = fact(Kind::document, "Progress note", "2025-12-08", "DocumentReference/6");
  note.narrative.push_back({});
  note.narrative.back().spans.push_back({"Patient feels well."});
  facts.push_back(note);
}

inline evidence::ClinicalDocument document(std::size_t source, const std::string& date) {
  evidence::ClinicalDocument made;
  made.source = source;
  made.id = "2.16.840.1.113883.19^" + date;
  made.title = "Continuity of Care Document";
  made.effective = on(date);
  made.author = "Dr. Pat Example";
  evidence::DocumentSection section;
  section.title = "Results";
  evidence::NarrativeBlock table;
  table.type = evidence::NarrativeBlock::Type::table;
  table.caption = "Laboratory of " + date;
  const auto cells = [](bool header, const char* a, const char* b) {
    evidence::NarrativeCell first;
    first.header = header;
    first.spans.push_back({a});
    evidence::NarrativeCell second = first;
    second.spans.front().text = b;
    return std::vector<evidence::NarrativeCell>{first, second};
  };
  table.rows = {cells(true, "Test", "Value"), cells(false, "Hemoglobin", "13.4 g/dL")};
  section.blocks.push_back(table);
  made.sections.push_back(section);
  return made;
}

/// Two providers with facts, one of them with two C-CDA documents; a broken file; another person.
inline evidence::Record full_record() {
  using Status = evidence::SourceOutcome::Status;
  evidence::Record record = empty_record();
  add_source(record, "1", "Cedar Valley Family Medicine", evidence::SourceFormat::fhir_json);
  add_source(record, "2", "Lakeside Hospital", evidence::SourceFormat::ccda);
  add_source(record, "3", "Lakeside Hospital", evidence::SourceFormat::ccda);
  add_source(record, "4", "Hill Clinic", evidence::SourceFormat::other);
  add_source(record, "5", "Hill Clinic", evidence::SourceFormat::ccda);
  record.outcomes[3].status = Status::unreadable;
  record.outcomes[3].reason = "the file ends in the middle of an element";
  record.outcomes[4].status = Status::rejected_identity;
  record.outcomes[4].reason = "birth dates differ";
  record.outcomes[4].person.names = {{{"Secret"}, "Stranger", "", ""}};
  add_measurements(record);
  add_history(record);
  record.documents.push_back(document(2, "2024-05-05"));
  record.documents.push_back(document(1, "2022-02-02"));
  record.documents.push_back(document(4, "2020-01-01"));
  return record;
}

inline OrderContext context() {
  OrderContext made;
  made.order_id = "0190b5a2-order";
  made.order_type = "healthcheck";
  made.human_id = "0123456789abcdef0123456789abcdef";
  made.client_user_id = "client-7";
  made.ordered_at = base::parse_iso("2026-03-01T08:00:00Z").value();
  made.created = base::parse_iso("2026-03-02T10:00:00Z").value();
  made.conditions = {"diabetes", "COPD"};
  made.authorization = "HIPAA authorization received 2026-03-01";
  made.channels = {{"EHR networks", "records received", "3 of 4 items readable"},
                   {"Patient portal", "not answered in time", ""}};
  made.engine_version = "0.1.0";
  return made;
}

}  // namespace chartroom::report::sample
