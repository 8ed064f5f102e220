// Hospital stays, surgery, what was left open, the family, and the gaps of the record.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "report/concern_findings.hpp"
#include "report/embedded.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

constexpr int kYears = 5;

template <std::size_t N>
bool holds_one(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return holds_words(text, word); });
}

bool is_surgery(const evidence::Fact& fact) {
  static constexpr std::array<std::string_view, 14> kParts = {
      "ectomy",  "plasty", "surg",       "bypass", "graft",  "transplant", "repair",
      "implant", "stent",  "amputation", "otomy",  "ostomy", "fusion",     "replacement"};
  const std::string text = base::fold(fact.text);
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

std::vector<Item> surgeries(const Lens& lens) {
  std::vector<Item> found = lens.of(Kind::procedure);
  std::erase_if(found,
                [](const Item& item) { return item.fact->negated || !is_surgery(*item.fact); });
  return found;
}

/// Date | what | detail | source: the same frame for all lists of this file.
Section list_section(const Lens& lens, Section section, const std::vector<Item>& items,
                     Wording caption, Cell (*detail)(const Item&), const char* detail_title) {
  section.data = facts_json(lens, items);
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
    return section;
  }
  Table table;
  table.caption = std::move(caption);
  table.columns = {column("Date", 0.9), column("Kind", 1.0), column("Entry", 2.4),
                   column(detail_title, 1.8), source_column()};
  for (const Item& item : items) {
    table.rows.push_back({cell(date_or_undated(item.fact->when)),
                          cell(evidence::section_title(item.fact->kind)),
                          cell({strong(item.fact->text)}), detail(item), cell(lens.tags(item))});
  }
  section.blocks.push_back(std::move(table));
  return section;
}

std::string attribute_text(const evidence::Fact& fact, const char* name) {
  const std::string* value = fact.attribute(name);
  return value == nullptr ? std::string{} : *value;
}

Cell visit_detail(const Item& item) {
  const evidence::Fact& fact = *item.fact;
  Spans spans{plain(setting_word(setting_of(fact)))};
  if (const std::string stay = stay_text(fact); !stay.empty()) spans.push_back(plain(", " + stay));
  for (const char* name : {"reason", "diagnosis", "disposition"}) {
    const std::string text = attribute_text(fact, name);
    if (!text.empty()) append(spans, {new_line(), muted(std::string(name) + ": " + text)});
  }
  return cell(std::move(spans));
}

Cell status_detail(const Item& item) {
  std::string text = item.fact->status;
  for (const char* name : {"outcome", "absent_reason", "disposition"}) {
    const std::string more = attribute_text(*item.fact, name);
    if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
  }
  return cell(text);
}

Cell relative_detail(const Item& item) {
  const std::string age = attribute_text(*item.fact, "age_at_onset");
  return cell(attribute_text(*item.fact, "relationship") +
              (age.empty() ? ", age not given" : ", at " + age));
}

bool is_first_degree(const std::string& relationship) {
  static constexpr std::array<std::string_view, 12> kRelatives = {
      "mother", "father",   "parent", "brother", "sister", "sibling",
      "son",    "daughter", "child",  "mth",     "fth",    "nsis"};
  const std::string folded = base::fold(relationship);
  const bool farther = folded.find("grand") != std::string::npos ||
                       folded.find("in-law") != std::string::npos ||
                       folded.find("step") != std::string::npos;
  return !farther && holds_one(folded, kRelatives);
}

bool matters_in_family(const evidence::Fact& fact) {
  static constexpr std::array<std::string_view, 7> kGroups = {
      "coronary", "heart-failure", "vascular", "stroke", "diabetes", "cancer", "arrhythmia"};
  const std::string text = folded_text(fact);
  return std::any_of(rules().groups.begin(), rules().groups.end(), [&](const Concern& group) {
    return std::find(kGroups.begin(), kGroups.end(), group.id) != kGroups.end() &&
           speaks_of_group(fact, text, group);
  });
}

std::optional<int> age_of(const evidence::Fact& fact) {
  const std::string text = attribute_text(fact, "age_at_onset");
  const auto digits = text.find_first_not_of("0123456789");
  const auto number = parse_number(text.substr(0, digits));
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

/// A later entry with the same words or code says that the plan was carried out.
bool is_completed(const Lens& lens, const Item& plan) {
  const auto same = [&](const Item& item) {
    if (plan.fact->when.known() && item.fact->when.known() &&
        item.fact->when.value < plan.fact->when.value) {
      return false;
    }
    if (base::fold(item.fact->text) == base::fold(plan.fact->text)) return true;
    return std::any_of(plan.fact->codes.begin(), plan.fact->codes.end(), [&](const auto& code) {
      return !code.code.empty() &&
             std::any_of(item.fact->codes.begin(), item.fact->codes.end(), [&](const auto& other) {
               return other.system == code.system && other.code == code.code;
             });
    });
  };
  for (const auto kind : {Kind::result, Kind::procedure, Kind::encounter, Kind::document}) {
    const auto& items = lens.of(kind);
    if (std::any_of(items.begin(), items.end(), same)) return true;
  }
  return false;
}

bool is_open_status(const std::string& status) {
  static constexpr std::array kOpen = {"active",     "planned",     "requested",  "ordered",
                                       "on-hold",    "draft",       "proposed",   "pending",
                                       "registered", "preliminary", "in-progress"};
  return std::find(kOpen.begin(), kOpen.end(), status) != kOpen.end();
}

/// A test, referral or procedure that somebody ordered; a plan or a goal is never done with.
bool is_order(const evidence::Fact& fact) {
  if (fact.kind != Kind::plan_of_care) return true;
  const std::string& place = fact.sources.front().locator;
  return fact.category.find("goal") == std::string::npos && !place.starts_with("CarePlan") &&
         !place.starts_with("Goal");
}

}  // namespace

Setting setting_of(const evidence::Fact& encounter) {
  const std::string text = base::fold(attribute_text(encounter, "class") + " " +
                                      attribute_text(encounter, "type") + " " + encounter.text);
  static constexpr std::array<std::string_view, 6> kRemote = {
      "vr", "virtual", "telephone", "telehealth", "telemedicine", "video"};
  static constexpr std::array<std::string_view, 4> kEmergency = {"emer", "emergency", "ed",
                                                                 "urgent"};
  static constexpr std::array<std::string_view, 5> kInpatient = {"imp", "inpatient", "admission",
                                                                 "nonac", "obsenc"};
  static constexpr std::array<std::string_view, 9> kInPerson = {
      "amb", "ambulatory", "outpatient", "office", "wellness", "check up", "visit", "hh", "clinic"};
  if (holds_one(text, kRemote)) return Setting::remote;
  if (text.find("urgent care") == std::string::npos && holds_one(text, kEmergency)) {
    return Setting::emergency;
  }
  if (holds_one(text, kInpatient)) return Setting::inpatient;
  return holds_one(text, kInPerson) ? Setting::in_person : Setting::other;
}

const char* setting_word(Setting setting) {
  switch (setting) {
    case Setting::in_person:
      return "in person";
    case Setting::remote:
      return "remote";
    case Setting::emergency:
      return "emergency";
    case Setting::inpatient:
      return "inpatient";
    case Setting::other:
      return "not given";
  }
  return "";
}

std::string stay_text(const evidence::Fact& encounter) {
  if (!encounter.when.known() || !encounter.until.known()) return {};
  const auto first = std::chrono::floor<std::chrono::days>(encounter.when.value);
  const auto last = std::chrono::floor<std::chrono::days>(encounter.until.value);
  if (last <= first) return {};
  return count_text(static_cast<std::size_t>((last - first).count()), "night");
}

std::vector<Item> hospital_visits(const Lens& lens) {
  const base::TimePoint from = months_before(lens.as_of(), 12 * kYears);
  std::vector<Item> found = lens.of(Kind::encounter);
  std::erase_if(found, [&](const Item& item) {
    const Setting setting = setting_of(*item.fact);
    const bool hospital = setting == Setting::emergency || setting == Setting::inpatient;
    const bool old = item.fact->when.known() && item.fact->when.value < from;
    return !hospital || old || item.fact->negated;
  });
  return found;
}

std::vector<Item> unfinished(const Lens& lens) {
  std::vector<Item> found;
  for (const auto kind : {Kind::plan_of_care, Kind::result, Kind::procedure}) {
    for (const Item& item : lens.of(kind)) {
      const evidence::Fact& fact = *item.fact;
      if (fact.negated || !is_order(fact) || !is_open_status(fact.status)) continue;
      if (kind == Kind::result && !fact.value.empty()) continue;
      if (kind == Kind::plan_of_care && is_completed(lens, item)) continue;
      found.push_back(item);
    }
  }
  std::sort(found.begin(), found.end(), newer_first);
  return found;
}

std::vector<Item> against_advice(const Lens& lens) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "against medical advice", "left without being seen", "no show",      "no-show",
      "missed appointment",     "noncompliance",           "nonadherence", "noncompliant",
      "did not attend"};
  std::vector<Item> found;
  for (const auto kind : {Kind::encounter, Kind::problem, Kind::social_history, Kind::procedure}) {
    for (const Item& item : lens.of(kind)) {
      const auto& codes = item.fact->codes;
      const bool by_code = std::any_of(codes.begin(), codes.end(), [](const auto& code) {
        return code.system == evidence::kIcd10Cm &&
               (code.code.starts_with("Z91.1") || code.code.starts_with("Z53.2"));
      });
      if (!item.fact->negated && (by_code || holds_one(folded_text(*item.fact), kWords))) {
        found.push_back(item);
      }
    }
  }
  std::sort(found.begin(), found.end(), newer_first);
  return found;
}

std::vector<Item> early_family(const Lens& lens) {
  constexpr int kEarly = 60;
  std::vector<Item> found = lens.of(Kind::family_history);
  std::erase_if(found, [](const Item& item) {
    const auto age = age_of(*item.fact);
    return item.fact->negated || !age || *age >= kEarly ||
           !is_first_degree(attribute_text(*item.fact, "relationship")) ||
           !matters_in_family(*item.fact);
  });
  return found;
}

std::vector<Item> not_retrieved(const Lens& lens) {
  std::vector<Item> found = lens.of(Kind::document);
  std::erase_if(found, [](const Item& item) {
    const std::string type = attribute_text(*item.fact, "media_type");
    // What is shown elsewhere has a type of its own: pages, a C-CDA inside.
    return !item.fact->narrative.empty() || is_page_document(type) ||
           type == "application/hl7-v3+xml";
  });
  return found;
}

Section hospital_section(const Lens& lens) {
  Section visits =
      list_section(lens, {"Hospital, emergency and surgery", "hospital", "hospital", {}, {}},
                   hospital_visits(lens), "Hospital stays and emergency visits of five years",
                   visit_detail, "Setting, reason");
  const std::vector<Item> operations = surgeries(lens);
  Section surgery =
      list_section(lens, {}, operations, "Surgery, all years", status_detail, "Status, outcome");
  visits.blocks.push_back(heading(3, "Surgery", "hospital-surgery"));
  append(visits.blocks, std::move(surgery.blocks));
  visits.data =
      json::object{{"visits", std::move(visits.data)}, {"surgery", std::move(surgery.data)}};
  return visits;
}

Section open_ends_section(const Lens& lens) {
  Section open =
      list_section(lens, {"Left open", "open-ends", "leftOpen", {}, {}}, unfinished(lens),
                   "Planned tests, referrals and procedures without an entry that completes them",
                   status_detail, "Status");
  Section advice = list_section(lens, {}, against_advice(lens),
                                "Advice not followed, visits missed", status_detail, "Status");
  open.blocks.push_back(heading(3, "Advice not followed, visits missed", "open-ends-advice"));
  append(open.blocks, std::move(advice.blocks));
  open.data =
      json::object{{"unfinished", std::move(open.data)}, {"againstAdvice", std::move(advice.data)}};
  return open;
}

Section family_section(const Lens& lens) {
  std::vector<Item> relatives = lens.of(Kind::family_history);
  std::erase_if(relatives, [](const Item& item) {
    const auto age = age_of(*item.fact);
    return item.fact->negated || (age && *age >= 60) ||
           !is_first_degree(attribute_text(*item.fact, "relationship")) ||
           !matters_in_family(*item.fact);
  });
  return list_section(
      lens, {"Family history", "family", "familyHistory", {}, {}}, relatives,
      "First-degree relatives with heart disease, stroke, cancer or diabetes before "
      "60 or at an age that is not given",
      relative_detail, "Relative, age");
}

Section gaps_section(const Lens& lens) {
  Section section{"Gaps", "gaps", "gaps", {}, {}};
  List list;
  json::array data;
  const auto gap = [&](std::string text) {
    data.emplace_back(text);
    list.items.push_back({words(std::move(text)), 0, "•"});
  };
  const auto& visits = lens.of(Kind::encounter);
  if (visits.empty()) {
    gap("No visit is on record.");
  } else if (visits.front().fact->when.known() &&
             visits.front().fact->when.value < months_before(lens.as_of(), 24)) {
    gap("The last known visit lies more than 24 months before the order: " +
        visits.front().fact->when.date_text() + ".");
  }
  for (const auto& channel : lens.context().channels) {
    if (channel.outcome != "records received") gap(channel.channel + ": " + channel.outcome + ".");
  }
  using Status = evidence::SourceOutcome::Status;
  for (const evidence::SourceOutcome* outcome : lens.outcomes()) {
    const std::string name = Lens::source_name(outcome->source);
    if (outcome->status == Status::unreadable) gap("Source " + name + " could not be read.");
    if (outcome->status == Status::quarantined) gap("Source " + name + " is held for review.");
  }
  for (const Item& item : not_retrieved(lens)) {
    gap("A document was not retrieved: " + item.fact->text + ", " +
        date_or_undated(item.fact->when) + ".");
  }
  if (list.items.empty()) {
    section.blocks.push_back(quiet_paragraph("None found."));
  } else {
    section.blocks.push_back(std::move(list));
  }
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
