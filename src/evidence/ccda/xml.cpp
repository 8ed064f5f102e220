#include "evidence/ccda/xml.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace chartroom::evidence::ccda {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::string_view kHl7 = "urn:hl7-org:v3";
constexpr std::string_view kSdtc = "urn:hl7-org:sdtc";
constexpr std::string_view kSchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

std::string_view local_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// A name in a tag ends before one of these.
constexpr std::array<bool, 256> kEndsName = [] {
  std::array<bool, 256> ends{};
  for (const char c : {' ', '\t', '\r', '\n', '>', '/', '<', '='}) {
    ends.at(static_cast<unsigned char>(c)) = true;
  }
  return ends;
}();

/// Elements of CDA R2 that published examples show on their own.
bool is_cda_element(std::string_view name) {
  static constexpr std::array kNames = {"act",
                                        "addr",
                                        "assignedAuthor",
                                        "assignedEntity",
                                        "author",
                                        "authenticator",
                                        "code",
                                        "authorization",
                                        "component",
                                        "componentOf",
                                        "confidentialityCode",
                                        "consent",
                                        "consumable",
                                        "criterion",
                                        "custodian",
                                        "dataEnterer",
                                        "documentationOf",
                                        "effectiveTime",
                                        "encompassingEncounter",
                                        "encounter",
                                        "encounterParticipant",
                                        "entry",
                                        "entryRelationship",
                                        "externalDocument",
                                        "guardian",
                                        "id",
                                        "inFulfillmentOf",
                                        "informant",
                                        "informationRecipient",
                                        "languageCommunication",
                                        "legalAuthenticator",
                                        "manufacturedProduct",
                                        "name",
                                        "nonXMLBody",
                                        "observation",
                                        "observationRange",
                                        "organizer",
                                        "participant",
                                        "participantRole",
                                        "patient",
                                        "patientRole",
                                        "performer",
                                        "playingDevice",
                                        "precondition",
                                        "procedure",
                                        "realmCode",
                                        "recordTarget",
                                        "reference",
                                        "relatedDocument",
                                        "relatedSubject",
                                        "section",
                                        "serviceEvent",
                                        "setId",
                                        "signatureText",
                                        "specimen",
                                        "structuredBody",
                                        "substanceAdministration",
                                        "supply",
                                        "telecom",
                                        "templateId",
                                        "text",
                                        "typeId",
                                        "value",
                                        "versionNumber"};
  return std::ranges::find(kNames, name) != kNames.end();
}

/// One pass over the markup with a stack of open element names.
class Inspector {
 public:
  explicit Inspector(std::string_view text) : text_(text) {}

  base::Result<XmlShape> run() {
    while (at_ < text_.size()) {
      const auto open = text_.find('<', at_);
      if (auto ok =
              check_text(text_.substr(at_, open == std::string_view::npos ? open : open - at_));
          !ok) {
        return base::pass_on(ok.error());
      }
      if (open == std::string_view::npos) break;
      at_ = open + 1;
      if (auto ok = markup(); !ok) return base::pass_on(ok.error());
    }
    if (shape_.elements == 0) return fail(ErrorCode::corrupt, "The document is not XML.");
    if (!open_.empty()) return broken("an element is not closed");
    return std::move(shape_);
  }

 private:
  static tl::unexpected<base::Error> broken(std::string_view why) {
    return fail(ErrorCode::corrupt,
                "The document is not well-formed XML: " + std::string(why) + ".");
  }

  base::Result<void> check_text(std::string_view text) const {
    if (!open_.empty() || std::ranges::all_of(text, is_space)) return {};
    if (shape_.elements == 0) return fail(ErrorCode::corrupt, "The document is not XML.");
    return broken("there is text outside of its root element");
  }

  base::Result<void> skip_to(std::string_view end) {
    const auto found = text_.find(end, at_);
    if (found == std::string_view::npos) return broken("it ends inside of markup");
    at_ = found + end.size();
    return {};
  }

  base::Result<void> markup() {
    const auto rest = text_.substr(at_);
    if (rest.starts_with('/')) return end_tag();
    if (!rest.starts_with('!') && !rest.starts_with('?')) return start_tag();
    if (rest.starts_with("!--")) {
      at_ += 3;
      return skip_to("-->");
    }
    if (rest.starts_with("![CDATA[")) {
      if (open_.empty()) return broken("there is text outside of its root element");
      return skip_to("]]>");
    }
    if (rest.starts_with('?')) return skip_to("?>");
    return fail(ErrorCode::corrupt,
                "The document declares a DOCTYPE or entities, which clinical documents never "
                "need and which are refused for safety.");
  }

  std::string_view name() {
    const auto start = at_;
    while (at_ < text_.size() && !kEndsName[static_cast<unsigned char>(text_[at_])]) ++at_;
    return text_.substr(start, at_ - start);
  }

  base::Result<void> end_tag() {
    ++at_;
    const auto closed = name();
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ >= text_.size() || text_[at_] != '>') return broken("it ends inside of a tag");
    ++at_;
    if (open_.empty() || open_.back() != closed) return broken("its elements are not nested");
    open_.pop_back();
    return {};
  }

  base::Result<void> start_tag() {
    if (at_ >= text_.size() || !is_name_start(text_[at_])) {
      return broken("a '<' stands where no tag begins");
    }
    const auto opened = name();
    if (shape_.elements == 0) {
      shape_.root = local_name(opened);
      if (auto ok = check_root(); !ok) return ok;
    } else if (open_.empty()) {
      return broken("it has more than one root element");
    }
    if (++shape_.elements > kXmlElements) {
      return fail(ErrorCode::too_large, "The document has more XML elements than the limit.");
    }
    if (open_.size() >= base::limits::kXmlDepth) {
      return fail(ErrorCode::corrupt, "The document nests XML elements deeper than " +
                                          std::to_string(base::limits::kXmlDepth) + " levels.");
    }
    auto closed = attributes();
    if (!closed) return base::pass_on(closed.error());
    if (!*closed) open_.push_back(opened);
    return {};
  }

  base::Result<void> check_root() const {
    if (shape_.root == "ClinicalDocument") return {};
    if (is_cda_element(shape_.root)) {
      return fail(
          ErrorCode::corrupt,
          "This is a fragment of a C-CDA document and not a whole one: it names no patient.");
    }
    return fail(ErrorCode::corrupt, "The document is XML but no C-CDA document.");
  }

  /// Reads to the end of a start tag; true when the element is empty ("/>").
  base::Result<bool> attributes() {
    while (true) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      if (at_ >= text_.size()) return broken("it ends inside of a tag");
      if (text_[at_] == '>') {
        ++at_;
        return false;
      }
      if (text_[at_] == '/' && text_.substr(at_).starts_with("/>")) {
        at_ += 2;
        return true;
      }
      if (auto ok = attribute(); !ok) return base::pass_on(ok.error());
    }
  }

  base::Result<void> attribute() {
    if (!is_name_start(text_[at_])) return broken("a tag holds something that is no attribute");
    if (++attributes_ > kXmlAttributes) {
      return fail(ErrorCode::too_large, "The document has more XML attributes than the limit.");
    }
    name();
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ >= text_.size() || text_[at_] != '=') return broken("an attribute has no value");
    ++at_;
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) {
      return broken("an attribute's value is not quoted");
    }
    const auto close = text_.find(text_[at_], at_ + 1);
    if (close == std::string_view::npos) return broken("it ends inside of a tag");
    if (text_.substr(at_, close - at_).find('<') != std::string_view::npos) {
      return broken("an attribute's value holds a '<'");
    }
    at_ = close + 1;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t attributes_ = 0;
  XmlShape shape_;
  std::vector<std::string_view> open_;
};

/// Most namespace declarations in scope at once; more are ignored, and what they name is "other:".
constexpr std::size_t kBindings = 64;

struct Binding {
  std::string prefix;
  std::string uri;
};

std::string_view prefix_of(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view{} : name.substr(0, colon);
}

std::string_view uri_of(const std::vector<Binding>& bindings, std::string_view prefix) {
  for (auto it = bindings.rbegin(); it != bindings.rend(); ++it) {
    if (it->prefix == prefix) return it->uri;
  }
  // Documents in the field forget these two declarations; there is no other meaning of them.
  if (prefix == "xsi") return kSchemaInstance;
  if (prefix == "sdtc") return kSdtc;
  return {};
}

/// Whether an attribute may declare a namespace or be of one: few elements have such.
bool has_namespaces(pugi::xml_node element) {
  for (auto one = element.first_attribute(); one; one = one.next_attribute()) {
    const char* name = one.name();
    if (*name == 'x') return true;
    while (*name != '\0' && *name != ':') ++name;
    if (*name == ':') return true;
  }
  return false;
}

void bind(std::vector<Binding>& bindings, pugi::xml_node element) {
  for (const auto attribute : element.attributes()) {
    const std::string_view name = attribute.name();
    if (bindings.size() >= kBindings) return;
    if (name == "xmlns") {
      bindings.push_back({"", attribute.value()});
    } else if (name.starts_with("xmlns:")) {
      bindings.push_back({std::string(name.substr(6)), attribute.value()});
    }
  }
}

/// Names become canonical (see the header). Recursion is bounded by limits::kXmlDepth.
void canonicalise(pugi::xml_node element, std::vector<Binding>& bindings, bool bare_is_hl7) {
  const auto outer = bindings.size();
  const bool is_special = has_namespaces(element);
  if (is_special) bind(bindings, element);
  const std::string_view name = element.name();
  const auto uri = uri_of(bindings, prefix_of(name));
  auto rename = [element](std::string_view prefix, std::string_view local) mutable {
    element.set_name((std::string(prefix) + std::string(local)).c_str());
  };
  if (uri == kSdtc) {
    rename("sdtc:", local_name(name));
  } else if (uri != kHl7 && !(bare_is_hl7 && uri.empty())) {
    rename("other:", local_name(name));
  } else if (name.find(':') != std::string_view::npos) {
    rename("", local_name(name));
  }
  for (auto attribute = is_special ? element.first_attribute() : pugi::xml_attribute(); attribute;
       attribute = attribute.next_attribute()) {
    const std::string_view full = attribute.name();
    if (full.find(':') == std::string_view::npos || full.starts_with("xmlns:")) continue;
    if (uri_of(bindings, prefix_of(full)) == kSchemaInstance && local_name(full) == "type") {
      // Most are written so; a name that is set is a copy.
      if (full != "xsi:type") attribute.set_name("xsi:type");
      const std::string_view type = local_name(attribute.value());
      if (type != attribute.value()) attribute.set_value(std::string(type).c_str());
    }
  }
  for (auto child = element.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_element) canonicalise(child, bindings, bare_is_hl7);
  }
  bindings.resize(outer);
}

}  // namespace

base::Result<XmlShape> inspect_xml(std::string_view utf8) { return Inspector(utf8).run(); }

base::Result<void> load_xml(std::string_view bytes, pugi::xml_document& tree, bool& repaired) {
  if (bytes.size() > base::limits::kDocumentBytes) {
    return fail(ErrorCode::too_large, "The document is larger than the limit of 50 MiB.");
  }
  auto text = to_utf8(bytes, repaired);
  if (!text) return base::pass_on(text.error());
  if (auto shape = inspect_xml(*text); !shape) return base::pass_on(shape.error());
  // White space between <content> elements separates words, so it is kept.
  const auto parsed = tree.load_buffer(
      text->data(), text->size(), pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  if (!parsed) return fail(ErrorCode::corrupt, "The document is not well-formed XML.");
  auto root = tree.document_element();
  std::vector<Binding> bindings;
  // A document without any namespace is read as if it had HL7's; one with a foreign one is not.
  const bool bare = !root.attribute("xmlns") && prefix_of(root.name()).empty();
  canonicalise(root, bindings, bare);
  if (std::string_view(root.name()) != "ClinicalDocument") {
    return fail(ErrorCode::corrupt, "The document is XML but no C-CDA document.");
  }
  return {};
}

}  // namespace chartroom::evidence::ccda
