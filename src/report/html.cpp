// Document → one self-contained HTML page. Every string passes base::escape_markup() on its way
// out; nothing in a document is trusted to be markup.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "report/render.hpp"
#include "report/report_css.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

/// Anchors are ours, but locators of sources are part of them: only safe characters stay.
std::string fragment(std::string_view anchor) {
  std::string out;
  for (const char c : anchor) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    out += safe ? c : '-';
  }
  return out;
}

const char* tone_class(Tone tone) {
  switch (tone) {
    case Tone::none:
      return "";
    case Tone::good:
      return "tone-good";
    case Tone::caution:
      return "tone-caution";
    case Tone::alert:
      return "tone-alert";
    case Tone::muted:
      return "tone-muted";
  }
  return "";
}

std::string kilobytes(std::size_t bytes) {
  if (bytes < std::size_t{1024} * 1024) return std::to_string((bytes + 1023) / 1024) + " KB";
  return format_fixed(static_cast<double>(bytes) / (1024.0 * 1024.0), 1) + " MB";
}

/// Builds the page; one object per page.
class Page {
 public:
  explicit Page(const Document& document) : document_(document) {}

  std::string render() {
    find_headings();
    head();
    banner();
    contents();
    out_ += "<main id=\"main\">\n";
    for (const Block& block : document_.blocks) {
      std::visit([this](const auto& b) { draw(b); }, block);
    }
    close_sections();
    raw_items();
    out_ += "</main>\n";
    if (!document_.footer.empty()) {
      out_ += "<footer><p>" + base::escape_markup(document_.footer) + "</p></footer>\n";
    }
    out_ += "</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  struct Entry {
    std::string text;
    std::string anchor;
  };

  void find_headings() {
    for (const Block& block : document_.blocks) {
      const auto* heading = std::get_if<Heading>(&block);
      if (heading != nullptr && heading->level == 2) {
        contents_.push_back({heading->text, heading_id(*heading, contents_.size())});
      }
    }
  }

  static std::string heading_id(const Heading& heading, std::size_t index) {
    return heading.anchor.empty() ? "section-" + std::to_string(index + 1)
                                  : fragment(heading.anchor);
  }

  void head() {
    std::string title = document_.title;
    if (!document_.subtitle.empty()) title += " – " + document_.subtitle;
    out_ += "<!DOCTYPE html>\n<html lang=\"" + base::escape_markup(document_.language) +
            "\">\n<head>\n";
    out_ += "<meta charset=\"utf-8\">\n";
    // The page needs nothing from anywhere and says so, in case a viewer would try.
    out_ +=
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n";
    out_ += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    out_ += "<meta name=\"color-scheme\" content=\"light dark\">\n";
    out_ += "<meta name=\"referrer\" content=\"no-referrer\">\n";
    out_ += "<meta name=\"robots\" content=\"noindex\">\n";
    out_ += "<title>" + base::escape_markup(title) + "</title>\n<style>\n";
    out_ += kReportCss;
    out_ += "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n";
  }

  void banner() {
    out_ += "<header class=\"banner\">\n<h1>" + base::escape_markup(document_.title) + "</h1>\n";
    if (!document_.subtitle.empty()) {
      out_ += "<p class=\"subject\">" + base::escape_markup(document_.subtitle) + "</p>\n";
    }
    out_ += "<p class=\"made\">Made <time datetime=\"" + base::format_iso(document_.created) +
            "\">" + base::escape_markup(date_time_text(document_.created)) +
            "</time></p>\n</header>\n";
  }

  void contents() {
    if (contents_.size() < 3) return;
    out_ += "<nav aria-label=\"Contents\">\n<ol>\n";
    for (const Entry& entry : contents_) {
      out_ += "<li><a href=\"#" + entry.anchor + "\">" + base::escape_markup(entry.text) +
              "</a></li>\n";
    }
    out_ += "</ol>\n</nav>\n";
  }

  void close_sections() {
    if (in_section_) out_ += "</section>\n";
    in_section_ = false;
  }

  void draw(const Heading& heading) {
    if (heading.level <= 1) {
      // The banner already shows the title; a page has one <h1>.
      if (heading.text == document_.title) return;
    }
    if (heading.level == 2) {
      close_sections();
      const std::string id = contents_[section_++].anchor;
      // Landmarks of one page need names of their own; a second one of a name is none.
      const bool is_new = ++landmarks_[heading.text] == 1;
      out_ += (is_new ? "<section aria-labelledby=\"" + id + "\">" : std::string("<section>")) +
              "\n<h2 id=\"" + id + "\">" + base::escape_markup(heading.text) + "</h2>\n";
      in_section_ = true;
      return;
    }
    const std::string tag = heading.level >= 4 ? "h4" : heading.level == 3 ? "h3" : "h2";
    out_ += "<" + tag;
    if (!heading.anchor.empty()) out_ += " id=\"" + fragment(heading.anchor) + "\"";
    out_ += ">" + base::escape_markup(heading.text) + "</" + tag + ">\n";
  }

  void draw(const Paragraph& paragraph) {
    const char* tag = paragraph.preformatted ? "pre" : "p";
    out_ += "<" + std::string(tag) + (paragraph.preformatted ? " tabindex=\"0\"" : "") + ">";
    spans(paragraph.spans);
    out_ += "</" + std::string(tag) + ">\n";
  }

  void draw(const List& list) {
    unsigned open = 0;
    for (const ListItem& item : list.items) {
      const unsigned level = std::min(item.level, 7U) + 1;
      if (level <= open) out_ += "</li>";
      while (open > level) {
        out_ += "</ul></li>";
        --open;
      }
      while (open < level) {
        out_ += open > 0 && open + 1 < level ? "<ul><li>" : "<ul>";
        ++open;
      }
      out_ += "<li>";
      if (!item.marker.text.empty()) {
        out_ += "<span class=\"marker\">" + base::escape_markup(item.marker.text) + "</span> ";
      }
      spans(item.spans);
    }
    if (open == 0) return;
    out_ += "</li></ul>";
    while (--open > 0) out_ += "</li></ul>";
    out_ += "\n";
  }

  void draw(const Table& table) {
    std::string label =
        table.caption.text.empty() ? "Table " + std::to_string(++tables_) : table.caption.text;
    if (const std::size_t uses = ++landmarks_[label]; uses > 1) {
      label += " (" + std::to_string(uses) + ")";
    }
    out_ += "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" +
            base::escape_markup(label) + "\">\n<table>\n";
    if (!table.caption.text.empty())
      out_ += std::string("<caption") + (table.caption_hidden ? " class=\"unseen\"" : "") + ">" +
              base::escape_markup(table.caption.text) + "</caption>\n";
    if (!table.columns.empty()) {
      out_ += "<thead><tr>";
      for (const Column& column : table.columns) {
        out_ += "<th scope=\"col\"" + classes(column.align, Tone::none) + ">" +
                base::escape_markup(column.title) + "</th>";
      }
      out_ += "</tr></thead>\n";
    }
    out_ += "<tbody>\n";
    bool first = table.columns.empty();
    for (const auto& row : table.rows) {
      // A first row made of header cells alone titles its columns.
      const bool titles = first && std::all_of(row.begin(), row.end(),
                                               [](const Cell& cell) { return cell.header; });
      first = false;
      out_ += "<tr>";
      for (std::size_t i = 0; i < row.size(); ++i) cell(row[i], titles);
      out_ += "</tr>\n";
    }
    out_ += "</tbody>\n</table>\n</div>\n";
  }

  void cell(const Cell& cell, bool titles) {
    const char* tag = cell.header ? "th" : "td";
    out_ += std::string("<") + tag;
    if (cell.header) out_ += titles ? " scope=\"col\"" : " scope=\"row\"";
    if (!cell.anchor.empty()) out_ += " id=\"" + fragment(cell.anchor) + "\"";
    if (cell.column_span > 1) {
      out_ += " colspan=\"" + std::to_string(std::min(cell.column_span, 100U)) + "\"";
    }
    if (cell.row_span > 1) {
      out_ += " rowspan=\"" + std::to_string(std::min(cell.row_span, 1000U)) + "\"";
    }
    out_ += classes(cell.align, cell.tone, is_date(cell)) + ">";
    spans(cell.spans);
    out_ += std::string("</") + tag + ">";
  }

  /// "2016-03-14" would otherwise break at its hyphens.
  static bool is_date(const Cell& cell) {
    if (cell.spans.size() != 1) return false;
    const std::string& text = cell.spans.front().text;
    return text.size() >= 7 && text.size() <= 10 && text[4] == '-' &&
           text.find_first_not_of("0123456789-") == std::string::npos;
  }

  static std::string classes(Align align, Tone tone, bool date = false) {
    std::string names = align == Align::end      ? "end"
                        : align == Align::center ? "center"
                        : date                   ? "date"
                                                 : "";
    const std::string toned = tone_class(tone);
    if (!names.empty() && !toned.empty()) names += " ";
    names += toned;
    return names.empty() ? names : " class=\"" + names + "\"";
  }

  void draw(const KeyValues& values) {
    out_ += "<dl>\n";
    for (const KeyValues::Item& item : values.items) {
      out_ += "<div><dt>" + base::escape_markup(item.label) + "</dt><dd>";
      spans(item.value);
      out_ += "</dd></div>\n";
    }
    out_ += "</dl>\n";
  }

  void draw(const Callout& callout) {
    out_ += "<div class=\"callout " + std::string(tone_class(callout.tone)) + "\" role=\"note\">\n";
    if (!callout.title.text.empty()) {
      out_ += "<p class=\"callout-title\">" + base::escape_markup(callout.title.text) + "</p>\n";
    }
    out_ += "<p>";
    spans(callout.spans);
    out_ += "</p>\n</div>\n";
  }

  void draw(const ChartRow& row) {
    out_ += "<div class=\"charts\">\n";
    for (const Chart& chart : row.charts) {
      out_ += std::string("<figure class=\"chart") +
              (chart.lanes.empty() ? "\">" : " wide\" tabindex=\"0\">") +
              render_chart_svg(chart, "chart-" + std::to_string(++charts_)) + "</figure>\n";
    }
    out_ += "</div>\n";
  }

  void draw(const Image& image) {
    if (image.media_type != "image/png" && image.media_type != "image/jpeg") {
      out_ += "<p class=\"muted\">[Image of a kind that is not shown: " +
              base::escape_markup(image.alternative) + "]</p>\n";
      return;
    }
    out_ += "<figure><img alt=\"" + base::escape_markup(image.alternative) +
            "\" src=\"data:" + image.media_type + ";base64," + base::to_base64(image.bytes) +
            "\"></figure>\n";
  }

  void draw(const EmbeddedPdf& pdf) {
    out_ += "<p class=\"attachment\"><a download=\"document-" + std::to_string(++attachments_) +
            ".pdf\" href=\"data:application/pdf;base64," + base::to_base64(pdf.bytes) + "\">" +
            base::escape_markup(pdf.title) + "</a> <span class=\"muted\">(PDF, " +
            kilobytes(pdf.bytes.size()) + ", download)</span></p>\n";
  }

  void draw(const PageBreak& /*unused*/) { out_ += "<div class=\"page-break\"></div>\n"; }

  /// Each piece opens when something links to it; a style sheet is all it takes.
  void raw_items() {
    if (document_.raw_items.empty()) return;
    out_ +=
        "<section class=\"raw-items\" aria-labelledby=\"raw-items\">\n<h2 id=\"raw-items\">Raw "
        "items</h2>\n<p>A tag such as [S1 Observation/12] opens what its row was read from, "
        "here below, as it was received.</p>\n";
    std::size_t number = 0;
    for (const RawPiece& piece : document_.raw_items) {
      const std::string id = "raw-" + std::to_string(++number);
      out_ += "<div class=\"raw\" id=\"" + id + "\"><h3>" + base::escape_markup(piece.name) +
              "</h3><pre tabindex=\"0\">" + base::escape_markup(piece.text) + "</pre></div>\n";
    }
    out_ += "</section>\n";
  }

  /// Number of the piece that a span names, from 1; 0: none.
  [[nodiscard]] std::size_t raw_number(const Span& span) const {
    if (span.raw.empty()) return 0;
    const auto& all = document_.raw_items;
    const auto found = std::lower_bound(
        all.begin(), all.end(), span.raw,
        [](const RawPiece& piece, const std::string& name) { return piece.name < name; });
    if (found == all.end() || found->name != span.raw) return 0;
    return static_cast<std::size_t>(found - all.begin()) + 1;
  }

  void spans(const Spans& spans) {
    for (const Span& span : spans) this->span(span);
  }

  void span(const Span& span) {
    if (span.line_break) {
      out_ += "<br>";
      return;
    }
    std::string open;
    std::string close;
    const auto wrap = [&](const std::string& tag, const std::string& attributes) {
      open += "<" + tag + attributes + ">";
      close = "</" + tag + ">" + close;
    };
    if (const std::size_t raw = raw_number(span); raw > 0) {
      wrap("a", " href=\"#raw-" + std::to_string(raw) + "\"");
    } else if (!span.target.empty()) {
      wrap("a", " href=\"#" + fragment(span.target) + "\"");
    }
    if (span.emphasis == Emphasis::strong) wrap("strong", "");
    if (span.emphasis == Emphasis::alert) wrap("strong", " class=\"alert\"");
    if (span.emphasis == Emphasis::muted) wrap("span", " class=\"muted\"");
    if (span.italic) wrap("em", "");
    if (span.underline) wrap("u", "");
    if (span.baseline > 0) wrap("sup", "");
    if (span.baseline < 0) wrap("sub", "");
    out_ += open + base::escape_markup(span.text) + close;
  }

  const Document& document_;
  std::string out_;
  std::vector<Entry> contents_;
  std::size_t section_ = 0;
  std::map<std::string, std::size_t> landmarks_;  ///< how often a name was asked for
  std::size_t tables_ = 0;
  std::size_t charts_ = 0;
  std::size_t attachments_ = 0;
  bool in_section_ = false;
};

}  // namespace

std::string render_html(const Document& document) { return Page(document).render(); }

}  // namespace chartroom::report
