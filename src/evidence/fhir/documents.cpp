// DiagnosticReport (R4 §10.3), DocumentReference (§2.42), Media (§10.4): whatever has attachments.

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "evidence/fhir/context.hpp"
#include "evidence/identity.hpp"
#include "evidence/rtf.hpp"

namespace chartroom::evidence::fhir {
namespace {

struct Attachment {
  std::string media_type;  ///< without parameters, lower case
  std::string bytes;
  bool present = false;
};

// Content of an Attachment: its own data, or the Binary that its url names.
Attachment fetch(const Context& context, const Json& json) {
  Attachment attachment;
  const Json* data = &json["data"];
  std::string media_type = json["contentType"].text();
  if (!data->exists()) {
    const Json* binary = context.index.resolve(json["url"].string(), context.resource);
    if (binary != nullptr && (*binary)["resourceType"].string() == "Binary") {
      data = &(*binary)["data"];
      if (media_type.empty()) media_type = (*binary)["contentType"].text();
    }
  }
  attachment.media_type =
      base::to_lower_ascii(base::trim(media_type.substr(0, media_type.find(';'))));
  if (!data->exists()) return attachment;
  auto bytes = base::from_base64(data->string());
  if (!bytes || bytes->size() > base::limits::kDocumentBytes) {
    context.lose(bytes ? "an attachment is larger than a document may be"
                       : "the base64 text of an attachment is broken");
    return attachment;
  }
  attachment.bytes = std::move(*bytes);
  attachment.present = true;
  return attachment;
}

// A C-CDA inside the record of a patient names its own patient. Only when both are certainly the
// same person do its facts join; dates of death and order play no part in that.
bool same_person(Person of_record, Person of_document) {
  of_record.is_deceased = of_document.is_deceased = false;
  of_record.deceased = of_document.deceased = When{};
  const base::Date on{9999, 12, 31};
  return match_identity(of_record, of_document, Trust::portal, on).verdict == Verdict::accept;
}

void prefix(std::string& locator, const std::string& with) {
  if (!locator.empty()) locator = with + "/" + locator;
}

// True when the document's content entered the reading.
bool join_ccda(const Context& context, const std::string& xml) {
  auto inner = read_ccda(xml);
  if (!inner) {
    context.lose("the C-CDA document inside cannot be read: " + inner.error().message);
    return false;
  }
  if (!same_person(context.reading.person, inner->person)) {
    context.lose("the C-CDA document inside is not certainly about the same person");
    return false;
  }
  for (Fact& fact : inner->facts) {
    for (SourceRef& source : fact.sources) prefix(source.locator, context.locator);
    prefix(fact.encounter_ref, context.locator);
    prefix(fact.group_id, context.locator);
    context.reading.facts.push_back(std::move(fact));
  }
  for (ClinicalDocument& document : inner->documents) {
    context.reading.documents.push_back(std::move(document));
  }
  for (Loss& loss : inner->losses) {
    prefix(loss.locator, context.locator);
    context.reading.losses.push_back(std::move(loss));
  }
  return true;
}

void append_image(const Attachment& attachment, const Json& json, Fact& fact) {
  NarrativeBlock block;
  block.type = NarrativeBlock::Type::image;
  block.media_type = attachment.media_type;
  block.media_bytes = attachment.bytes;
  block.caption = json["title"].text();
  fact.narrative.push_back(std::move(block));
}

void read_attachment(const Context& context, const Json& json, Fact& fact) {
  const Attachment attachment = fetch(context, json);
  fact.set("media_type", attachment.media_type);
  fact.set("title", json["title"].text());
  if (!attachment.present) {
    if (json["url"].exists() && !json["data"].exists()) {
      context.lose("the document's content was not sent, only its address");
    }
    return;
  }
  const Detected detected = detect(attachment.bytes);
  if (detected == Detected::ccda) {
    fact.set("media_type", "application/hl7-v3+xml");
    (void)join_ccda(context, attachment.bytes);
  } else if (detected == Detected::pdf) {
    // The bytes stay in the stored raw item; the report finds them by this fact's locator.
    fact.set("media_type", "application/pdf");
  } else if (detected == Detected::tiff) {
    fact.set("media_type", "image/tiff");
  } else if (attachment.media_type == "image/png" || attachment.media_type == "image/jpeg") {
    append_image(attachment, json, fact);
  } else if (attachment.media_type == "text/html" ||
             attachment.media_type.starts_with("application/xhtml")) {
    if (!html_blocks(attachment.bytes, fact.narrative)) {
      context.lose("an HTML attachment is not well-formed");
    }
  } else if (is_rtf(attachment.bytes)) {
    for (NarrativeBlock& block : text_blocks(rtf_text(attachment.bytes))) {
      fact.narrative.push_back(std::move(block));
    }
  } else if (attachment.media_type.starts_with("text/plain") ||
             (attachment.media_type.empty() && base::is_valid_utf8(attachment.bytes))) {
    for (NarrativeBlock& block : text_blocks(attachment.bytes)) {
      fact.narrative.push_back(std::move(block));
    }
  } else {
    context.lose("an attachment of type \"" + attachment.media_type + "\" is kept, not shown");
  }
}

When report_time(const Json& resource) {
  When when = first_when(resource, {"effectiveDateTime"});
  if (!when.known()) when = first_when(resource["effectivePeriod"], {"start", "end"});
  return when.known() ? when : first_when(resource, {"issued"});
}

}  // namespace

void read_diagnostic_report(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::result, resource["code"]);
  fact.category = first_code(resource["category"][0]);
  fact.when = report_time(resource);
  fact.performer = context.display(resource["performer"][0]);
  const std::string conclusion = resource["conclusion"].text();
  const bool has_form = resource["presentedForm"].exists();
  if (has_form) {
    Fact document = fact;
    document.kind = Kind::document;
    document.author = fact.performer;
    document.set("author", fact.performer);
    for (const Json& form : resource["presentedForm"]) read_attachment(context, form, document);
    context.add(std::move(document));
  }
  // The members of a panel are facts of their own; the panel's frame would only repeat its name.
  const bool says_something = !conclusion.empty() || resource["conclusionCode"].exists();
  if (!says_something && (has_form || resource["result"].exists())) return;
  fact.value.raw = conclusion.empty() ? concept_texts(resource["conclusionCode"]) : conclusion;
  for (const Json& code : resource["conclusionCode"]) {
    for (Code& each : read_codes(code)) fact.codes.push_back(std::move(each));
  }
  context.add(std::move(fact));
}

void read_document_reference(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::document, resource["type"]);
  fact.category = first_code(resource["category"][0]);
  fact.when = first_when(resource["context"]["period"], {"start"});
  if (!fact.when.known()) fact.when = first_when(resource, {"date"});
  fact.author = context.display(resource["author"][0]);
  fact.set("author", fact.author);
  fact.organization = context.display(resource["custodian"]);
  fact.set("title", resource["description"].text());
  if (resource["docStatus"].string() == "entered-in-error") {
    hide(fact, "entered in error");
  }
  if (fact.text.empty()) fact.text = resource["description"].text();
  if (fact.text.empty()) fact.text = "Document";
  for (const Json& content : resource["content"]) {
    read_attachment(context, content["attachment"], fact);
  }
  context.add(std::move(fact));
}

void read_media(const Context& context) {
  const Json& resource = context.resource;
  Fact fact = context.start(Kind::document, resource["type"]);
  fact.category = "media";
  fact.when = first_when(resource, {"createdDateTime"});
  if (!fact.when.known()) fact.when = first_when(resource["createdPeriod"], {"start"});
  if (!fact.when.known()) fact.when = first_when(resource, {"issued"});
  fact.author = context.display(resource["operator"]);
  fact.set("title", resource["content"]["title"].text());
  if (fact.text.empty()) fact.text = "Media";
  read_attachment(context, resource["content"], fact);
  context.add(std::move(fact));
}

}  // namespace chartroom::evidence::fhir
