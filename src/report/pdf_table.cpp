// Tables: column widths from their contents, rows that stay whole, headers on every page.
#include <algorithm>
#include <cassert>

#include "report/pdf_compose.hpp"

namespace chartroom::report::pdf {
namespace {

constexpr double kPadX = 4;
constexpr double kPadY = 2.4;
constexpr double kLeastColumn = 18;
constexpr std::size_t kMostColumns = 24;    ///< wider tables have their rows folded
constexpr std::size_t kMeasuredRows = 400;  ///< column widths are estimated from so many rows

TextStyle cell_style(const Cell& cell, Align column) {
  TextStyle style;
  style.size = kTableSize;
  style.leading = 1.26;
  style.align = cell.align == Align::start ? column : cell.align;
  if (cell.header) style.weight = 600;
  if (cell.tone != Tone::none) style.colour = tone_ink(cell.tone);
  if (cell.tone == Tone::alert || cell.tone == Tone::caution) style.weight = 600;
  return style;
}

TextStyle head_style(Align align) {
  TextStyle style;
  style.size = kTableHeadSize;
  style.weight = 600;
  style.colour = kMuted;
  style.leading = 1.24;
  style.align = align;
  return style;
}

/// A cell at its place in the grid, set.
struct Placed {
  const Cell* cell = nullptr;
  std::size_t column = 0;
  std::size_t columns = 1;
  std::size_t rows = 1;
  TextPtr text;
};

struct Row {
  std::vector<Placed> cells;
  double height = 0;
  bool joined = false;  ///< a cell of an earlier row reaches down into this one
};

class TableSetter {
 public:
  TableSetter(Composer& composer, const Table& table) : composer_(composer), table_(table) {}

  /// False when the table has more columns than a page can hold: nothing is set then.
  [[nodiscard]] bool set() {
    place_cells();
    if (too_wide_) return false;
    if (column_count_ == 0) return true;
    find_head_rows();
    measure_columns();
    shape();
    Canvas& canvas = composer_.canvas;
    canvas.space(3);
    node_ = canvas.tag("Table", 0);
    set_caption();
    set_head(/*first=*/true);
    body_ = canvas.tag("TBody", node_);
    for (std::size_t i = head_rows_; i < rows_.size(); ++i) set_row(i);
    canvas.rule(kLeft, canvas.y(), total_width(), 0.6, kRule);
    canvas.space(kParagraphGap + 3);
    return true;
  }

 private:
  /// Gives every cell its column, stepping around cells that reach down from above.
  void place_cells() {
    column_count_ = table_.columns.size();
    too_wide_ = column_count_ > kMostColumns;
    if (too_wide_) return;
    std::vector<std::size_t> taken;  // rows still covered, by column
    for (const std::vector<Cell>& source : table_.rows) {
      Row row;
      row.joined =
          std::any_of(taken.begin(), taken.end(), [](std::size_t rows) { return rows > 0; });
      std::size_t column = 0;
      std::vector<std::size_t> next(taken);
      for (std::size_t& rows : next) rows -= rows > 0 ? 1 : 0;
      for (const Cell& cell : source) {
        while (column < taken.size() && taken[column] > 0) ++column;
        if (column >= kMostColumns || cell.column_span > kMostColumns - column) {
          too_wide_ = true;
          return;
        }
        Placed placed;
        placed.cell = &cell;
        placed.column = column;
        placed.columns = std::max(1U, cell.column_span);
        placed.rows = std::max(1U, cell.row_span);
        column += placed.columns;
        if (next.size() < column) next.resize(column, 0);
        if (taken.size() < column) taken.resize(column, 0);
        for (std::size_t c = placed.column; c < column; ++c) next[c] = placed.rows - 1;
        row.cells.push_back(std::move(placed));
      }
      column_count_ = std::max(column_count_, column);
      taken = std::move(next);
      rows_.push_back(std::move(row));
    }
  }

  /// Authored tables bring their own header: leading rows of header cells alone.
  void find_head_rows() {
    if (!table_.columns.empty()) return;
    const auto is_head = [](const Row& row) {
      return !row.cells.empty() && std::all_of(row.cells.begin(), row.cells.end(),
                                               [](const Placed& p) { return p.cell->header; });
    };
    constexpr std::size_t kMost = 4;
    while (head_rows_ < std::min(rows_.size(), kMost) && is_head(rows_[head_rows_])) ++head_rows_;
    if (head_rows_ == rows_.size()) head_rows_ = 0;  // nothing beneath that it could head
    while (head_rows_ > 0 && rows_[head_rows_].joined) --head_rows_;
  }

  /// Every column gets what its longest word needs; what is left goes where text would wrap.
  void measure_columns() {
    std::vector<double> least(column_count_, kLeastColumn);
    std::vector<double> natural(column_count_, kLeastColumn);
    const auto widen = [&](std::size_t column, const TextEngine::Extent& extent) {
      const double most = kContentWidth * 0.4;
      least[column] =
          std::max(least[column], std::min(extent.longest_word * 1.04 + 2 * kPadX + 1, most));
      natural[column] = std::max(natural[column], extent.natural * 1.04 + 2 * kPadX + 1);
    };
    for (std::size_t c = 0; c < table_.columns.size() && c < column_count_; ++c) {
      Spans title(1);
      title.front().text = table_.columns[c].title;
      widen(c, composer_.text.estimate(title, head_style(Align::start)));
    }
    for (std::size_t i = 0; i < std::min(rows_.size(), kMeasuredRows); ++i) {
      for (const Placed& placed : rows_[i].cells) {
        if (placed.columns > 1) continue;
        widen(placed.column,
              composer_.text.estimate(placed.cell->spans, cell_style(*placed.cell, Align::start)));
      }
    }
    for (std::size_t c = 0; c < table_.columns.size() && c < column_count_; ++c) {
      // Weight 0 asks for the content's own width, whatever else is in the table.
      if (table_.columns[c].weight > 0) continue;
      least[c] = std::max(least[c], std::min(natural[c], kContentWidth * 0.3));
    }
    widths_ = share(least, natural);
  }

  /// What is too much is taken from the columns with the longest words: a checksum breaks anyway, a
  /// date beside it should not.
  [[nodiscard]] static std::vector<double> capped(std::vector<double> widths) {
    std::vector<double> sorted(widths);
    std::sort(sorted.begin(), sorted.end());
    double left = kContentWidth;
    double cap = kContentWidth;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      cap = left / static_cast<double>(sorted.size() - i);
      if (sorted[i] >= cap) break;
      left -= sorted[i];
    }
    for (double& width : widths) width = std::min(width, cap);
    return widths;
  }

  [[nodiscard]] std::vector<double> share(const std::vector<double>& least,
                                          const std::vector<double>& natural) const {
    double least_sum = 0;
    double wish_sum = 0;
    std::vector<double> wish(column_count_);
    for (std::size_t c = 0; c < column_count_; ++c) {
      const double weight = c < table_.columns.size() ? std::max(table_.columns[c].weight, 0.4) : 1;
      wish[c] = std::max(0.0, std::min(natural[c], kContentWidth) - least[c]) * weight;
      least_sum += least[c];
      wish_sum += wish[c];
    }
    std::vector<double> widths = least;
    if (least_sum >= kContentWidth) return capped(std::move(widths));
    const double room = kContentWidth - least_sum;
    if (wish_sum > room) {
      for (std::size_t c = 0; c < column_count_; ++c) widths[c] += room * wish[c] / wish_sum;
      return widths;
    }
    double weights = 0;
    for (std::size_t c = 0; c < column_count_; ++c) {
      widths[c] = std::max(least[c], std::min(natural[c], kContentWidth));
      weights += c < table_.columns.size() ? table_.columns[c].weight : 1;
    }
    double used = 0;
    for (const double width : widths) used += width;
    for (std::size_t c = 0; c < column_count_ && weights > 0; ++c) {
      const double weight = c < table_.columns.size() ? table_.columns[c].weight : 1;
      widths[c] += (kContentWidth - used) * weight / weights;
    }
    return widths;
  }

  [[nodiscard]] double x_of(std::size_t column) const {
    double x = kLeft;
    for (std::size_t c = 0; c < column; ++c) x += widths_[c];
    return x;
  }
  [[nodiscard]] double width_of(const Placed& placed) const {
    double width = 0;
    for (std::size_t c = placed.column; c < placed.column + placed.columns; ++c)
      width += widths_[c];
    return width;
  }
  [[nodiscard]] double total_width() const { return x_of(column_count_) - kLeft; }

  void shape() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      Row& row = rows_[i];
      row.height = std::max(row.height, kTableSize * 1.26 + 2 * kPadY);
      for (Placed& placed : row.cells) {
        const Align align = placed.column < table_.columns.size()
                                ? table_.columns[placed.column].align
                                : Align::start;
        placed.text = composer_.text.make(placed.cell->spans, cell_style(*placed.cell, align),
                                          std::max(4.0, width_of(placed) - 2 * kPadX));
        const double height = placed.text->height() + 2 * kPadY;
        const std::size_t last = std::min(i + placed.rows, rows_.size()) - 1;
        // A cell over several rows may push its last one down.
        double above = 0;
        for (std::size_t r = i; r < last; ++r) above += rows_[r].height;
        rows_[last].height = std::max(rows_[last].height, height - above);
      }
    }
    for (std::size_t c = 0; c < table_.columns.size() && c < column_count_; ++c) {
      heads_.push_back(TextEngine::make_fixed(table_.columns[c].title,
                                              head_style(table_.columns[c].align),
                                              std::max(4.0, widths_[c] - 2 * kPadX)));
      head_height_ = std::max(head_height_, heads_.back()->height() + 2 * kPadY);
    }
    for (std::size_t i = 0; i < head_rows_; ++i) head_height_ += rows_[i].height;
  }

  void set_caption() {
    const Wording& words = table_.caption;
    if (words.text.empty()) return;
    if (table_.caption_hidden) {
      composer_.canvas.nodes[static_cast<std::size_t>(node_)].summary =
          printable(words.text, false);
      return;
    }
    TextStyle style;
    style.weight = 600;
    style.size = 8.5;
    Canvas& canvas = composer_.canvas;
    const TextPtr caption = composer_.text.make(words.text, words.own, style, kContentWidth);
    const double first_row = rows_.empty() ? 0 : std::min(rows_.front().height, kContentHeight / 3);
    canvas.ensure(caption->height() + head_height_ + first_row + 4);
    canvas.flow(caption, kLeft, canvas.tag("Caption", node_));
    canvas.advance(2);
  }

  void set_head(bool first) {
    Canvas& canvas = composer_.canvas;
    if (heads_.empty()) {
      set_authored_head(first);
      return;
    }
    if (first) {
      const double first_row =
          rows_.empty() ? 0 : std::min(rows_.front().height, kContentHeight / 3);
      canvas.ensure(head_height_ + first_row);
    }
    canvas.add(FillOp{kLeft, canvas.y(), total_width(), head_height_, kBand});
    int row = 0;
    if (first) row = canvas.tag("TR", canvas.tag("THead", node_));
    for (std::size_t c = 0; c < heads_.size(); ++c) {
      int node = kArtifact;
      if (first) {
        node = canvas.tag("TH", row);
        canvas.nodes[static_cast<std::size_t>(node)].scope = "Column";
      }
      canvas.text(heads_[c], x_of(c) + kPadX,
                  canvas.y() + head_height_ - kPadY - heads_[c]->height(), node);
    }
    canvas.advance(head_height_);
    canvas.rule(kLeft, canvas.y(), total_width(), 0.7, kRule);
  }

  void set_authored_head(bool first) {
    if (head_rows_ == 0) return;
    Canvas& canvas = composer_.canvas;
    // A header as tall as half a page is shown once.
    if (!first && head_height_ > kContentHeight / 2) return;
    if (first) canvas.ensure(std::min(head_height_ + rows_[head_rows_].height, kContentHeight));
    const int head = first ? canvas.tag("THead", node_) : 0;
    canvas.add(FillOp{kLeft, canvas.y(), total_width(), std::min(head_height_, canvas.remaining()),
                      kBand});
    for (std::size_t i = 0; i < head_rows_; ++i) {
      const Row& row = rows_[i];
      const std::vector<int> nodes =
          first ? tag_row(row, head) : std::vector<int>(row.cells.size(), kArtifact);
      row.height > canvas.remaining() ? split_row(row, nodes) : draw_row(row, nodes);
    }
    canvas.rule(kLeft, canvas.y(), total_width(), 0.7, kRule);
  }

  void next_page() {
    composer_.canvas.new_page();
    set_head(/*first=*/false);
  }

  /// The height that must stay together from this row on: rows that share a cell.
  [[nodiscard]] double group_height(std::size_t first) const {
    double height = rows_[first].height;
    for (std::size_t i = first + 1; i < rows_.size() && rows_[i].joined; ++i)
      height += rows_[i].height;
    return height;
  }

  void set_row(std::size_t index) {
    Canvas& canvas = composer_.canvas;
    const Row& row = rows_[index];
    const double page_room = kContentHeight - head_height_;
    const double wanted = row.joined ? row.height : group_height(index);
    const double needed = wanted <= page_room ? wanted : row.height;
    const bool fresh = canvas.y() <= kTop + head_height_ + 0.01;
    if (needed > canvas.remaining() && !fresh && row.height <= page_room) next_page();
    const std::vector<int> nodes = tag_row(row, body_);
    row.height > canvas.remaining() ? split_row(row, nodes) : draw_row(row, nodes);
  }

  /// Each cell is ruled off from the one above; a cell over several rows is not ruled through.
  void rule_off(const Row& row) {
    double from = 0;
    double to = -1;
    const auto rule = [&] {
      if (to > from) composer_.canvas.rule(from, composer_.canvas.y(), to - from, 0.35, kHairline);
    };
    for (const Placed& placed : row.cells) {
      const double x = x_of(placed.column);
      // Neighbours share one rule: a page of a table is mostly rules otherwise.
      if (x > to + 0.01) {
        rule();
        from = x;
      }
      to = x + width_of(placed);
    }
    rule();
  }

  void draw_row(const Row& row, const std::vector<int>& nodes) {
    Canvas& canvas = composer_.canvas;
    rule_off(row);
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Placed& placed = row.cells[i];
      if (nodes[i] != kArtifact) canvas.anchor(placed.cell->anchor, canvas.y());
      if (placed.text->blank) continue;
      canvas.text(placed.text, x_of(placed.column) + kPadX, canvas.y() + kPadY, nodes[i]);
    }
    canvas.advance(row.height);
  }

  std::vector<int> tag_row(const Row& row, int group) {
    Canvas& canvas = composer_.canvas;
    const int tr = canvas.tag("TR", group);
    std::vector<int> nodes;
    for (const Placed& placed : row.cells) {
      const int node = canvas.tag(placed.cell->header ? "TH" : "TD", tr);
      TagNode& tag = canvas.nodes[static_cast<std::size_t>(node)];
      tag.column_span = static_cast<unsigned>(placed.columns);
      tag.row_span = static_cast<unsigned>(placed.rows);
      if (placed.cell->header) tag.scope = group != body_ || placed.column > 0 ? "Column" : "Row";
      nodes.push_back(node);
    }
    return nodes;
  }

  /// A row taller than a page: every cell goes on line by line on the next one.
  void split_row(const Row& row, const std::vector<int>& nodes) {
    Canvas& canvas = composer_.canvas;
    std::vector<std::size_t> next(row.cells.size(), 0);
    rule_off(row);
    for (const Placed& placed : row.cells) canvas.anchor(placed.cell->anchor, canvas.y());
    for (;;) {
      const double room = canvas.remaining() - 2 * kPadY;
      double used = 0;
      bool more = false;
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const TextBox& text = *row.cells[i].text;
        std::size_t last = next[i];
        while (last < text.lines.size() && text.height(next[i], last + 1) <= room) ++last;
        const bool page_is_empty = canvas.y() <= kTop + head_height_ + 0.01;
        if (last == next[i] && last < text.lines.size() && page_is_empty) ++last;
        canvas.text(row.cells[i].text, next[i], last, x_of(row.cells[i].column) + kPadX,
                    canvas.y() + kPadY, nodes[i]);
        used = std::max(used, text.height(next[i], last));
        next[i] = last;
        more = more || last < text.lines.size();
      }
      canvas.advance(used + 2 * kPadY);
      if (!more) return;
      next_page();
    }
  }

  Composer& composer_;
  const Table& table_;
  std::size_t column_count_ = 0;
  std::vector<double> widths_;
  std::vector<Row> rows_;
  std::vector<TextPtr> heads_;
  double head_height_ = 0;
  int node_ = 0;
  int body_ = -1;
  std::size_t head_rows_ = 0;
  bool too_wide_ = false;
};

/// Each row becomes several rows of a dozen cells: nothing is lost, though spans are.
Table folded(const Table& table) {
  constexpr std::size_t kCells = 12;
  Table narrow;
  narrow.caption = table.caption;
  narrow.caption_hidden = table.caption_hidden;
  const auto fold = [&narrow](const std::vector<Cell>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i % kCells == 0) narrow.rows.emplace_back();
      narrow.rows.back().push_back(row[i]);
      narrow.rows.back().back().column_span = 1;
      narrow.rows.back().back().row_span = 1;
    }
  };
  std::vector<Cell> titles;
  for (const Column& column : table.columns) {
    Cell cell;
    cell.header = true;
    cell.spans.resize(1);
    cell.spans.front().text = column.title;
    titles.push_back(std::move(cell));
  }
  fold(titles);
  for (const auto& row : table.rows) fold(row);
  return narrow;
}

}  // namespace

void lay_table(Composer& composer, const Table& table) {
  if (TableSetter(composer, table).set()) return;
  const Table narrow = folded(table);
  const bool fits = TableSetter(composer, narrow).set();
  assert(fits);
  static_cast<void>(fits);
}

}  // namespace chartroom::report::pdf
