#include <array>
#include <boost/json/object.hpp>

#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;

struct Key {
  const char* label;
  const char* name;                  ///< in JSON
  std::array<const char*, 3> loinc;  ///< the newest of these; unused places are null
};

/// What an underwriter wants to know before anything else.
constexpr std::array kKeys = {
    Key{"Height", "height", {"8302-2"}},
    Key{"Weight", "weight", {"29463-7"}},
    Key{"BMI", "bmi", {"39156-5"}},
    Key{"Systolic blood pressure", "systolic", {"8480-6"}},
    Key{"Diastolic blood pressure", "diastolic", {"8462-4"}},
    Key{"Hemoglobin A1c", "hba1c", {"4548-4"}},
    Key{"Total cholesterol", "totalCholesterol", {"2093-3"}},
    Key{"LDL cholesterol", "ldl", {"18262-6", "13457-7", "2089-1"}},
    Key{"HDL cholesterol", "hdl", {"2085-9"}},
    Key{"Triglycerides", "triglycerides", {"2571-8"}},
    Key{"Creatinine", "creatinine", {"2160-0", "38483-4"}},
    Key{"eGFR", "egfr", {"33914-3", "62238-1", "98979-8"}},
};

std::optional<Item> newest_of(const Lens& lens, const Key& key) {
  std::optional<Item> newest;
  for (const char* loinc : key.loinc) {
    if (loinc == nullptr) continue;
    const std::vector<Item> items = lens.of_loinc(loinc);
    for (const Item& item : items) {
      if (item.fact->value.empty() || !item.fact->implausible.empty()) continue;
      if (!newest || newer_first(item, *newest)) newest = item;
      break;
    }
  }
  return newest;
}

Spans key_spans(const Lens& lens, const Item& item) {
  Spans spans = value_spans(item);
  const Tone tone = tone_of(item);
  if (tone == Tone::alert || tone == Tone::caution) {
    const std::string flag = flag_text(item.fact->flag);
    const std::string mark = !flag.empty() ? " " + flag : " – note";
    spans.front().emphasis = tone == Tone::alert ? Emphasis::alert : Emphasis::strong;
    spans.push_back(tone == Tone::alert ? alerting(mark) : strong(mark));
  }
  append(spans, {new_line(), muted(date_or_undated(item.fact->when) + " ")});
  append(spans, lens.tags(item));
  return spans;
}

}  // namespace

Section profile_section(const Lens& lens) {
  Section section{"Profile", "profile", "profile", {}, {}};
  const evidence::Person& applicant = lens.record().applicant;
  const auto age = lens.age();
  KeyValues who;
  who.items = {
      pair("Name", applicant.display_name()),
      pair("Date of birth", applicant.birth_date ? applicant.birth_date->iso() : std::string{}),
      pair("Age on the day of the order", age ? std::to_string(*age) : std::string{}),
      pair("Sex", applicant.sex)};
  json::object data{{"name", applicant.display_name()},
                    {"dateOfBirth", applicant.birth_date ? applicant.birth_date->iso() : ""},
                    {"sex", applicant.sex}};
  if (age) data["ageAtOrder"] = *age;
  const Tobacco tobacco = tobacco_of(lens);
  json::object smoking{{"status", tobacco.text}};
  if (tobacco.newest) {
    Spans spans{tobacco.status == evidence::Smoking::current || !tobacco.against_never.empty()
                    ? alerting(tobacco.text)
                    : plain(tobacco.text)};
    if (!tobacco.against_never.empty()) spans.push_back(alerting(" – contradicted"));
    append(spans, {new_line(), muted(date_or_undated(tobacco.newest->fact->when) + " ")});
    append(spans, lens.tags(*tobacco.newest));
    who.items.push_back(pair("Tobacco", std::move(spans)));
    smoking["date"] = tobacco.newest->fact->when.date_text();
    smoking["contradicted"] = !tobacco.against_never.empty();
  } else {
    who.items.push_back(pair("Tobacco", Spans{muted(lens.empty_text())}));
  }
  data["tobacco"] = std::move(smoking);
  KeyValues newest;
  json::object latest;
  for (const Key& key : kKeys) {
    const auto item = newest_of(lens, key);
    if (!item) continue;
    newest.items.push_back(pair(key.label, key_spans(lens, *item)));
    latest[key.name] = fact_json(lens, *item);
  }
  section.blocks.push_back(std::move(who));
  section.blocks.push_back(heading(3, "Latest key measurements", "profile-latest"));
  if (newest.items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    section.blocks.push_back(std::move(newest));
    section.blocks.push_back(quiet_paragraph(
        "Marks follow the laboratory's flag, else default levels for adults that guide the eye. "
        "They are not an underwriting decision."));
  }
  data["latest"] = std::move(latest);
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
