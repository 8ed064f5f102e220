#include "evidence/ccda/narrative.hpp"

#include <algorithm>
#include <map>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "evidence/ccda/datatypes.hpp"

namespace chartroom::evidence::ccda {
namespace {

constexpr unsigned kMostSpan = 1'000;  // columns or rows that one cell may claim

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool same_style(const NarrativeSpan& a, const NarrativeSpan& b) {
  return a.bold == b.bold && a.italic == b.italic && a.underline == b.underline &&
         a.superscript == b.superscript && a.subscript == b.subscript && !a.line_break &&
         !b.line_break;
}

/// Appends text in a style; white space is collapsed across spans.
void append(std::vector<NarrativeSpan>& spans, std::string_view text, const NarrativeSpan& style) {
  std::string collapsed;
  bool after_space = spans.empty() || spans.back().line_break || spans.back().text.ends_with(' ');
  for (const char c : text) {
    if (!is_space(c)) {
      collapsed += c;
    } else if (!after_space) {
      collapsed += ' ';
    }
    after_space = is_space(c);
  }
  if (collapsed.empty()) return;
  if (!spans.empty() && same_style(spans.back(), style)) {
    spans.back().text += collapsed;
    return;
  }
  NarrativeSpan span = style;
  span.text = std::move(collapsed);
  spans.push_back(std::move(span));
}

void append_break(std::vector<NarrativeSpan>& spans) {
  if (!spans.empty() && spans.back().text.ends_with(' ')) spans.back().text.pop_back();
  NarrativeSpan span;
  span.line_break = true;
  spans.push_back(std::move(span));
}

/// Cuts what is invisible from both ends.
void trim(std::vector<NarrativeSpan>& spans) {
  const auto first = std::ranges::find_if(spans, [](const auto& span) { return !span.line_break; });
  spans.erase(spans.begin(), first);
  while (!spans.empty()) {
    auto& last = spans.back();
    while (last.text.ends_with(' ')) last.text.pop_back();
    if (!last.text.empty()) break;
    spans.pop_back();
  }
}

unsigned span_attribute(pugi::xml_node cell, const char* name) {
  const std::string_view text = base::trim(cell.attribute(name).value());
  return std::clamp(base::whole_number<unsigned>(text).value_or(1), 1U, kMostSpan);
}

void apply_style_codes(std::string_view codes, NarrativeSpan& style) {
  for (const auto& code : base::split(base::to_lower_ascii(codes), ' ')) {
    if (code == "bold") style.bold = true;
    if (code == "italics" || code == "emphasis") style.italic = true;
    if (code == "underline") style.underline = true;
  }
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

/// Local name in lower case: HTML that was pasted in brings its own namespace and case.
std::string element_name(pugi::xml_node element) {
  std::string_view name = element.name();
  if (name.starts_with("other:")) name.remove_prefix(6);
  return base::to_lower_ascii(name);
}

class NarrativeReader {
 public:
  NarrativeReader(Context& context, const std::string& locator)
      : context_(context), locator_(locator) {}

  std::vector<NarrativeBlock> read(pugi::xml_node text) {
    const auto name = element_name(text);
    // A reference may point at a part that only means something within its kind.
    if (is_one_of(name, {"table", "list", "ul", "ol"})) {
      element(text, {});
    } else if (name == "tr") {
      NarrativeBlock table;
      table.type = NarrativeBlock::Type::table;
      row(text, false, table);
      if (!table.rows.empty()) blocks_.push_back(std::move(table));
    } else {
      children(text, {});
    }
    flush();
    for (auto& note : notes_) blocks_.push_back(std::move(note));
    return std::move(blocks_);
  }

 private:
  void flush() {
    trim(spans_);
    if (!spans_.empty()) {
      NarrativeBlock block = next_;
      block.spans = std::move(spans_);
      blocks_.push_back(std::move(block));
    }
    spans_.clear();
    next_ = {};
    next_.level = level_;
  }

  void children(pugi::xml_node node, const NarrativeSpan& style) {
    for (const auto child : node.children()) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
        append(spans_, child.value(), style);
      } else if (child.type() == pugi::node_element) {
        element(child, style);
      }
    }
  }

  void element(pugi::xml_node node, NarrativeSpan style) {
    const auto name = element_name(node);
    apply_style_codes(node.attribute("styleCode").value(), style);
    if (name == "br") return append_break(spans_);
    if (name == "table") return table(node);
    if (is_one_of(name, {"list", "ul", "ol"})) return list(node, name);
    if (name == "rendermultimedia") return image(node);
    if (name == "footnote" || name == "footnoteref") return footnote(node, style);
    if (is_one_of(name, {"script", "style"})) return;
    if (name == "caption") style.bold = true;
    if (is_one_of(name, {"b", "strong"})) style.bold = true;
    if (is_one_of(name, {"i", "em"})) style.italic = true;
    if (name == "u") style.underline = true;
    if (name == "sub") style.subscript = true;
    if (name == "sup") style.superscript = true;
    const bool heading = is_one_of(name, {"h1", "h2", "h3", "h4", "h5", "h6"});
    if (heading || is_one_of(name, {"paragraph", "p", "div", "caption", "pre"})) {
      // The first paragraph of a list item is the item itself.
      if (next_.type != NarrativeBlock::Type::list_item || !spans_.empty()) flush();
      if (heading) next_.type = NarrativeBlock::Type::heading;
      children(node, style);
      return flush();
    }
    children(node, style);
  }

  void list(pugi::xml_node node, std::string_view name) {
    flush_item_text();
    const bool ordered =
        name == "ol" || std::string_view(node.attribute("listType").value()) == "ordered";
    if (const auto caption = node.child("caption")) element(caption, {});
    const auto outer = level_;
    unsigned ordinal = 0;
    for (const auto item : node.children()) {
      if (item.type() != pugi::node_element || !is_one_of(element_name(item), {"item", "li"})) {
        continue;
      }
      flush();
      next_.type = NarrativeBlock::Type::list_item;
      next_.level = outer;
      next_.ordered = ordered;
      next_.ordinal = ++ordinal;
      level_ = outer + 1;
      NarrativeSpan style;
      apply_style_codes(item.attribute("styleCode").value(), style);
      const auto label = item.child("caption");
      if (label) {
        append(spans_, flat_text(label) + " ", NarrativeSpan{.text = {}, .bold = true});
      }
      for (const auto child : item.children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
          append(spans_, child.value(), style);
        } else if (child.type() == pugi::node_element && child != label) {
          element(child, style);
        }
      }
      flush();
    }
    level_ = outer;
    next_ = {};
    next_.level = level_;
  }

  void flush_item_text() {
    trim(spans_);
    if (!spans_.empty()) flush();
  }

  void table(pugi::xml_node node) {
    flush();
    NarrativeBlock block;
    block.type = NarrativeBlock::Type::table;
    rows(node, false, block);
    std::vector<NarrativeBlock> images = std::move(pending_images_);
    pending_images_.clear();
    if (!block.rows.empty()) {
      blocks_.push_back(std::move(block));
    } else if (!block.caption.empty()) {
      append(spans_, block.caption, {});
      flush();
    }
    for (auto& picture : images) blocks_.push_back(std::move(picture));
  }

  void rows(pugi::xml_node node, bool header, NarrativeBlock& block) {
    for (const auto child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      const auto name = element_name(child);
      if (name == "tr") {
        row(child, header, block);
      } else if (name == "caption") {
        block.caption = flat_text(child);
      } else if (is_one_of(name, {"thead", "tbody", "tfoot"})) {
        rows(child, name == "thead", block);
      } else if (!is_one_of(name, {"col", "colgroup"})) {
        // Text in the wrong place is still text.
        append(spans_, flat_text(child), {});
        flush();
      }
    }
  }

  void row(pugi::xml_node node, bool header, NarrativeBlock& block) {
    std::vector<NarrativeCell> cells;
    for (const auto child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      const auto name = element_name(child);
      NarrativeCell cell;
      cell.header = header || name == "th";
      cell.column_span = span_attribute(child, "colspan");
      cell.row_span = span_attribute(child, "rowspan");
      NarrativeSpan style;
      apply_style_codes(node.attribute("styleCode").value(), style);
      apply_style_codes(child.attribute("styleCode").value(), style);
      cell_content(child, style, cell.spans);
      trim(cell.spans);
      cells.push_back(std::move(cell));
    }
    if (!cells.empty()) block.rows.push_back(std::move(cells));
  }

  /// Within a cell, paragraphs, items and rows become lines.
  void cell_content(pugi::xml_node node, const NarrativeSpan& outer,
                    std::vector<NarrativeSpan>& spans) {
    for (const auto child : node.children()) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
        append(spans, child.value(), outer);
        continue;
      }
      if (child.type() != pugi::node_element) continue;
      const auto name = element_name(child);
      NarrativeSpan style = outer;
      apply_style_codes(child.attribute("styleCode").value(), style);
      if (is_one_of(name, {"b", "strong"})) style.bold = true;
      if (is_one_of(name, {"i", "em"})) style.italic = true;
      if (name == "u") style.underline = true;
      if (name == "sub") style.subscript = true;
      if (name == "sup") style.superscript = true;
      if (name == "br") {
        append_break(spans);
      } else if (name == "rendermultimedia") {
        picture(child, pending_images_);
      } else if (name == "footnote" || name == "footnoteref") {
        spans.push_back(marker(child, style));
      } else if (is_one_of(name, {"script", "style"})) {
        continue;
      } else if (is_one_of(name,
                           {"paragraph", "p", "div", "item", "li", "tr", "list", "ul", "ol"})) {
        line(spans);
        if (name == "item" || name == "li") append(spans, "\xE2\x80\xA2 ", style);
        cell_content(child, style, spans);
        line(spans);
      } else {
        cell_content(child, style, spans);
        if (name == "td" || name == "th") append(spans, " ", style);
      }
    }
  }

  static void line(std::vector<NarrativeSpan>& spans) {
    if (!spans.empty() && spans.back().text == " ") spans.pop_back();
    if (!spans.empty() && !spans.back().line_break) append_break(spans);
  }

  /// Footnotes are numbered in the order in which they are first met, and stand at the end.
  NarrativeSpan marker(pugi::xml_node node, NarrativeSpan style) {
    const bool reference = node.attribute("IDREF");
    const std::string id = node.attribute(reference ? "IDREF" : "ID").value();
    const auto target = reference ? context_.by_id(id) : node;
    const auto key = target ? target : node;
    auto known = note_numbers_.find(key.internal_object());
    if (known == note_numbers_.end()) {
      const auto number = note_numbers_.size() + 1;
      known = note_numbers_.emplace(key.internal_object(), number).first;
      NarrativeBlock note;
      NarrativeSpan mark;
      mark.superscript = true;
      mark.text = std::to_string(number);
      note.spans.push_back(mark);
      append(note.spans, " " + flat_text(key), {});
      notes_.push_back(std::move(note));
    }
    style.superscript = true;
    style.text = std::to_string(known->second);
    return style;
  }

  void footnote(pugi::xml_node node, const NarrativeSpan& style) {
    spans_.push_back(marker(node, style));
  }

  void image(pugi::xml_node node) {
    flush();
    picture(node, blocks_);
  }

  void picture(pugi::xml_node node, std::vector<NarrativeBlock>& out) {
    for (const auto& id : base::split(node.attribute("referencedObject").value(), ' ')) {
      if (id.empty()) continue;
      auto media = context_.by_id(id);
      if (std::string_view(media.name()) == "regionOfInterest") {
        media = media.child("entryRelationship").child("observationMedia");
      }
      NarrativeBlock block;
      block.type = NarrativeBlock::Type::image;
      block.caption = flat_text(node.child("caption"));
      if (decode(media, block)) {
        out.push_back(std::move(block));
      } else {
        context_.lose(locator_,
                      "An image of the narrative is missing or of a kind that is not shown.");
      }
    }
  }

  bool decode(pugi::xml_node media, NarrativeBlock& block) {
    using namespace std::string_view_literals;
    const auto value = media.child("value");
    const std::string_view encoded = value.text().get();
    if (encoded.empty() || !context_.spend(encoded.size())) return false;
    auto bytes = base::from_base64(encoded);
    if (!bytes) return false;
    // What the bytes are counts, not what they claim to be.
    if (bytes->starts_with("\x89PNG\r\n\x1A\n"sv)) {
      block.media_type = "image/png";
    } else if (bytes->starts_with("\xFF\xD8\xFF"sv)) {
      block.media_type = "image/jpeg";
    } else {
      return false;
    }
    block.media_bytes = std::move(*bytes);
    return true;
  }

  Context& context_;
  const std::string& locator_;
  std::vector<NarrativeBlock> blocks_;
  std::vector<NarrativeBlock> notes_;
  std::vector<NarrativeBlock> pending_images_;
  std::map<const void*, std::size_t> note_numbers_;
  std::vector<NarrativeSpan> spans_;
  NarrativeBlock next_;
  unsigned level_ = 0;
};

}  // namespace

std::vector<NarrativeBlock> read_narrative(Context& context, pugi::xml_node text,
                                           const std::string& locator) {
  if (!text) return {};
  return NarrativeReader(context, locator).read(text);
}

std::vector<NarrativeBlock> plain_narrative(std::string text) {
  NarrativeBlock block;
  block.type = NarrativeBlock::Type::preformatted;
  block.spans.push_back(NarrativeSpan{.text = std::move(text)});
  if (block.spans.front().text.empty()) return {};
  return {std::move(block)};
}

}  // namespace chartroom::evidence::ccda
