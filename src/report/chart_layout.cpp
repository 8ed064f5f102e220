#include "report/chart_layout.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "report/chart_scale.hpp"

namespace chartroom::report {
namespace {

constexpr double kTitleSize = 9;
constexpr double kTextSize = 7;
constexpr double kValueSize = 9;
constexpr double kHead = 34;            ///< above the plot: title and caption
constexpr double kFoot = 15;            ///< below the plot: time labels
constexpr double kLargestValue = 1e12;  ///< beyond, no clinical value: left out
constexpr std::size_t kMostMarkers = 48;

/// Estimated width: good enough to leave room, for whatever font a reader has.
double text_width(const std::string& text, double size) {
  return static_cast<double>(base::count_code_points(text)) * size * 0.58;
}

bool drawable(const ChartPoint& point) {
  const base::TimePoint earliest = std::chrono::sys_days(std::chrono::year(1800) / 1 / 1);
  const base::TimePoint latest = std::chrono::sys_days(std::chrono::year(2300) / 1 / 1);
  return std::isfinite(point.value) && std::abs(point.value) <= kLargestValue &&
         point.when >= earliest && point.when <= latest;
}

std::vector<ChartSeries> drawable_series(const Chart& chart) {
  std::vector<ChartSeries> all;
  for (const ChartSeries& series : chart.series) {
    ChartSeries kept{series.name, {}};
    std::copy_if(series.points.begin(), series.points.end(), std::back_inserter(kept.points),
                 drawable);
    std::stable_sort(kept.points.begin(), kept.points.end(),
                     [](const ChartPoint& a, const ChartPoint& b) { return a.when < b.when; });
    if (!kept.points.empty()) all.push_back(std::move(kept));
  }
  return all;
}

std::optional<double> usable(const std::optional<double>& edge) {
  return edge && std::isfinite(*edge) && std::abs(*edge) <= kLargestValue ? edge : std::nullopt;
}

std::string caption_of(const Chart& chart) {
  std::string text = chart.unit;
  const auto low = usable(chart.band_low);
  const auto high = usable(chart.band_high);
  if (!low && !high) return text;
  if (!text.empty()) text += "  ·  ";
  text += "reference ";
  if (low && high) return text + format_number(*low) + "–" + format_number(*high);
  return text + (low ? "from " + format_number(*low) : "up to " + format_number(*high));
}

/// Lays one chart out; the parts fill the layout in turn.
class Painter {
 public:
  Painter(const Chart& chart, double width, double height)
      : chart_(chart), series_(drawable_series(chart)) {
    out_.width = width;
    out_.height = height;
  }

  ChartLayout paint() {
    head();
    if (series_.empty()) {
      out_.texts.push_back({out_.width / 2, (kHead + out_.height) / 2, kTextSize, false,
                            Align::center, ChartRole::caption, "No values to draw"});
      return std::move(out_);
    }
    scales();
    band();
    value_axis();
    time_axis();
    for (std::size_t i = 0; i < series_.size(); ++i) curve(i);
    last_values();
    return std::move(out_);
  }

 private:
  void head() {
    out_.texts.push_back({0, 9, kTitleSize, true, Align::start, ChartRole::title, chart_.title});
    const std::string caption = caption_of(chart_);
    if (caption.empty()) return;
    out_.texts.push_back({0, 20, kTextSize, false, Align::start, ChartRole::caption, caption});
  }

  void scales() {
    double low = series_.front().points.front().value;
    double high = low;
    base::TimePoint first = series_.front().points.front().when;
    base::TimePoint last = first;
    double gutter = 0;
    for (const ChartSeries& series : series_) {
      for (const ChartPoint& point : series.points) {
        low = std::min(low, point.value);
        high = std::max(high, point.value);
        first = std::min(first, point.when);
        last = std::max(last, point.when);
      }
      gutter = std::max(gutter, text_width(format_number(series.points.back().value), kValueSize));
      if (series_.size() > 1) gutter = std::max(gutter, text_width(series.name, kTextSize));
    }
    for (const auto& edge : {usable(chart_.band_low), usable(chart_.band_high)}) {
      if (!edge) continue;
      low = std::min(low, *edge);
      high = std::max(high, *edge);
    }
    values_ = make_value_scale(low, high, out_.height > 140 ? 4 : 3);
    double labels = 0;
    for (const double tick : values_.ticks()) {
      labels = std::max(labels, text_width(values_.label(tick), kTextSize));
    }
    left_ = std::min(labels + 5, out_.width * 0.3);
    right_ = std::max(out_.width - std::min(gutter + 9, out_.width * 0.3), left_ + 20);
    bottom_ = std::max(out_.height - kFoot, kHead + 20);
    times_ = make_time_scale(first, last, static_cast<int>((right_ - left_) / 46));
  }

  [[nodiscard]] double x_of(base::TimePoint when) const {
    const auto whole = static_cast<double>((times_.end - times_.begin).count());
    const double share = static_cast<double>((when - times_.begin).count()) / whole;
    return left_ + 5 + share * (right_ - left_ - 10);
  }
  [[nodiscard]] double y_of(double value) const {
    const double share = (value - values_.low) / (values_.high - values_.low);
    return bottom_ - share * (bottom_ - kHead);
  }

  void band() {
    const auto low = usable(chart_.band_low);
    const auto high = usable(chart_.band_high);
    if (!low && !high) return;
    const double top = high ? y_of(*high) : kHead;
    const double base = low ? y_of(*low) : bottom_;
    if (base <= top) return;
    out_.rects.push_back({left_, top, right_ - left_, base - top, ChartRole::band});
  }

  void value_axis() {
    for (const double tick : values_.ticks()) {
      const double y = y_of(tick);
      const bool base = tick == values_.low;
      out_.lines.push_back(
          {{{left_, y}, {right_, y}}, base ? 0.8 : 0.4, base ? ChartRole::axis : ChartRole::grid});
      out_.texts.push_back(
          {left_ - 4, y + 2.5, kTextSize, false, Align::end, ChartRole::tick, values_.label(tick)});
    }
  }

  void time_axis() {
    double free_from = 0;
    for (const TimeTick& tick : times_.ticks) {
      const double x = x_of(tick.when);
      const double half = text_width(tick.label, kTextSize) / 2;
      out_.lines.push_back({{{x, bottom_}, {x, bottom_ + 3}}, 0.8, ChartRole::axis});
      if (x - half < free_from || x + half > out_.width) continue;
      free_from = x + half + 4;
      out_.texts.push_back(
          {x, bottom_ + 11, kTextSize, false, Align::center, ChartRole::tick, tick.label});
    }
  }

  static ChartRole role_of(std::size_t index, Tone tone) {
    if (tone == Tone::alert) return ChartRole::alert;
    if (tone == Tone::caution) return ChartRole::caution;
    return index == 0 ? ChartRole::first : ChartRole::second;
  }

  void curve(std::size_t index) {
    const std::vector<ChartPoint>& points = series_[index].points;
    const ChartRole role = index == 0 ? ChartRole::first : ChartRole::second;
    ChartLine line{{}, 1.3, role};
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double x = x_of(points[i].when);
      const double y = y_of(points[i].value);
      line.points.emplace_back(x, y);
      const bool stands_out = points[i].tone == Tone::alert || points[i].tone == Tone::caution;
      const bool last = i + 1 == points.size();
      if (points.size() > kMostMarkers && !stands_out && !last) continue;
      const MarkerShape plain = index == 0 ? MarkerShape::circle : MarkerShape::square;
      out_.markers.push_back({x, y, last || stands_out ? 2.9 : 2.1,
                              stands_out ? MarkerShape::diamond : plain,
                              role_of(index, points[i].tone)});
    }
    if (line.points.size() > 1) out_.lines.push_back(std::move(line));
  }

  /// Beside the end of each curve, moved apart where they would overlap.
  void last_values() {
    struct Label {
      std::size_t index;
      double y;
    };
    const bool named = series_.size() > 1;
    const double need = named ? 18 : 10;
    std::vector<Label> labels;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      labels.push_back({i, y_of(series_[i].points.back().value)});
    }
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) { return a.y < b.y; });
    for (std::size_t i = 1; i < labels.size(); ++i) {
      labels[i].y = std::max(labels[i].y, labels[i - 1].y + need);
    }
    const double over = labels.back().y + (named ? 8 : 3) - bottom_;
    if (over > 0) {
      for (Label& label : labels) label.y -= over;
    }
    for (const Label& label : labels) {
      const ChartPoint& point = series_[label.index].points.back();
      const double y = label.y + 3.2;
      const bool toned = point.tone == Tone::alert || point.tone == Tone::caution;
      out_.texts.push_back({right_ + 5, y, kValueSize, true, Align::start,
                            toned ? role_of(label.index, point.tone) : ChartRole::value,
                            format_number(point.value)});
      if (!named) continue;
      out_.texts.push_back({right_ + 5, y + 7.5, kTextSize - 0.5, false, Align::start,
                            ChartRole::series_name, series_[label.index].name});
    }
  }

  const Chart& chart_;
  std::vector<ChartSeries> series_;
  ChartLayout out_;
  ValueScale values_;
  TimeScale times_;
  double left_ = 0;
  double right_ = 0;
  double bottom_ = 0;
};

}  // namespace

ChartLayout layout_chart(const Chart& chart, double width, double height) {
  if (!chart.lanes.empty()) return layout_lanes(chart, width);
  return Painter(chart, width, height).paint();
}

std::string chart_description(const Chart& chart) {
  if (!chart.alternative.empty()) return chart.alternative;
  std::string text = chart.title;
  for (const ChartSeries& series : drawable_series(chart)) {
    text += text.empty() ? "" : "; ";
    text += series.name.empty()
                ? std::to_string(series.points.size()) + " values"
                : series.name + ": " + std::to_string(series.points.size()) + " values";
    const ChartPoint& last = series.points.back();
    text += ", last ";
    text += last.label.empty() ? format_number(last.value) + " " + chart.unit : last.label;
  }
  return text;
}

}  // namespace chartroom::report
