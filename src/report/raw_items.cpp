#include "report/raw_items.hpp"

#include <simdjson.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <set>
#include <sstream>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "evidence/ccda/xml.hpp"
#include "evidence/read.hpp"

namespace chartroom::report {
namespace {

using Pieces = std::map<std::string, std::string>;

std::string cut(std::string text) {
  if (text.size() <= kRawPieceBytes) return base::to_valid_utf8(text);
  const std::size_t rest = text.size() - kRawPieceBytes;
  text.resize(kRawPieceBytes);
  return base::to_valid_utf8(text) + "\n… and " + std::to_string(rest) + " bytes more";
}

/// "urn:uuid:0b1c", "https://x/fhir/Observation/0b1c" → "0b1c": what stands for a missing id.
std::string_view tail_of(std::string_view url) {
  if (url.starts_with("urn:uuid:")) url.remove_prefix(9);
  const auto slash = url.rfind('/');
  return slash == std::string_view::npos ? url : url.substr(slash + 1);
}

class FhirPieces {
 public:
  /// `whole`: with all their characters as received, else laid out and cut for people.
  FhirPieces(const std::set<std::string_view>& wanted, Pieces& found, bool whole)
      : wanted_(wanted), found_(found), whole_(whole) {}

  void read(std::string_view bytes, bool lines) {
    const simdjson::padded_string padded(bytes);
    simdjson::ondemand::parser parser;
    try {
      if (lines) {
        read_lines(bytes);
        return;
      }
      auto document = parser.iterate(padded);
      auto root = document.get_object();
      auto entries = root["entry"];
      if (entries.error() != simdjson::SUCCESS) {
        root.reset();
        take(root.value(), {});
        return;
      }
      for (auto entry : entries.get_array()) {
        auto object = entry.get_object();
        std::string_view url;
        if (object["fullUrl"].get_string().get(url) != simdjson::SUCCESS) url = {};
        simdjson::ondemand::object resource;
        if (object["resource"].get_object().get(resource) == simdjson::SUCCESS) {
          take(resource, url);
        }
      }
    } catch (const simdjson::simdjson_error&) {
      // The readers of evidence have said already what is wrong with the item.
    }
  }

 private:
  void read_lines(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      const std::string_view line = base::trim(bytes.substr(0, end));
      if (line.starts_with('{')) {
        simdjson::ondemand::parser parser;
        const simdjson::padded_string padded(line);
        auto document = parser.iterate(padded);
        take(document.get_object().value(), {});
      }
      if (end == std::string_view::npos) break;
      bytes.remove_prefix(end + 1);
    }
  }

  void take(simdjson::ondemand::object resource, std::string_view url) {
    std::string_view text;
    if (resource["resourceType"].get_string().get(text) != simdjson::SUCCESS) return;
    std::string locator(text);
    std::string_view id;
    if (resource["id"].get_string().get(id) != simdjson::SUCCESS) id = tail_of(url);
    if (!id.empty()) locator += "/" + std::string(id);
    if (!wanted_.contains(locator) || found_.contains(locator)) return;
    if (resource.reset().error() != simdjson::SUCCESS) return;
    std::string_view raw;
    if (resource.raw_json().get(raw) != simdjson::SUCCESS) return;
    found_[locator] =
        whole_ ? std::string(raw) : cut(laid_out_json(raw.substr(0, 4 * kRawPieceBytes)));
  }

  const std::set<std::string_view>& wanted_;
  Pieces& found_;
  bool whole_;
};

/// "entry[25]" → child 25 of that name; without a number the first.
pugi::xml_node step(pugi::xml_node from, std::string_view segment) {
  const auto open = segment.find('[');
  const std::string name(segment.substr(0, open));
  unsigned place = 1;
  if (open != std::string_view::npos) {
    (void)std::from_chars(segment.data() + open + 1, segment.data() + segment.size(), place);
  }
  for (const auto child : from.children(name.c_str())) {
    if (--place == 0) return child;
  }
  return {};
}

pugi::xml_node walk(pugi::xml_node from, const std::string& locator) {
  for (const std::string& segment : base::split(locator, '/')) {
    from = step(from, segment);
    if (!from) break;
  }
  return from;
}

void ccda_pieces(std::string_view bytes, const std::set<std::string_view>& wanted, Pieces& found) {
  pugi::xml_document tree;
  bool repaired = false;
  if (!evidence::ccda::load_xml(bytes, tree, repaired)) return;
  const auto root = tree.document_element();
  const auto body = root.child("component").child("structuredBody");
  for (const std::string_view locator : wanted) {
    auto node = walk(body, std::string(locator));
    if (!node) node = walk(root, std::string(locator));
    if (!node) continue;
    std::ostringstream text;
    node.print(text, "  ", pugi::format_indent);
    found[std::string(locator)] = cut(text.str());
  }
}

struct Attached {
  std::string data;  ///< base64
  std::string url;
};

std::string text_member(const boost::json::value& value, const char* key) {
  const auto* object = value.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(key);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string{} : std::string(*text);
}

boost::json::value parse_or_null(const std::string& text) {
  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = base::limits::kJsonDepth;
  boost::json::value value = boost::json::parse(text, error, {}, options);
  return error ? boost::json::value(nullptr) : value;
}

/// Attachments of DocumentReference.content, DiagnosticReport.presentedForm and Media.content.
std::vector<Attached> attached_to(const std::string& resource) {
  std::vector<Attached> found;
  const boost::json::value value = parse_or_null(resource);
  const auto* object = value.if_object();
  if (object == nullptr) return found;
  const auto add = [&](const boost::json::value& attachment) {
    found.push_back({text_member(attachment, "data"), text_member(attachment, "url")});
  };
  for (const char* key : {"content", "presentedForm"}) {
    const auto* list = object->if_contains(key);
    if (list == nullptr) continue;
    if (list->is_object()) add(*list);
    if (!list->is_array()) continue;
    for (const boost::json::value& each : list->as_array()) {
      const auto* inner = each.is_object() ? each.as_object().if_contains("attachment") : nullptr;
      add(inner == nullptr ? each : *inner);
    }
  }
  return found;
}

std::string binary_data(const std::string& resource) {
  return text_member(parse_or_null(resource), "data");
}

void keep_document(const std::string& base64, std::vector<std::string>& documents) {
  auto bytes = base::from_base64(base64);
  if (!bytes || bytes->size() > base::limits::kDocumentBytes) return;
  const auto detected = evidence::detect(*bytes);
  if (detected == evidence::Detected::pdf || detected == evidence::Detected::tiff) {
    documents.push_back(std::move(*bytes));
  }
}

/// Places of facts that are not shown, by source: withheld, withdrawn.
std::map<std::size_t, std::set<std::string>> hidden_places(const evidence::Record& record) {
  std::map<std::size_t, std::set<std::string>> places;
  for (const evidence::Fact& fact : record.facts) {
    if (!fact.hidden) continue;
    for (const evidence::SourceRef& ref : fact.sources) places[ref.source].insert(ref.locator);
  }
  return places;
}

/// True when the piece at `locator` would show something at one of `hidden`.
bool shows_hidden(const std::string& locator, const std::set<std::string>& hidden) {
  if (hidden.contains(locator)) return true;
  const std::string within = locator + "/";
  const auto first = hidden.lower_bound(within);
  return first != hidden.end() && first->starts_with(within);
}

/// Visits every span of a document.
template <typename Visit>
void each_span(const Document& document, Visit visit) {
  const auto all = [&](const Spans& spans) {
    for (const Span& span : spans) visit(span);
  };
  for (const Block& block : document.blocks) {
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) all(paragraph->spans);
    if (const auto* callout = std::get_if<Callout>(&block)) all(callout->spans);
    if (const auto* values = std::get_if<KeyValues>(&block)) {
      for (const KeyValues::Item& item : values->items) all(item.value);
    }
    if (const auto* list = std::get_if<List>(&block)) {
      for (const ListItem& item : list->items) all(item.spans);
    }
    if (const auto* table = std::get_if<Table>(&block)) {
      for (const auto& row : table->rows) {
        for (const Cell& cell : row) all(cell.spans);
      }
    }
  }
}

}  // namespace

std::string laid_out_json(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool quoted = false;
  const auto line = [&] {
    out += '\n';
    out.append(2 * depth, ' ');
  };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      out += c;
      if (c == '\\' && i + 1 < json.size()) out += json[++i];
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
      out += c;
    } else if (c == '{' || c == '[') {
      out += c;
      ++depth;
      line();
    } else if (c == '}' || c == ']') {
      depth -= depth > 0 ? 1 : 0;
      line();
      out += c;
    } else if (c == ',') {
      out += c;
      line();
    } else if (c == ':') {
      out += ": ";
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      out += c;
    }
    if (depth > 200) break;  // deeper than any record: the rest is cut
  }
  return out;
}

Pieces RawItems::pieces(std::size_t source, const std::vector<std::string>& locators) const {
  Pieces found;
  const auto& raw = lens_.context().raw_items;
  if (source >= raw.size() || raw[source].empty() || lens_.blocked(source)) return found;
  const std::set<std::string_view> wanted(locators.begin(), locators.end());
  switch (evidence::detect(raw[source])) {
    case evidence::Detected::fhir_json:
      FhirPieces(wanted, found, false).read(raw[source], false);
      break;
    case evidence::Detected::fhir_ndjson:
      FhirPieces(wanted, found, false).read(raw[source], true);
      break;
    case evidence::Detected::ccda:
      ccda_pieces(raw[source], wanted, found);
      break;
    case evidence::Detected::ccda_fragment:
    case evidence::Detected::pdf:
    case evidence::Detected::tiff:
    case evidence::Detected::unknown:
      break;
  }
  return found;
}

Pieces RawItems::resources(std::size_t source, const std::vector<std::string>& locators) const {
  Pieces found;
  const auto& raw = lens_.context().raw_items;
  if (source >= raw.size() || raw[source].empty() || lens_.blocked(source)) return found;
  const auto detected = evidence::detect(raw[source]);
  const std::set<std::string_view> wanted(locators.begin(), locators.end());
  if (detected == evidence::Detected::fhir_json || detected == evidence::Detected::fhir_ndjson) {
    FhirPieces(wanted, found, true).read(raw[source], detected == evidence::Detected::fhir_ndjson);
  }
  return found;
}

std::map<std::string, std::vector<std::string>> RawItems::documents(
    std::size_t source, const std::vector<std::string>& locators) const {
  std::map<std::string, std::vector<std::string>> found;
  std::map<std::string, std::vector<std::string>> by_binary;  // documents that name a Binary
  std::vector<std::string> binaries;
  for (const auto& [locator, text] : resources(source, locators)) {
    for (const Attached& each : attached_to(text)) {
      if (each.data.empty() && each.url.starts_with("Binary/")) {
        by_binary[each.url].push_back(locator);
        binaries.push_back(each.url);
      } else {
        keep_document(each.data, found[locator]);
      }
    }
  }
  if (binaries.empty()) return found;
  for (const auto& [url, text] : resources(source, binaries)) {
    const std::string data = binary_data(text);
    for (const std::string& locator : by_binary[url]) keep_document(data, found[locator]);
  }
  return found;
}

void attach_raw_items(Document& document, const RawItems& raw) {
  std::map<std::size_t, std::vector<std::string>> wanted;
  each_span(document, [&](const Span& span) {
    std::size_t source = 0;
    const auto space = span.raw.find(' ');
    if (!span.raw.starts_with('S') || space == std::string::npos) return;
    (void)std::from_chars(span.raw.data() + 1, span.raw.data() + space, source);
    if (source > 0) wanted[source - 1].push_back(span.raw.substr(space + 1));
  });
  std::size_t bytes = 0;
  auto hidden = hidden_places(raw.lens().record());
  for (auto& [source, locators] : wanted) {
    std::sort(locators.begin(), locators.end());
    locators.erase(std::unique(locators.begin(), locators.end()), locators.end());
    const std::set<std::string>& unseen = hidden[source];
    std::erase_if(locators, [&](const std::string& place) { return shows_hidden(place, unseen); });
    for (auto& [locator, text] : raw.pieces(source, locators)) {
      bytes += text.size();
      if (bytes > kRawBytes) break;
      document.raw_items.push_back({Lens::source_name(source) + " " + locator, std::move(text)});
    }
  }
  std::sort(document.raw_items.begin(), document.raw_items.end(),
            [](const RawPiece& a, const RawPiece& b) { return a.name < b.name; });
}

}  // namespace chartroom::report
