// The complete medical record: every C-CDA document of a provider, section by section, as authored.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "report/blocks.hpp"
#include "report/reports.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

using evidence::ClinicalDocument;

std::string title_of(const ClinicalDocument& document) {
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

void add_sections(const ClinicalDocument& document, const std::string& anchor,
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
      blocks.push_back(quiet_paragraph("No narrative; " +
                                       count_text(section.entries, "coded entry", "coded entries") +
                                       " (shown in the health check)."));
    } else {
      blocks.push_back(quiet_paragraph("The section is empty in the source."));
    }
  }
}

void add_body(const ClinicalDocument& document, std::vector<Block>& blocks) {
  const std::string& type = document.unstructured_media_type;
  const std::string& bytes = document.unstructured_bytes;
  if (bytes.empty()) return;
  if (type == "application/pdf") {
    blocks.push_back(EmbeddedPdf{title_of(document), bytes});
  } else if (type == "image/png" || type == "image/jpeg") {
    blocks.push_back(Image{type, bytes, title_of(document)});
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
  const evidence::Person& applicant = lens.record().applicant;
  Document report;
  report.title = "Complete Medical Record";
  report.subtitle = applicant.display_name() + " · " + provider;
  report.created = lens.context().created;
  report.footer = applicant.display_name();
  if (applicant.birth_date) report.footer += " · born " + applicant.birth_date->iso();
  report.footer += " · order " + lens.context().order_id + " · not an underwriting decision";
  report.with_contents = true;
  std::size_t number = 0;
  for (const ClinicalDocument* document : documents) {
    const std::string anchor = "document-" + std::to_string(++number);
    if (number > 1) report.blocks.push_back(PageBreak{});
    report.blocks.push_back(heading(2, title_of(*document), anchor));
    if (document->replaced) {
      report.blocks.push_back(callout(Tone::caution, "Replaced version",
                                      "A newer version of this document exists; this one is kept "
                                      "and not counted."));
    }
    report.blocks.push_back(header_block(lens, *document));
    add_sections(*document, anchor, report.blocks);
    add_body(*document, report.blocks);
  }
  add_losses(lens, documents, report.blocks);
  return report;
}

bool usable(const Lens& lens, const ClinicalDocument& document) {
  return document.source < lens.record().sources.size() && !lens.blocked(document.source);
}

}  // namespace

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
    charts.push_back({provider_id, provider_document(lens, name, documents)});
  }
  return charts;
}

}  // namespace chartroom::report
