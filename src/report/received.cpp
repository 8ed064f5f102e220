#include "report/received.hpp"

#include <algorithm>
#include <set>

#include "report/composed.hpp"
#include "report/embedded.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/raw_items.hpp"
#include "report/text.hpp"
#include "report/unity.hpp"

namespace chartroom::report {
namespace {

using evidence::Kind;
using Status = evidence::SourceOutcome::Status;

constexpr const char* kApsChannel = "offline";  ///< evidence::Source::channel of APS vendors

std::set<std::string> providers_with_ccda(const Lens& lens) {
  std::set<std::string> ids;
  for (const evidence::ClinicalDocument& document : lens.record().documents) {
    if (document.source < lens.record().sources.size() && !lens.blocked(document.source)) {
      ids.insert(lens.record().sources[document.source].provider_id);
    }
  }
  return ids;
}

std::set<std::string> providers_with_notes(const Lens& lens) {
  const std::set<std::string> charts = providers_with_ccda(lens);
  std::set<std::string> ids;
  for (const evidence::Fact& fact : lens.record().facts) {
    const std::size_t source = fact.sources.front().source;
    const std::string* type = fact.attribute("media_type");
    const bool readable = !fact.narrative.empty() || (type != nullptr && is_page_document(*type));
    if (fact.kind != Kind::document || fact.hidden || !readable) continue;
    if (source >= lens.record().sources.size() || lens.blocked(source)) continue;
    const std::string& provider = lens.record().sources[source].provider_id;
    if (!charts.contains(provider)) ids.insert(provider);
  }
  return ids;
}

/// A source of an APS vendor whose person is the applicant.
bool is_received(const Lens& lens, const evidence::SourceOutcome& outcome) {
  if (outcome.source >= lens.record().sources.size() || lens.blocked(outcome.source)) return false;
  return lens.record().sources[outcome.source].channel == kApsChannel &&
         (outcome.status == Status::read || outcome.status == Status::empty);
}

std::vector<const evidence::SourceOutcome*> received_of(const Lens& lens) {
  std::vector<const evidence::SourceOutcome*> found;
  for (const evidence::SourceOutcome* outcome : lens.outcomes()) {
    if (is_received(lens, *outcome)) found.push_back(outcome);
  }
  const auto& sources = lens.record().sources;
  std::stable_sort(found.begin(), found.end(), [&](const auto* a, const auto* b) {
    const evidence::Source& x = sources[a->source];
    const evidence::Source& y = sources[b->source];
    return x.retrieved_at != y.retrieved_at ? x.retrieved_at < y.retrieved_at : x.id < y.id;
  });
  return found;
}

std::string_view raw_of(const Lens& lens, std::size_t source) {
  const auto& raw = lens.context().raw_items;
  return source < raw.size() ? raw[source] : std::string_view{};
}

std::string title_of(const evidence::Source& source) {
  return source.label.empty() ? source.provider_name : source.provider_name + ", " + source.label;
}

/// Notes of a FHIR item, each in full.
bool add_notes(const Lens& lens, std::size_t source, std::vector<Block>& blocks) {
  bool any = false;
  const RawItems raw(lens);
  for (const Item& item : lens.of(Kind::document)) {
    const evidence::SourceRef& place = item.fact->sources.front();
    if (place.source != source) continue;
    auto documents = raw.documents(source, {place.locator});
    if (item.fact->narrative.empty() && documents[place.locator].empty()) continue;
    blocks.push_back(heading(3, item.fact->text + ", " + date_or_undated(item.fact->when)));
    append(blocks, narrative_blocks(item.fact->narrative, 4));
    for (std::string& document : documents[place.locator]) {
      append(blocks, embedded(item.fact->text, std::move(document)));
    }
    any = true;
  }
  return any;
}

void add_received(const Lens& lens, std::size_t source, std::size_t number,
                  std::vector<Block>& blocks) {
  const evidence::Source& item = lens.record().sources[source];
  const std::string anchor = "received-" + std::to_string(number);
  std::size_t documents = 0;
  for (const evidence::ClinicalDocument& document : lens.record().documents) {
    if (document.source != source) continue;
    const std::string place = documents == 0 ? anchor : anchor + "-" + std::to_string(documents);
    add_clinical_document(lens, document, place, blocks);
    ++documents;
  }
  if (documents > 0) return;
  blocks.push_back(heading(2, title_of(item), anchor));
  KeyValues about;
  about.items = {pair("Provider", item.provider_name), pair("Kind", item.media_type),
                 pair("Received", date_time_text(item.retrieved_at)),
                 pair("Source", "[" + Lens::source_name(source) + "]")};
  blocks.push_back(std::move(about));
  const std::string_view bytes = raw_of(lens, source);
  const bool has_pages =
      item.format == evidence::SourceFormat::pdf || item.format == evidence::SourceFormat::tiff;
  if (has_pages && !bytes.empty()) {
    append(blocks, embedded(title_of(item), std::string(bytes)));
  } else if (!add_notes(lens, source, blocks)) {
    blocks.push_back(quiet_paragraph(
        "The item has no document of its own; its entries are in the other reports."));
  }
}

void add_tail(const Lens& lens, std::vector<Block>& blocks) {
  for (const auto make : {coverage_section, identity_section, notes_section, sources_section}) {
    add_section(make(lens), blocks);
  }
}

}  // namespace

void add_section(Section section, std::vector<Block>& blocks) {
  blocks.push_back(section_heading(section));
  append(blocks, std::move(section.blocks));
}

bool has_notes(const Lens& lens) { return !providers_with_notes(lens).empty(); }

std::vector<ProviderChart> notes_documents(const Lens& lens) {
  std::vector<ProviderChart> made;
  for (const std::string& provider : providers_with_notes(lens)) {
    const Lens one(lens.record(), lens.context(), provider);
    std::string name;
    for (const evidence::Source& source : lens.record().sources) {
      if (source.provider_id == provider) name = source.provider_name;
    }
    Document document = start_document(one, "Clinical Notes", name);
    add_section(order_section(one), document.blocks);
    add_section(full_notes_section(one), document.blocks);
    add_tail(one, document.blocks);
    made.push_back({provider, std::move(document)});
  }
  return made;
}

bool has_received(const Lens& lens) { return !received_of(lens).empty(); }

Document aps_document(const Lens& lens) {
  Document document = start_document(lens, "Attending Physician Statements");
  add_section(order_section(lens), document.blocks);
  std::size_t number = 0;
  for (const evidence::SourceOutcome* outcome : received_of(lens)) {
    document.blocks.push_back(PageBreak{});
    add_received(lens, outcome->source, ++number, document.blocks);
  }
  add_tail(lens, document.blocks);
  return document;
}

}  // namespace chartroom::report
