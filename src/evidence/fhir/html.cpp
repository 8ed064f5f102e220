#include <algorithm>
#include <array>
#include <pugixml.hpp>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "evidence/fhir/values.hpp"

namespace chartroom::evidence::fhir {
namespace {

// Elements whose content is no text for a reader.
bool is_silent(std::string_view name) {
  return name == "script" || name == "style" || name == "head" || name == "template";
}

bool starts_block(std::string_view name) {
  constexpr std::array<std::string_view, 14> kBlocks{
      "p", "div", "li", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "body", "dt"};
  return std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end();
}

bool is_heading(std::string_view name) {
  return name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6';
}

class HtmlReader {
 public:
  explicit HtmlReader(std::vector<NarrativeBlock>& out) : out_(out) {}

  // False when nested too deeply.
  bool read(const pugi::xml_node& node, std::size_t depth) {
    if (depth > base::limits::kXmlDepth) return false;
    for (const pugi::xml_node& child : node.children()) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
        append(child.value());
      } else if (child.type() == pugi::node_element && !element(child, depth)) {
        return false;
      }
    }
    return true;
  }

  void finish() {
    if (!block_.spans.empty()) out_.push_back(std::move(block_));
    block_ = NarrativeBlock{};
  }

 private:
  bool element(const pugi::xml_node& node, std::size_t depth) {
    const std::string name = base::to_lower_ascii(node.name());
    if (is_silent(name)) return true;
    if (name == "br") {
      NarrativeSpan span;
      span.line_break = true;
      if (!block_.spans.empty()) block_.spans.push_back(std::move(span));
      return true;
    }
    const bool block = starts_block(name);
    if (block) {
      finish();
      if (is_heading(name)) block_.type = NarrativeBlock::Type::heading;
      if (name == "li") block_.type = NarrativeBlock::Type::list_item;
    }
    const bool bold_before = bold_;
    if (name == "b" || name == "strong" || name == "th") bold_ = true;
    const bool fine = read(node, depth + 1);
    bold_ = bold_before;
    if (name == "td" || name == "th") append("  ");
    if (block) finish();
    return fine;
  }

  void append(std::string_view text) {
    std::string clean;
    for (const char c : text) {
      const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
      if (!space) {
        clean += c;
      } else if (clean.empty() || clean.back() != ' ') {
        clean += ' ';
      }
    }
    if (clean == " " && block_.spans.empty()) return;
    if (clean.empty()) return;
    NarrativeSpan span;
    span.text = base::to_valid_utf8(clean);
    span.bold = bold_;
    block_.spans.push_back(std::move(span));
  }

  std::vector<NarrativeBlock>& out_;
  NarrativeBlock block_;
  bool bold_ = false;
};

// pugixml parses without recursion but frees its tree with it, so depth is looked at beforehand.
bool too_deep(std::string_view html) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i + 1 < html.size(); ++i) {
    if (html[i] != '<') continue;
    if (html[i + 1] == '/') {
      if (depth > 0) --depth;
    } else if (html[i + 1] != '!' && html[i + 1] != '?') {
      const std::size_t end = html.find('>', i);
      if (end == std::string_view::npos) return false;
      if (html[end - 1] != '/' && ++depth > base::limits::kXmlDepth) return true;
    }
  }
  return false;
}

}  // namespace

bool html_blocks(std::string_view html, std::vector<NarrativeBlock>& out) {
  if (too_deep(html)) return false;
  pugi::xml_document document;
  if (!document.load_buffer(html.data(), html.size(),
                            pugi::parse_default | pugi::parse_ws_pcdata)) {
    return false;
  }
  std::vector<NarrativeBlock> blocks;
  HtmlReader reader(blocks);
  if (!reader.read(document, 1)) return false;
  reader.finish();
  out.insert(out.end(), std::make_move_iterator(blocks.begin()),
             std::make_move_iterator(blocks.end()));
  return true;
}

}  // namespace chartroom::evidence::fhir
