// Dated events of all kinds in one row of tables, a table per year.
#include "report/timeline.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <set>

#include "base/text.hpp"
#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

struct Event {
  evidence::When when;
  const char* group = "";  ///< what a reader filters by
  std::string what;
  std::string detail;
  Tone tone = Tone::none;
  Item item;
  int place = 0;  ///< of two events of one item: the start before the stop
};

std::string said(const evidence::Fact& fact, const char* name) {
  const std::string* value = fact.attribute(name);
  return value == nullptr ? std::string{} : *value;
}

Event event_of(const Item& item, const char* group) {
  return {item.fact->when, group, item.fact->text, item.fact->status, Tone::none, item, 0};
}

void add_visits(const Lens& lens, std::vector<Event>& events) {
  for (const Item& item : lens.of(Kind::encounter)) {
    const Setting setting = setting_of(*item.fact);
    const bool stay = setting == Setting::inpatient || setting == Setting::emergency;
    Event event = event_of(item, stay ? "hospital" : "visit");
    event.detail = setting_word(setting);
    if (const std::string nights = stay_text(*item.fact); !nights.empty()) {
      event.detail += ", " + nights;
    }
    for (const char* name : {"reason", "diagnosis"}) {
      if (const std::string text = said(*item.fact, name); !text.empty()) {
        event.detail += "; " + text;
      }
    }
    if (stay) event.tone = Tone::caution;
    events.push_back(std::move(event));
  }
}

/// A diagnosis counts when it is first seen; what repeats it later is no new event.
void add_diagnoses(const Lens& lens, std::vector<Event>& events) {
  std::set<std::string> seen;
  const auto& items = lens.of(Kind::problem);
  for (auto item = items.rbegin(); item != items.rend(); ++item) {
    if (item->fact->negated) continue;
    if (item->fact->when.known() && !seen.insert(base::fold(item->fact->text)).second) continue;
    events.push_back(event_of(*item, "diagnosis"));
    events.back().detail =
        "first seen" + (item->fact->status.empty() ? "" : ", " + item->fact->status);
  }
}

/// Start and end of each medicine. What was prescribed again and again is one course.
void add_medicines(const Lens& lens, std::vector<Event>& events) {
  std::map<std::string, std::vector<Item>> courses;  // by name; newest first
  for (const Item& item : lens.of(Kind::medication)) {
    if (!item.fact->negated) courses[item.fact->text].push_back(item);
  }
  for (const auto& [name, items] : courses) {
    const Item* oldest = &items.front();
    for (const Item& item : items) {
      if (item.fact->when.known()) oldest = &item;
    }
    Event start = event_of(*oldest, "medicine");
    start.detail = "start";
    if (const std::string how = said(*oldest->fact, "instructions"); !how.empty()) {
      start.detail += "; " + how;
    }
    events.push_back(start);
    const Item& newest = items.front();
    if (items.size() > 1) {
      Event again = event_of(newest, "medicine");
      again.detail = "last of " + count_text(items.size(), "entry", "entries") +
                     (newest.fact->status.empty() ? "" : ", " + newest.fact->status);
      events.push_back(std::move(again));
    }
    if (!newest.fact->until.known()) continue;
    Event stop = event_of(newest, "medicine");
    stop.when = newest.fact->until;
    stop.detail = "stop";
    stop.place = 1;
    events.push_back(std::move(stop));
  }
}

void add_tests(const Lens& lens, std::vector<Event>& events) {
  for (const auto kind : {Kind::result, Kind::vital}) {
    for (const Item& item : lens.of(kind)) {
      const std::string flag = flag_text(item.fact->flag);
      const AttentionRule* rule = rule_reached(lens, item);
      const bool ours = rule != nullptr && rule->level >= evidence::Attention::amber;
      if (!item.fact->implausible.empty() || (flag.empty() && !ours)) continue;
      Event event = event_of(item, "abnormal test");
      event.what = test_name(item);
      event.detail = value_line(item) + (flag.empty() ? "" : " " + flag);
      if (ours) event.detail += "; " + rule->text;
      event.tone = tone_of(item) == Tone::none ? Tone::caution : tone_of(item);
      events.push_back(std::move(event));
    }
  }
}

std::vector<Event> events_of(const Lens& lens) {
  std::vector<Event> events;
  add_visits(lens, events);
  add_diagnoses(lens, events);
  add_medicines(lens, events);
  add_tests(lens, events);
  const auto add = [&](Kind kind, const char* group) {
    for (const Item& item : lens.of(kind)) {
      if (!item.fact->negated) events.push_back(event_of(item, group));
    }
  };
  add(Kind::procedure, "procedure");
  add(Kind::immunization, "immunization");
  add(Kind::allergy, "allergy");
  add(Kind::device, "device");
  add(Kind::document, "document");
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    if (a.when.known() != b.when.known()) return a.when.known();
    if (a.when.known() && a.when.value != b.when.value) return a.when.value > b.when.value;
    if (a.item.index != b.item.index) return a.item.index < b.item.index;
    return a.place < b.place;
  });
  return events;
}

std::string year_of(const Event& event) { return event.when.date_text().substr(0, 4); }

Table event_table(const std::string& caption) {
  Table table;
  table.caption = caption;
  table.caption_hidden = true;
  table.columns = {column("Date", 0.8), column("Group", 0.8), column("Event", 2.4),
                   column("Detail", 2.8), column("Source", 1.3)};
  return table;
}

std::vector<Cell> event_row(const Lens& lens, const Event& event) {
  return {cell(date_or_undated(event.when)), cell(event.group),
          cell({strong(event.what.empty() ? "Unnamed" : event.what)}),
          cell(event.detail, event.tone), cell(lens.tags(event.item))};
}

json::object event_json(const Lens& lens, const Event& event) {
  json::object made{{"date", event.when.text()},
                    {"group", event.group},
                    {"event", event.what},
                    {"detail", event.detail},
                    {"sources", sources_json(lens.all_sources(event.item))}};
  return made;
}

}  // namespace

Section events_section(const Lens& lens) {
  Section section{"Timeline", "timeline", "events", {}, {}};
  std::vector<Event> events = events_of(lens);
  std::erase_if(events, [](const Event& event) { return !event.when.known(); });
  json::array data;
  for (std::size_t i = 0; i < events.size();) {
    const std::string year = year_of(events[i]);
    Table table = event_table("Events of " + year);
    for (; i < events.size() && year_of(events[i]) == year; ++i) {
      table.rows.push_back(event_row(lens, events[i]));
      data.push_back(event_json(lens, events[i]));
    }
    section.blocks.push_back(heading(3, year, "timeline-" + year));
    section.blocks.push_back(std::move(table));
  }
  if (events.empty()) section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  section.data = std::move(data);
  return section;
}

Section undated_section(const Lens& lens) {
  Section section{"Without a date", "undated", "undated", {}, {}};
  json::array data;
  Table table = event_table("Entries without a date");
  for (const Event& event : events_of(lens)) {
    if (event.when.known()) continue;
    table.rows.push_back(event_row(lens, event));
    data.push_back(event_json(lens, event));
  }
  if (table.rows.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    section.blocks.push_back(std::move(table));
  }
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
