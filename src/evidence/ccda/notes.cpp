// Notes, comments and references to imaging studies (C-CDA Companion Guide, Note Activity).
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/narrative.hpp"
#include "evidence/ccda/templates.hpp"

namespace chartroom::evidence::ccda {
namespace {

/// What a copy of the narrative below `node` costs in memory and time, in bytes.
std::size_t weight_of(pugi::xml_node node) {
  std::size_t bytes = sizeof(NarrativeSpan) + std::string_view(node.value()).size();
  for (const auto child : node.children()) bytes += weight_of(child);
  return bytes;
}

/// The note's own words: encoded, inline, or in the section's narrative.
std::vector<NarrativeBlock> note_body(Context& context, const Statement& statement) {
  const auto text = statement.node.child("text");
  if (std::string_view(text.attribute("representation").value()) == "B64") {
    const std::string_view type = text.attribute("mediaType").value();
    const std::string_view encoded = text.text().get();
    auto decoded = base::from_base64(encoded);
    if (decoded && (type.empty() || type.starts_with("text/plain")) &&
        context.spend(encoded.size())) {
      return plain_narrative(base::to_valid_utf8(*decoded));
    }
    if (!text.child("reference")) {
      context.lose(statement.locator + "/text", "A note's content is of a type that is not shown.");
      return {};
    }
  }
  const auto target = context.referenced(text);
  if (target && context.spend(1) && context.spend(weight_of(target))) {
    return read_narrative(context, target, statement.locator);
  }
  if (target) {
    context.lose(statement.locator, "A note's text is repeated too often and was left out here.");
    return {};
  }
  return plain_narrative(flat_text(text, 1'000'000));
}

}  // namespace

void read_note(Context& context, const Scope& scope, const Statement& statement) {
  const auto node = statement.node;
  Fact fact = start_fact(scope, statement, Kind::document, true);
  fact.category = has_template(node, templates::kComment) ? "comment" : "note";
  // The translation says what kind of note it is; the code itself is always "note" (34109-9).
  fact.codes = read_codes(context, node.child("code"));
  const auto translation = present_child(node.child("code"), "translation");
  fact.text = coded_words(context, translation);
  if (fact.text.empty()) fact.text = coded_words(context, node.child("code"));
  if (fact.text.empty()) fact.text = "Note";
  fact.narrative = note_body(context, statement);
  if (!fact.when.known() || fact.when.inferred) {
    const auto written = read_time(node.child("author").child("time"));
    if (written.known()) fact.when = written;
  }
  fact.status = status_of(node, "final");
  hide_if_withdrawn(fact);
  fact.set("title", fact.text);
  const std::string media_type = node.child("text").attribute("mediaType").value();
  fact.set("media_type", media_type);
  fact.set("author", fact.author);
  const bool said_something = !fact.narrative.empty();
  context.add(std::move(fact));
  if (!said_something && !node.child("reference")) {
    context.lose(statement.locator, "A note's text could not be found in the document.");
  }
}

void read_referenced_document(Context& context, const Scope& scope, const Statement& statement) {
  std::size_t place = 0;
  for (const auto reference : statement.node.children("reference")) {
    ++place;
    const auto external = reference.child("externalDocument");
    if (!external) continue;
    Fact fact = start_fact(scope, statement, Kind::document, false);
    fact.sources.front().locator += "/reference[" + std::to_string(place) + "]";
    fact.category = "referenced-document";
    fact.codes = read_codes(context, external.child("code"));
    fact.text = coded_words(context, external.child("code"));
    if (fact.text.empty()) fact.text = context.text_of(external.child("text"));
    if (fact.text.empty()) fact.text = "Referenced document";
    fact.status = status_of(statement.node, "final");
    hide_if_withdrawn(fact);
    fact.set("title", fact.text);
    context.add(std::move(fact));
  }
  read_nested(context, scope, statement);
}

void read_imaging_study(Context& context, const Scope& scope, const Statement& statement) {
  // The images themselves stand outside of the document and are referred to by their DICOM ids.
  Fact fact = start_fact(scope, statement, Kind::document, true);
  fact.category = "imaging-study";
  fact.codes = read_codes(context, statement.node.child("code"));
  fact.text = coded_words(context, statement.node.child("code"));
  if (fact.text.empty()) fact.text = "Imaging study";
  fact.status = status_of(statement.node, "final");
  hide_if_withdrawn(fact);
  fact.set("title", fact.text);
  context.add(std::move(fact));
}

}  // namespace chartroom::evidence::ccda
