// The complete medical record: every C-CDA document of a provider, section by section, as authored.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "report/blocks.hpp"
#include "report/composed.hpp"
#include "report/embedded.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/received.hpp"
#include "report/reports.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

using evidence::ClinicalDocument;

std::string chart_title(const ClinicalDocument& document) {
  std::string title = document.title.empty() ? document.type.display : document.title;
  if (title.empty()) title = "Clinical document";
  if (document.effective.known()) title += ", " + document.effective.date_text();
  return title;
}

std::string type_text(const evidence::Code& type) {
  if (type.code.empty()) return type.display;
  const std::string_view system = evidence::system_name(type.system);
  return (type.display.empty() ? "" : type.display + " · ") +
         (system.empty() ? type.system : std::string(system)) + " " + type.code;
}

Block header_block(const Lens& lens, const ClinicalDocument& document) {
  const evidence::Source& source = lens.record().sources[document.source];
  KeyValues values;
  values.items = {
      pair("Type", type_text(document.type)),
      pair("Date", document.effective.text()),
      pair("Author", document.author),
      pair("Custodian", document.custodian),
      pair("Encounter", document.encounter),
      pair("Document id", document.id),
      pair("Set and version",
           document.set_id + (document.version.empty() ? "" : ", version " + document.version)),
      pair("Source", "[" + Lens::source_name(document.source) + "] " + source.label),
      pair("Retrieved", date_time_text(source.retrieved_at))};
  if (!document.replaces_id.empty()) {
    values.items.push_back(pair("Replaces", document.replaces_id));
  }
  return values;
}

/// What a section without a narrative says in codes: entries whose place lies within it.
void add_coded_entries(const Lens& lens, const ClinicalDocument& document,
                       const evidence::DocumentSection& section, std::vector<Block>& blocks) {
  Table table;
  table.caption = "Coded entries without narrative";
  table.columns = {column("Date", 0.9), column("Kind", 1.0), column("Entry", 2.6),
                   column("Value or status", 1.4), source_column()};
  const std::string within = section.locator + "/";
  for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
    for (const Item& item : lens.of(static_cast<evidence::Kind>(kind))) {
      const bool here =
          std::any_of(item.fact->sources.begin(), item.fact->sources.end(), [&](const auto& ref) {
            return ref.source == document.source && ref.locator.starts_with(within);
          });
      if (!here) continue;
      const std::string value = value_line(item);
      table.rows.push_back(
          {cell(date_or_undated(item.fact->when)), cell(evidence::section_title(item.fact->kind)),
           cell({strong(item.fact->text)}), cell(value.empty() ? item.fact->status : value),
           cell(lens.tags(item))});
    }
  }
  if (!table.rows.empty()) blocks.push_back(std::move(table));
}

void add_sections(const Lens& lens, const ClinicalDocument& document, const std::string& anchor,
                  std::vector<Block>& blocks) {
  std::size_t number = 0;
  for (const evidence::DocumentSection& section : document.sections) {
    std::string title = section.title.empty() ? section.code.display : section.title;
    if (title.empty()) title = "Untitled section";
    const int level = static_cast<int>(std::min(3U + section.depth, 4U));
    blocks.push_back(heading(level, title, anchor + "-" + std::to_string(++number)));
    if (!section.sensitivity.empty() && section.sensitivity != "N") {
      blocks.push_back(
          quiet_paragraph("Confidentiality mark of the source: " + section.sensitivity));
    }
    if (!section.blocks.empty()) {
      append(blocks, narrative_blocks(section.blocks, level + 1));
    } else if (section.entries > 0) {
      blocks.push_back(quiet_paragraph(
          "No narrative; " + count_text(section.entries, "coded entry", "coded entries") + "."));
      add_coded_entries(lens, document, section, blocks);
    } else {
      blocks.push_back(quiet_paragraph("The section is empty in the source."));
    }
  }
}

void add_body(const ClinicalDocument& document, std::vector<Block>& blocks) {
  const std::string& type = document.unstructured_media_type;
  const std::string& bytes = document.unstructured_bytes;
  if (bytes.empty()) return;
  if (is_page_document(type)) {
    append(blocks, embedded(chart_title(document), bytes));
  } else if (type == "image/png" || type == "image/jpeg") {
    blocks.push_back(Image{type, bytes, chart_title(document)});
  } else if (type.starts_with("text/plain") || type.empty()) {
    blocks.push_back(Paragraph{words(base::to_valid_utf8(bytes)), true});
  } else {
    blocks.push_back(callout(Tone::caution, "Not shown",
                             "The body is of the kind " + type + " (" +
                                 count_text(bytes.size(), "byte") +
                                 "), which cannot be drawn. It is kept with the raw record."));
  }
}

void add_losses(const Lens& lens, const std::vector<const ClinicalDocument*>& documents,
                std::vector<Block>& blocks) {
  blocks.push_back(heading(2, "What could not be placed", "losses"));
  Table table;
  table.caption = "Parts of these documents that could not be placed";
  table.columns = {column("Source", 0.5), column("Where", 2.0), column("Reason", 2.5)};
  for (const evidence::Loss& loss : lens.record().losses) {
    const bool ours = std::any_of(documents.begin(), documents.end(),
                                  [&](const auto* one) { return one->source == loss.source; });
    if (!ours) continue;
    table.rows.push_back(
        {cell(Lens::source_name(loss.source)), cell(loss.locator), cell(loss.reason)});
  }
  if (table.rows.empty()) {
    blocks.push_back(quiet_paragraph("Nothing: every part of these documents is shown."));
  } else {
    blocks.push_back(std::move(table));
  }
}

Document provider_document(const Lens& lens, const std::string& provider,
                           const std::vector<const ClinicalDocument*>& documents) {
  Document report = start_document(lens, "Complete Medical Record", provider);
  add_section(order_section(lens), report.blocks);
  std::size_t number = 0;
  for (const ClinicalDocument* document : documents) {
    report.blocks.push_back(PageBreak{});
    add_clinical_document(lens, *document, "document-" + std::to_string(++number), report.blocks);
  }
  add_losses(lens, documents, report.blocks);
  for (const auto make : {coverage_section, identity_section, sources_section}) {
    add_section(make(lens), report.blocks);
  }
  return report;
}

bool usable(const Lens& lens, const ClinicalDocument& document) {
  return document.source < lens.record().sources.size() && !lens.blocked(document.source);
}

}  // namespace

void add_clinical_document(const Lens& lens, const ClinicalDocument& document,
                           const std::string& anchor, std::vector<Block>& blocks) {
  blocks.push_back(heading(2, chart_title(document), anchor));
  if (document.replaced) {
    blocks.push_back(callout(Tone::caution, "Replaced version",
                             "A newer version of this document exists; this one is kept and not "
                             "counted."));
  }
  blocks.push_back(header_block(lens, document));
  add_sections(lens, document, anchor, blocks);
  add_body(document, blocks);
}

bool has_ccda(const Lens& lens) {
  const auto& documents = lens.record().documents;
  return std::any_of(documents.begin(), documents.end(),
                     [&](const auto& document) { return usable(lens, document); });
}

std::vector<ProviderChart> ccdraw_documents(const Lens& lens) {
  std::map<std::string, std::vector<const ClinicalDocument*>> by_provider;
  for (const ClinicalDocument& document : lens.record().documents) {
    if (!usable(lens, document)) continue;
    by_provider[lens.record().sources[document.source].provider_id].push_back(&document);
  }
  std::vector<ProviderChart> charts;
  for (auto& [provider_id, documents] : by_provider) {
    std::stable_sort(documents.begin(), documents.end(), [](const auto* a, const auto* b) {
      if (a->effective.known() != b->effective.known()) return a->effective.known();
      if (a->effective.value != b->effective.value) return a->effective.value < b->effective.value;
      return a->id < b->id;
    });
    const std::string& name = lens.record().sources[documents.front()->source].provider_name;
    const Lens one(lens.record(), lens.context(), provider_id);
    charts.push_back({provider_id, provider_document(one, name, documents)});
  }
  return charts;
}

}  // namespace chartroom::report
