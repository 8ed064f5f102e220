#include "report/unity.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <map>
#include <set>

#include "base/text.hpp"
#include "report/embedded.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/raw_items.hpp"
#include "report/reports.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;

Section provider_section(const Lens& lens) {
  Section section{"Provider", "provider", "provider", {}, {}};
  std::set<std::string> channels;
  std::string name;
  base::TimePoint retrieved{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < lens.record().sources.size(); ++i) {
    if (lens.outside(i)) continue;
    const evidence::Source& source = lens.record().sources[i];
    name = source.provider_name;
    channels.insert(source.channel);
    retrieved = std::max(retrieved, source.retrieved_at);
    ++count;
  }
  const std::string by = base::join({channels.begin(), channels.end()}, ", ");
  KeyValues values;
  values.items = {pair("Organization", name), pair("Provider id", lens.provider_id()),
                  pair("Retrieved by", by), pair("Last retrieved", date_time_text(retrieved)),
                  pair("Items", std::to_string(count))};
  section.blocks.push_back(std::move(values));
  section.data = json::object{{"id", lens.provider_id()},
                              {"name", name},
                              {"channels", by},
                              {"retrievedAt", base::format_iso(retrieved)},
                              {"items", count}};
  return section;
}

/// The person as this provider knows her, by each of its items that differs from those before it.
Section demographics_section(const Lens& lens) {
  Section section{"Demographics", "demographics", "demographics", {}, {}};
  json::array data;
  std::set<std::string> seen;
  for (const evidence::SourceOutcome* outcome : lens.outcomes()) {
    const bool accepted = outcome->status == evidence::SourceOutcome::Status::read ||
                          outcome->status == evidence::SourceOutcome::Status::empty;
    if (!accepted) continue;
    const evidence::Person& person = outcome->person;
    KeyValues values;
    values.items = {pair("Name", person.display_name()), pair("Date of birth", birth_text(person)),
                    pair("Sex", person.sex)};
    std::string key = person.display_name() + "\n" + birth_text(person) + "\n" + person.sex;
    json::object row{{"source", Lens::source_name(outcome->source)},
                     {"name", person.display_name()},
                     {"dateOfBirth", birth_text(person)},
                     {"sex", person.sex}};
    const auto add = [&](const char* label, const char* member, const std::string& value) {
      if (value.empty()) return;
      values.items.push_back(pair(label, value));
      row[member] = value;
      key += "\n" + value;
    };
    if (!person.addresses.empty())
      add("Address", "address", address_text(person.addresses.front()));
    add("Phone", "phone", base::join(person.phones, ", "));
    add("E-mail", "email", base::join(person.emails, ", "));
    add("Language", "language", person.language);
    add("Marital status", "maritalStatus", person.marital_status);
    if (person.deceased.known()) add("Deceased", "deceased", person.deceased.date_text());
    if (!seen.insert(key).second) continue;
    Spans source = lens.tags({{outcome->source, person.locator}});
    values.items.push_back(pair("Source", std::move(source)));
    section.blocks.push_back(std::move(values));
    data.push_back(std::move(row));
  }
  if (section.blocks.empty()) section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  section.data = std::move(data);
  return section;
}

Section titled(Section section, const char* title) {
  section.title = title;
  return section;
}

Section vitals_section(const Lens& lens) {
  Section section{"Vital signs", "vitals", "vitals", {}, {}};
  const auto& items = lens.of(Kind::vital);
  section.data = facts_json(lens, items);
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    section.blocks.push_back(result_table(lens, items, "Vital signs, newest first"));
  }
  return section;
}

/// Imaging, pathology and other results that are words: they are read, not compared.
bool is_text_result(const Item& item) {
  static constexpr std::array kText = {"imaging", "radiology", "rad", "pathology", "cardiology"};
  const bool named = std::any_of(kText.begin(), kText.end(), [&](const char* word) {
    return base::to_lower_ascii(item.fact->category) == word;
  });
  return named || !item.fact->narrative.empty() || item.fact->value.raw.size() > 120;
}

Cell panel_cell(const std::string& name, const evidence::When& when) {
  Cell made = row_header(name + " · " + date_or_undated(when));
  made.column_span = 6;
  return made;
}

/// Results of one panel stand together under its name.
Section results_section(const Lens& lens) {
  Section section{"Test results", "results", "testResults", {}, {}};
  std::vector<Item> items = lens.of(Kind::result);
  std::erase_if(items, is_text_result);
  section.data = facts_json(lens, items);
  if (items.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
    return section;
  }
  std::vector<std::vector<Item>> panels;
  std::map<std::string, std::size_t> by_id;
  for (const Item& item : items) {
    const evidence::Fact& fact = *item.fact;
    if (fact.group_id.empty()) {
      panels.push_back({item});
      continue;
    }
    const std::string id = std::to_string(fact.sources.front().source) + "|" + fact.group_id;
    const auto [at, is_new] = by_id.emplace(id, panels.size());
    if (is_new) panels.emplace_back();
    panels[at->second].push_back(item);
  }
  Table all = result_table(lens, {}, "Test results by panel, newest first");
  for (const std::vector<Item>& panel : panels) {
    const evidence::Fact& first = *panel.front().fact;
    if (!first.group_text.empty()) all.rows.push_back({panel_cell(first.group_text, first.when)});
    Table rows = result_table(lens, panel, "");
    for (auto& row : rows.rows) all.rows.push_back(std::move(row));
  }
  section.blocks.push_back(std::move(all));
  return section;
}

Section imaging_section(const Lens& lens) {
  Section section{"Imaging, pathology and other reports", "imaging", "imagingAndPathology", {}, {}};
  std::vector<Item> items = lens.of(Kind::result);
  std::erase_if(items, [](const Item& item) { return !is_text_result(item); });
  section.data = facts_json(lens, items);
  if (items.empty()) section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  std::size_t number = 0;
  for (const Item& item : items) {
    const evidence::Fact& fact = *item.fact;
    section.blocks.push_back(heading(3, test_name(item) + ", " + date_or_undated(fact.when),
                                     "imaging-" + std::to_string(++number)));
    Spans about{muted(fact.status.empty() ? "" : fact.status + " ")};
    append(about, lens.tags(item));
    section.blocks.push_back(Paragraph{std::move(about), false});
    if (!fact.value.raw.empty()) section.blocks.push_back(paragraph(value_line(item)));
    append(section.blocks, narrative_blocks(fact.narrative, 4));
  }
  return section;
}

}  // namespace

Section encounter_section(const Lens& lens) {
  Section section{"Encounters", "encounters", "encounters", {}, {}};
  json::array data;
  Table table;
  table.caption = "Encounters, newest first";
  table.columns = {column("Date", 0.9),
                   column("Setting", 0.8),
                   column("Type", 1.6),
                   column("Reason, diagnoses", 2.0),
                   column("Clinician, place", 1.5),
                   source_column()};
  for (const Item& item : lens.of(Kind::encounter)) {
    const evidence::Fact& fact = *item.fact;
    const auto said = [&](const char* name) {
      const std::string* value = fact.attribute(name);
      return value == nullptr ? std::string{} : *value;
    };
    const char* setting = setting_word(setting_of(fact));
    const std::string stay = stay_text(fact);
    Spans where{plain(setting)};
    if (!stay.empty()) append(where, {new_line(), muted(stay)});
    std::vector<std::string> who;
    for (const std::string& each : {fact.performer, fact.organization, said("location")}) {
      if (!each.empty() && std::find(who.begin(), who.end(), each) == who.end()) {
        who.push_back(each);
      }
    }
    std::string why = said("reason");
    if (const std::string more = said("diagnosis"); !more.empty() && more != why) {
      why += (why.empty() ? "" : "; ") + more;
    }
    table.rows.push_back({cell(date_or_undated(fact.when)), cell(std::move(where)),
                          cell({strong(fact.text)}), cell(why), cell(base::join(who, "; ")),
                          cell(lens.tags(item))});
    json::object row = fact_json(lens, item);
    row["setting"] = setting;
    if (!stay.empty()) row["lengthOfStay"] = stay;
    data.push_back(std::move(row));
  }
  if (table.rows.empty()) {
    section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  } else {
    section.blocks.push_back(std::move(table));
  }
  section.data = std::move(data);
  return section;
}

namespace {

using DocumentsByNote = std::map<std::pair<std::size_t, std::string>, std::vector<std::string>>;

/// PDFs and scans of notes whose content is one, by source and locator.
DocumentsByNote documents_of(const Lens& lens, const std::vector<Item>& notes) {
  std::map<std::size_t, std::vector<std::string>> wanted;
  for (const Item& item : notes) {
    const std::string* type = item.fact->attribute("media_type");
    if (type == nullptr || !is_page_document(*type)) continue;
    const evidence::SourceRef& place = item.fact->sources.front();
    wanted[place.source].push_back(place.locator);
  }
  DocumentsByNote found;
  const RawItems raw(lens);
  for (const auto& [source, locators] : wanted) {
    for (auto& [locator, documents] : raw.documents(source, locators)) {
      found[{source, locator}] = std::move(documents);
    }
  }
  return found;
}

}  // namespace

Section full_notes_section(const Lens& lens) {
  Section section{"Notes and documents", "notes-in-full", "notesInFull", {}, {}};
  const auto& items = lens.of(Kind::document);
  DocumentsByNote documents = documents_of(lens, items);
  section.data = facts_json(lens, items);
  if (items.empty()) section.blocks.push_back(quiet_paragraph(lens.empty_text()));
  std::size_t number = 0;
  for (const Item& item : items) {
    const evidence::Fact& fact = *item.fact;
    section.blocks.push_back(heading(3, fact.text + ", " + date_or_undated(fact.when),
                                     "note-" + std::to_string(++number)));
    Spans about{muted((fact.author.empty() ? "" : fact.author + " ") +
                      (fact.organization.empty() ? "" : fact.organization + " "))};
    append(about, lens.tags(item));
    section.blocks.push_back(Paragraph{std::move(about), false});
    const evidence::SourceRef& place = fact.sources.front();
    auto& carried = documents[{place.source, place.locator}];
    if (fact.narrative.empty() && carried.empty()) {
      const std::string* type = fact.attribute("media_type");
      section.blocks.push_back(quiet_paragraph(
          "No text in the source" + (type == nullptr ? "" : "; the document is " + *type) + "."));
    }
    append(section.blocks, narrative_blocks(fact.narrative, 4));
    for (std::string& document : carried) {
      append(section.blocks, embedded(fact.text, std::move(document)));
    }
  }
  return section;
}

std::vector<Section> unity_sections(const Lens& lens) {
  std::vector<Section> all;
  all.push_back(provider_section(lens));
  all.push_back(order_section(lens));
  all.push_back(demographics_section(lens));
  all.push_back(social_section(lens));
  all.push_back(titled(kind_section(lens, Kind::medication), "Prescriptions"));
  all.push_back(titled(kind_section(lens, Kind::problem), "Conditions"));
  all.push_back(kind_section(lens, Kind::procedure));
  all.push_back(vitals_section(lens));
  all.push_back(encounter_section(lens));
  all.push_back(kind_section(lens, Kind::allergy));
  all.push_back(kind_section(lens, Kind::immunization));
  all.push_back(kind_section(lens, Kind::family_history));
  all.push_back(results_section(lens));
  all.push_back(imaging_section(lens));
  for (const Kind kind : {Kind::functional_status, Kind::plan_of_care, Kind::device}) {
    all.push_back(kind_section(lens, kind));
  }
  all.push_back(full_notes_section(lens));
  all.push_back(coverage_section(lens));
  all.push_back(identity_section(lens));
  all.push_back(notes_section(lens));
  all.push_back(sources_section(lens));
  return all;
}

std::vector<std::string> providers_with_facts(const evidence::Record& record,
                                              const OrderContext& context) {
  std::set<std::string> ids;
  const Lens all(record, context);
  for (const evidence::Fact& fact : record.facts) {
    const std::size_t source = fact.sources.front().source;
    if (fact.hidden || source >= record.sources.size() || all.blocked(source)) continue;
    ids.insert(record.sources[source].provider_id);
  }
  return {ids.begin(), ids.end()};
}

}  // namespace chartroom::report
