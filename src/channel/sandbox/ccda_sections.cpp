#include "channel/sandbox/ccda_sections.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "channel/sandbox/ccda_xml.hpp"
#include "channel/sandbox/chance.hpp"
#include "channel/sandbox/note.hpp"

namespace chartroom::channel {
namespace {

using namespace cda;

class Sections {
 public:
  Sections(pugi::xml_node body, const Chart& chart, std::size_t facility,
           const std::vector<const Visit*>& visits)
      : body_(body), chart_(chart), place_(facility), visits_(visits) {}

  void write() {
    allergies();
    medications();
    problems();
    procedures();
    results();
    social_history();
    vitals();
    immunizations();
    encounters();
    family_history();
    notes();
  }

 private:
  struct Section {
    pugi::xml_node node;
    pugi::xml_node text;
  };

  Section section(std::string_view tail, std::string_view extension, std::string_view code,
                  std::string_view title) {
    pugi::xml_node node = add(add(body_, "component"), "section");
    add_template(node, tail, extension);
    add_code(node, "code", code, kLoinc, title);
    add_text(node, "title", title);
    return {node, add(node, "text")};
  }

  /// A required section without anything to say: says so in words and as a flavour.
  static void nothing(Section& section, std::string_view words) {
    add_text(section.text, "paragraph", words);
    section.node.append_attribute("nullFlavor") = "NI";
  }

  [[nodiscard]] std::string id(const std::string& what) const {
    return stable_uuid(chart_.seed + '|' + chart_.facilities[place_].id + "|cda|" + what);
  }
  static std::string key(const Visit& visit) {
    return std::to_string(base::to_unix_ms(visit.start));
  }
  std::string anchor(const char* lead) { return lead + std::to_string(++anchors_); }

  static void period(pugi::xml_node parent, base::TimePoint low,
                     const std::optional<base::TimePoint>& high) {
    pugi::xml_node time = add(parent, "effectiveTime");
    add(time, "low", {{"value", day(low)}});
    if (high) add(time, "high", {{"value", day(*high)}});
  }

  void allergies() {
    Section s = section("22.2.6.1", "2015-08-01", "48765-2", "Allergies and adverse reactions");
    Table table(s.text, {"Substance", "Reaction", "Severity", "Status"});
    const base::TimePoint known = visits_.front()->start;
    const auto act = [&](const std::string& what, bool negated) {
      pugi::xml_node concern = add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "act",
                                   {{"classCode", "ACT"}, {"moodCode", "EVN"}});
      add_template(concern, "22.4.30", "2015-08-01");
      add(concern, "id", {{"root", id("allergy act" + what)}});
      add_code(concern, "code", "CONC", "2.16.840.1.113883.5.6", "Concern");
      add_status(concern, "active");
      period(concern, known, std::nullopt);
      pugi::xml_node made = add(add(concern, "entryRelationship", {{"typeCode", "SUBJ"}}),
                                "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
      if (negated) made.append_attribute("negationInd") = "true";
      add_template(made, "22.4.7", "2014-06-09");
      add(made, "id", {{"root", id("allergy" + what)}});
      add_code(made, "code", "ASSERTION", kActCode, "Assertion");
      return made;
    };
    const auto substance = [](pugi::xml_node made, pugi::xml_node* code) {
      pugi::xml_node role = add(add(made, "participant", {{"typeCode", "CSM"}}), "participantRole",
                                {{"classCode", "MANU"}});
      *code = add(role, "playingEntity", {{"classCode", "MMAT"}});
    };
    if (chart_.allergies.empty()) {
      const std::string row = anchor("allergy");
      table.row(row, {"No known allergies", "", "", ""});
      pugi::xml_node made = act("none", true);
      add_reference(made, row);
      add_status(made, "completed");
      period(made, known, std::nullopt);
      add_coded_value(made, "419199007", kSnomed, "Allergy to substance");
      pugi::xml_node entity;
      substance(made, &entity);
      add(entity, "code", {{"nullFlavor", "NA"}});
    }
    for (const Allergen* allergen : chart_.allergies) {
      const std::string row = anchor("allergy");
      table.row(row, {std::string(allergen->text), std::string(allergen->reaction),
                      std::string(allergen->severity), "active"});
      const std::string what(allergen->code);
      pugi::xml_node made = act(what, false);
      add_reference(made, row);
      add_status(made, "completed");
      period(made, known, std::nullopt);
      const bool drug = allergen->category == "medication";
      add_coded_value(made, drug ? "416098002" : "419199007", kSnomed,
                      drug ? "Allergy to drug" : "Allergy to substance");
      pugi::xml_node entity;
      substance(made, &entity);
      add_code(entity, "code", allergen->code, drug ? kRxNorm : kSnomed, allergen->text);
      pugi::xml_node reaction =
          add(add(made, "entryRelationship", {{"typeCode", "MFST"}, {"inversionInd", "true"}}),
              "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
      add_template(reaction, "22.4.9", "2014-06-09");
      add(reaction, "id", {{"root", id("reaction" + what)}});
      add_code(reaction, "code", "ASSERTION", kActCode, "Assertion");
      add_reference(reaction, row);
      add_status(reaction, "completed");
      add_coded_value(reaction, allergen->reaction_snomed, kSnomed, allergen->reaction);
    }
  }

  void medications() {
    Section s = section("22.2.1.1", "2014-06-09", "10160-0", "Medications");
    std::size_t count = 0;
    for (const Visit* visit : visits_) count += visit->prescriptions.size();
    if (count == 0) return nothing(s, "No medication was ever prescribed here.");
    Table table(s.text, {"Medication", "Instructions", "Start", "End", "Reason"});
    for (const Visit* visit : visits_) {
      for (const Prescription& given : visit->prescriptions) medication(s, table, *visit, given);
    }
  }

  void medication(Section& s, Table& table, const Visit& visit, const Prescription& given) {
    const Drug& drug = *given.drug;
    const std::string row = anchor("medication");
    table.row(row,
              {std::string(drug.text), std::string(drug.sig), base::Date::from(given.start).iso(),
               given.end ? base::Date::from(*given.end).iso() : std::string(), given.reason});
    pugi::xml_node made =
        add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "substanceAdministration",
            {{"classCode", "SBADM"}, {"moodCode", "INT"}});
    add_template(made, "22.4.16", "2014-06-09");
    add(made, "id", {{"root", id("medication" + key(visit) + std::string(drug.key))}});
    add_reference(made, row);
    add_status(made, given.end ? "completed" : "active");
    pugi::xml_node time = add(made, "effectiveTime", {{"xsi:type", "IVL_TS"}});
    add(time, "low", {{"value", day(given.start)}});
    if (given.end) add(time, "high", {{"value", day(*given.end)}});
    pugi::xml_node often = add(made, "effectiveTime", {{"xsi:type", "PIVL_TS"}, {"operator", "A"}});
    add(often, "period", {{"value", std::to_string(24 / drug.times_a_day)}, {"unit", "h"}});
    add_code(made, "routeCode", drug.route_ncit, "2.16.840.1.113883.3.26.1.1", drug.route);
    add(made, "doseQuantity", {{"value", drug.dose}, {"unit", drug.dose_unit}});
    pugi::xml_node product =
        add(add(made, "consumable"), "manufacturedProduct", {{"classCode", "MANU"}});
    add_template(product, "22.4.23", "2014-06-09");
    add_code(add(product, "manufacturedMaterial"), "code", drug.rxnorm, kRxNorm, drug.text);
  }

  void problem_observation(pugi::xml_node parent, const Problem& problem, const std::string& what,
                           const std::string& row) {
    pugi::xml_node made = add(parent, "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
    add_template(made, "22.4.4", "2015-08-01");
    add(made, "id", {{"root", id("problem observation" + what)}});
    add_code(made, "code", "55607006", kSnomed, "Problem");
    add_reference(made, row);
    add_status(made, "completed");
    period(made, problem.onset, problem.resolved);
    pugi::xml_node value = add_coded_value(made, problem.snomed, kSnomed, problem.text);
    add_code(value, "translation", problem.icd10, kIcd10, problem.text);
  }

  void problems() {
    Section s = section("22.2.5.1", "2015-08-01", "11450-4", "Problem list");
    std::size_t count = 0;
    for (const Visit* visit : visits_) count += visit->new_problems.size();
    if (count == 0) return nothing(s, "No problem is known.");
    Table table(s.text, {"Problem", "ICD-10-CM", "Onset", "Resolved", "Status"});
    for (const Visit* visit : visits_) {
      for (const Problem& problem : visit->new_problems) {
        const std::string row = anchor("problem");
        table.row(row,
                  {std::string(problem.text), std::string(problem.icd10),
                   base::Date::from(problem.onset).iso(),
                   problem.resolved ? base::Date::from(*problem.resolved).iso() : std::string(),
                   problem.resolved ? "resolved" : "active"});
        pugi::xml_node act = add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "act",
                                 {{"classCode", "ACT"}, {"moodCode", "EVN"}});
        const std::string what = std::string(problem.key) + key(*visit);
        add_template(act, "22.4.3", "2015-08-01");
        add(act, "id", {{"root", id("problem" + what)}});
        add_code(act, "code", "CONC", "2.16.840.1.113883.5.6", "Concern");
        add_status(act, problem.resolved ? "completed" : "active");
        period(act, visit->start, problem.resolved);
        problem_observation(add(act, "entryRelationship", {{"typeCode", "SUBJ"}}), problem, what,
                            row);
      }
    }
  }

  void procedures() {
    Section s = section("22.2.7.1", "2014-06-09", "47519-4", "Procedures");
    std::size_t count = 0;
    for (const Visit* visit : visits_) count += visit->acts.size();
    if (count == 0) return nothing(s, "No procedure was done here.");
    Table table(s.text, {"Procedure", "Date", "Finding"});
    for (const Visit* visit : visits_) {
      for (const Act* act : visit->acts) {
        const std::string row = anchor("procedure");
        table.row(row, {std::string(act->text), base::Date::from(visit->start).iso(),
                        std::string(act->finding)});
        pugi::xml_node made = add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "procedure",
                                  {{"classCode", "PROC"}, {"moodCode", "EVN"}});
        add_template(made, "22.4.14", "2014-06-09");
        add(made, "id", {{"root", id("procedure" + key(*visit) + std::string(act->key))}});
        add_code(made, "code", act->snomed, kSnomed, act->text);
        add_reference(made, row);
        add_status(made, "completed");
        add(made, "effectiveTime", {{"value", stamp(visit->start)}});
      }
    }
  }

  struct Sheet {
    const LabReport* labs;
    base::TimePoint at;
  };

  [[nodiscard]] std::vector<Sheet> sheets() const {
    std::vector<Sheet> all;
    for (const Visit* visit : visits_) {
      for (const LabReport& labs : visit->labs) all.push_back({&labs, visit->start});
    }
    for (const LabCopy& copy : chart_.copies) {
      if (copy.facility != place_) continue;
      const Visit& origin = chart_.visits[copy.visit];
      all.push_back({&origin.labs[copy.report], origin.start});
    }
    return all;
  }

  void results() {
    Section s = section("22.2.3.1", "2015-08-01", "30954-2", "Results");
    const std::vector<Sheet> all = sheets();
    if (all.empty()) return nothing(s, "No laboratory result is on file.");
    Table table(s.text, {"Test", "Value", "Unit", "Range", "Flag", "Collected"});
    for (const Sheet& sheet : all) result_organizer(s, table, sheet);
  }

  static std::string range_text(const Test& test) {
    if (test.low.empty()) return "up to " + std::string(test.high);
    if (test.high.empty()) return std::string(test.low) + " or more";
    return std::string(test.low) + " - " + std::string(test.high);
  }

  void result_organizer(Section& s, Table& table, const Sheet& sheet) {
    const std::string when = stamp(sheet.at);
    pugi::xml_node organizer = add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "organizer",
                                   {{"classCode", "BATTERY"}, {"moodCode", "EVN"}});
    add_template(organizer, "22.4.1", "2015-08-01");
    add(organizer, "id", {{"root", id("panel" + when + std::string(sheet.labs->panel->key))}});
    add_code(organizer, "code", sheet.labs->panel->loinc, kLoinc, sheet.labs->panel->text);
    add_status(organizer, "completed");
    pugi::xml_node time = add(organizer, "effectiveTime");
    add(time, "low", {{"value", when}});
    add(time, "high", {{"value", when}});
    for (const LabValue& value : sheet.labs->values) {
      const Test& test = *value.test;
      const std::string row = anchor("result");
      table.row(row, {std::string(test.text), value.value, std::string(test.unit), range_text(test),
                      value.flag, base::Date::from(sheet.at).iso()});
      pugi::xml_node made = add(add(organizer, "component"), "observation",
                                {{"classCode", "OBS"}, {"moodCode", "EVN"}});
      add_template(made, "22.4.2", "2015-08-01");
      add(made, "id", {{"root", id("result" + when + std::string(test.key))}});
      add_code(made, "code", test.loinc, kLoinc, test.text);
      add_reference(made, row);
      add_status(made, "completed");
      add(made, "effectiveTime", {{"value", when}});
      add_quantity(made, value.value, test.unit);
      add_code(made, "interpretationCode", value.flag, "2.16.840.1.113883.5.83",
               value.flag == "H"   ? "High"
               : value.flag == "L" ? "Low"
                                   : "Normal");
      pugi::xml_node range = add(add(add(made, "referenceRange"), "observationRange"), "value",
                                 {{"xsi:type", "IVL_PQ"}});
      if (!test.low.empty()) add(range, "low", {{"value", test.low}, {"unit", test.unit}});
      if (!test.high.empty()) add(range, "high", {{"value", test.high}, {"unit", test.unit}});
    }
  }

  void social_history() {
    Section s = section("22.2.17", "2015-08-01", "29762-2", "Social history");
    std::size_t count = 0;
    for (const Visit* visit : visits_) count += visit->smoking ? 1 : 0;
    if (count == 0) return nothing(s, "Nothing was asked yet.");
    Table table(s.text, {"Question", "Answer", "Date"});
    for (const Visit* visit : visits_) {
      if (!visit->smoking) continue;
      const std::string row = anchor("social");
      table.row(row, {"Tobacco smoking status", std::string(visit->smoking->text),
                      base::Date::from(visit->start).iso()});
      pugi::xml_node made = add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "observation",
                                {{"classCode", "OBS"}, {"moodCode", "EVN"}});
      add_template(made, "22.4.78", "2014-06-09");
      add(made, "id", {{"root", id("smoking" + key(*visit))}});
      add_code(made, "code", "72166-2", kLoinc, "Tobacco smoking status");
      add_reference(made, row);
      add_status(made, "completed");
      add(made, "effectiveTime", {{"value", stamp(visit->start)}});
      add_coded_value(made, visit->smoking->snomed, kSnomed, visit->smoking->text);
    }
  }

  void vitals() {
    Section s = section("22.2.4.1", "2015-08-01", "8716-3", "Vital signs");
    std::size_t count = 0;
    for (const Visit* visit : visits_) count += visit->vitals ? 1 : 0;
    if (count == 0) return nothing(s, "Nothing was measured.");
    Table table(s.text, {"Measurement", "Value", "Unit", "Date"});
    for (const Visit* visit : visits_) {
      if (visit->vitals) vitals_organizer(s, table, *visit);
    }
  }

  void vitals_organizer(Section& s, Table& table, const Visit& visit) {
    struct Row {
      std::string_view loinc, text, unit;
      const std::string& value;
    };
    const Vitals& v = *visit.vitals;
    const std::initializer_list<Row> rows = {
        {"8302-2", "Body height", "cm", v.height_cm},
        {"29463-7", "Body weight", "kg", v.weight_kg},
        {"39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", v.bmi},
        {"8480-6", "Systolic blood pressure", "mm[Hg]", v.systolic},
        {"8462-4", "Diastolic blood pressure", "mm[Hg]", v.diastolic},
        {"8867-4", "Heart rate", "/min", v.pulse},
        {"9279-1", "Respiratory rate", "/min", v.respiration},
        {"8310-5", "Body temperature", "Cel", v.temperature_c},
    };
    pugi::xml_node organizer = add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "organizer",
                                   {{"classCode", "CLUSTER"}, {"moodCode", "EVN"}});
    add_template(organizer, "22.4.26", "2015-08-01");
    add(organizer, "id", {{"root", id("vitals" + key(visit))}});
    pugi::xml_node code = add_code(organizer, "code", "46680005", kSnomed, "Vital signs");
    add_code(code, "translation", "74728-7", kLoinc, "Vital signs");
    add_status(organizer, "completed");
    pugi::xml_node time = add(organizer, "effectiveTime");
    add(time, "low", {{"value", stamp(visit.start)}});
    add(time, "high", {{"value", stamp(visit.start)}});
    for (const Row& row : rows) {
      const std::string mark = anchor("vital");
      table.row(mark, {std::string(row.text), row.value, std::string(row.unit),
                       base::Date::from(visit.start).iso()});
      pugi::xml_node made = add(add(organizer, "component"), "observation",
                                {{"classCode", "OBS"}, {"moodCode", "EVN"}});
      add_template(made, "22.4.27", "2014-06-09");
      add(made, "id", {{"root", id("vital" + key(visit) + std::string(row.loinc))}});
      add_code(made, "code", row.loinc, kLoinc, row.text);
      add_reference(made, mark);
      add_status(made, "completed");
      add(made, "effectiveTime", {{"value", stamp(visit.start)}});
      add_quantity(made, row.value, row.unit);
    }
  }

  void immunizations() {
    Section s = section("22.2.2.1", "2015-08-01", "11369-6", "Immunizations");
    std::size_t count = 0;
    for (const Visit* visit : visits_) count += visit->vaccines.size();
    if (count == 0) return nothing(s, "No immunization was given here.");
    Table table(s.text, {"Vaccine", "Date"});
    for (const Visit* visit : visits_) {
      for (const Vaccine* vaccine : visit->vaccines) {
        const std::string row = anchor("immunization");
        table.row(row, {std::string(vaccine->text), base::Date::from(visit->start).iso()});
        pugi::xml_node made =
            add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "substanceAdministration",
                {{"classCode", "SBADM"}, {"moodCode", "EVN"}, {"negationInd", "false"}});
        add_template(made, "22.4.52", "2015-08-01");
        add(made, "id", {{"root", id("shot" + key(*visit) + std::string(vaccine->cvx))}});
        add_reference(made, row);
        add_status(made, "completed");
        add(made, "effectiveTime", {{"value", stamp(visit->start)}});
        pugi::xml_node product =
            add(add(made, "consumable"), "manufacturedProduct", {{"classCode", "MANU"}});
        add_template(product, "22.4.54", "2014-06-09");
        add_code(add(product, "manufacturedMaterial"), "code", vaccine->cvx, kCvx, vaccine->text);
      }
    }
  }

  void encounters() {
    Section s = section("22.2.22.1", "2015-08-01", "46240-8", "Encounters");
    Table table(s.text, {"Visit", "Reason", "Start", "Diagnoses"});
    for (const Visit* visit : visits_) {
      const std::string row = anchor("encounter");
      std::vector<std::string> names;
      names.reserve(visit->diagnoses.size());
      for (const Problem& problem : visit->diagnoses) names.emplace_back(problem.text);
      table.row(row, {std::string(visit_title(visit->kind)), visit->reason,
                      base::Date::from(visit->start).iso(), base::join(names, "; ")});
      pugi::xml_node made = add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "encounter",
                                {{"classCode", "ENC"}, {"moodCode", "EVN"}});
      add_template(made, "22.4.49", "2015-08-01");
      add(made, "id", {{"root", id("encounter" + key(*visit))}});
      const bool checkup = visit->kind == VisitKind::checkup;
      add_code(made, "code", checkup ? "185349003" : "185345009", kSnomed,
               visit_title(visit->kind));
      add_reference(made, row);
      pugi::xml_node time = add(made, "effectiveTime");
      add(time, "low", {{"value", stamp(visit->start)}});
      add(time, "high", {{"value", stamp(visit->end)}});
      for (const Problem& problem : visit->diagnoses) {
        pugi::xml_node act = add(add(made, "entryRelationship", {{"typeCode", "SUBJ"}}), "act",
                                 {{"classCode", "ACT"}, {"moodCode", "EVN"}});
        add_template(act, "22.4.80", "2015-08-01");
        add_code(act, "code", "29308-4", kLoinc, "Diagnosis");
        problem_observation(add(act, "entryRelationship", {{"typeCode", "SUBJ"}}), problem,
                            "diagnosis" + std::string(problem.key) + key(*visit), row);
      }
    }
  }

  void family_history() {
    Section s = section("22.2.15", "2015-08-01", "10157-6", "Family history");
    Table table(s.text, {"Relative", "Condition", "Age at onset"});
    for (const Relative& relative : chart_.relatives) {
      const std::string row = anchor("family");
      table.row(row, {std::string(relative.role), std::string(relative.condition),
                      std::to_string(relative.age)});
      const std::string what = std::string(relative.role_code) + std::string(relative.snomed);
      pugi::xml_node organizer = add(add(s.node, "entry", {{"typeCode", "DRIV"}}), "organizer",
                                     {{"classCode", "CLUSTER"}, {"moodCode", "EVN"}});
      add_template(organizer, "22.4.45", "2015-08-01");
      add(organizer, "id", {{"root", id("relative" + what)}});
      add_status(organizer, "completed");
      pugi::xml_node subject =
          add(add(organizer, "subject"), "relatedSubject", {{"classCode", "PRS"}});
      add_code(subject, "code", relative.role_code, "2.16.840.1.113883.5.111", relative.role);
      pugi::xml_node made = add(add(organizer, "component"), "observation",
                                {{"classCode", "OBS"}, {"moodCode", "EVN"}});
      add_template(made, "22.4.46", "2015-08-01");
      add(made, "id", {{"root", id("relative's" + what)}});
      add_code(made, "code", "55607006", kSnomed, "Problem");
      add_reference(made, row);
      add_status(made, "completed");
      add_coded_value(made, relative.snomed, kSnomed, relative.condition);
      pugi::xml_node age =
          add(add(made, "entryRelationship", {{"typeCode", "SUBJ"}, {"inversionInd", "true"}}),
              "observation", {{"classCode", "OBS"}, {"moodCode", "EVN"}});
      add_template(age, "22.4.31");
      add_code(age, "code", "445518008", kSnomed, "Age at onset");
      add_status(age, "completed");
      add_quantity(age, std::to_string(relative.age), "a");
    }
  }

  void notes() {
    Section s = section("22.2.65", "2016-11-01", "11506-3", "Progress notes");
    const bool copied = chart_.facilities[place_].kind == FacilityKind::archive;
    if (copied) {
      add_text(s.text, "paragraph",
               "Copied from the paper chart by the records office. Page order as found; "
               "handwriting typed where it could be read.");
    }
    pugi::xml_node list = add(s.text, "list", {{"listType", "unordered"}});
    for (const Visit* visit : visits_) {
      const std::string mark = anchor("note");
      pugi::xml_node item = add(list, "item", {{"ID", mark}});
      add_text(item, "caption",
               std::string(visit_title(visit->kind)) + ", " + base::Date::from(visit->start).iso());
      std::string rest = visit->note;
      for (std::size_t end = rest.find("\n\n"); !rest.empty(); end = rest.find("\n\n")) {
        add_text(item, "paragraph", rest.substr(0, end));
        rest = end == std::string::npos ? std::string() : rest.substr(end + 2);
      }
      pugi::xml_node act =
          add(add(s.node, "entry"), "act", {{"classCode", "ACT"}, {"moodCode", "EVN"}});
      add_template(act, "22.4.202", "2016-11-01");
      pugi::xml_node code = add_code(act, "code", "34109-9", kLoinc, "Note");
      add_code(code, "translation", "11506-3", kLoinc, "Progress note");
      add_reference(act, mark);
      add_status(act, "completed");
      add(act, "effectiveTime", {{"value", stamp(visit->start)}});
      pugi::xml_node author = add(act, "author");
      add(author, "time", {{"value", stamp(visit->end)}});
      add(add(author, "assignedAuthor"), "id",
          {{"root", "2.16.840.1.113883.4.6"},
           {"extension", chart_.facilities[place_].clinician.npi}});
    }
  }

  pugi::xml_node body_;
  const Chart& chart_;
  std::size_t place_;
  const std::vector<const Visit*>& visits_;
  unsigned anchors_ = 0;
};

}  // namespace

void write_sections(pugi::xml_node body, const Chart& chart, std::size_t facility,
                    const std::vector<const Visit*>& visits) {
  Sections(body, chart, facility, visits).write();
}

}  // namespace chartroom::channel
