// Timelines: one lane per medicine or kind of visit, bars for stretches of time, marks for moments.
#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "report/chart_layout.hpp"
#include "report/chart_scale.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

constexpr double kLaneTitleSize = 9;
constexpr double kLaneTextSize = 7;
constexpr double kLanesHead = 18;
constexpr double kLanesFoot = 16;
constexpr double kLaneHeight = 13;
constexpr double kBarHeight = 6;
constexpr double kLaneNames = 150;  ///< room for the lanes' names
constexpr std::size_t kMostLanes = 40;
constexpr std::size_t kNameCharacters = 36;

bool is_drawable(const ChartBar& bar) {
  const base::TimePoint earliest = std::chrono::sys_days(std::chrono::year(1800) / 1 / 1);
  const base::TimePoint latest = std::chrono::sys_days(std::chrono::year(2300) / 1 / 1);
  return bar.from >= earliest && bar.to <= latest && bar.from <= bar.to;
}

ChartRole role_of_bar(const ChartBar& bar) {
  if (bar.tone == Tone::alert) return ChartRole::alert;
  if (bar.tone == Tone::caution) return ChartRole::caution;
  return bar.tone == Tone::muted ? ChartRole::second : ChartRole::first;
}

class LanePainter {
 public:
  LanePainter(const Chart& chart, double width) : chart_(chart) {
    out_.width = width;
    out_.height = lanes_height(chart);
    left_ = std::min(kLaneNames, width * 0.4);
    right_ = width - 6;
  }

  ChartLayout paint() {
    out_.texts.push_back(
        {0, 9, kLaneTitleSize, true, Align::start, ChartRole::title, chart_.title});
    if (!scale()) {
      out_.texts.push_back({out_.width / 2, out_.height / 2, kLaneTextSize, false, Align::center,
                            ChartRole::caption, "Nothing with a date to draw"});
      return std::move(out_);
    }
    axis();
    const std::size_t count = std::min(chart_.lanes.size(), kMostLanes);
    for (std::size_t i = 0; i < count; ++i) lane(i);
    return std::move(out_);
  }

 private:
  bool scale() {
    bool any = false;
    base::TimePoint first;
    base::TimePoint last;
    for (const ChartLane& lane : chart_.lanes) {
      for (const ChartBar& bar : lane.bars) {
        if (!is_drawable(bar)) continue;
        first = any ? std::min(first, bar.from) : bar.from;
        last = any ? std::max(last, bar.to) : bar.to;
        any = true;
      }
    }
    if (any) times_ = make_time_scale(first, last, static_cast<int>((right_ - left_) / 46));
    return any;
  }

  [[nodiscard]] double x_of(base::TimePoint when) const {
    const auto whole = static_cast<double>((times_.end - times_.begin).count());
    const double share = static_cast<double>((when - times_.begin).count()) / whole;
    return left_ + share * (right_ - left_);
  }

  void axis() {
    const double bottom = out_.height - kLanesFoot;
    out_.lines.push_back({{{left_, bottom}, {right_, bottom}}, 0.8, ChartRole::axis});
    for (const TimeTick& tick : times_.ticks) {
      const double x = x_of(tick.when);
      if (x < left_ - 0.5 || x > right_ + 0.5) continue;
      out_.lines.push_back({{{x, kLanesHead}, {x, bottom}}, 0.4, ChartRole::grid});
      out_.texts.push_back(
          {x, bottom + 11, kLaneTextSize, false, Align::center, ChartRole::tick, tick.label});
    }
  }

  void lane(std::size_t index) {
    const ChartLane& lane = chart_.lanes[index];
    const double middle = kLanesHead + kLaneHeight * (static_cast<double>(index) + 0.5);
    out_.texts.push_back({0, middle + 2.5, kLaneTextSize, false, Align::start, ChartRole::tick,
                          shorten(lane.name, kNameCharacters)});
    for (const ChartBar& bar : lane.bars) {
      if (!is_drawable(bar)) continue;
      const double from = x_of(bar.from);
      const double to = bar.open ? right_ : x_of(bar.to);
      if (to - from < 3 && !bar.open) {
        out_.markers.push_back({from, middle, 2.4,
                                bar.tone == Tone::alert || bar.tone == Tone::caution
                                    ? MarkerShape::diamond
                                    : MarkerShape::circle,
                                role_of_bar(bar)});
        continue;
      }
      out_.rects.push_back(
          {from, middle - kBarHeight / 2, std::max(to - from, 1.5), kBarHeight, role_of_bar(bar)});
    }
  }

  const Chart& chart_;
  ChartLayout out_;
  TimeScale times_;
  double left_ = 0;
  double right_ = 0;
};

}  // namespace

double lanes_height(const Chart& chart) {
  const std::size_t lanes = std::clamp<std::size_t>(chart.lanes.size(), 2, kMostLanes);
  return kLanesHead + kLaneHeight * static_cast<double>(lanes) + kLanesFoot;
}

ChartLayout layout_lanes(const Chart& chart, double width) {
  return LanePainter(chart, width).paint();
}

}  // namespace chartroom::report
