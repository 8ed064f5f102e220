// The geometry of a trend chart, shared by PDF and SVG: shapes with roles, in points, y down.
#pragma once

#include <string>
#include <vector>

#include "report/document.hpp"

namespace chartroom::report {

/// What a shape stands for; each face chooses its colour.
enum class ChartRole {
  title,
  caption,  ///< unit and reference range under the title
  tick,     ///< axis labels
  value,    ///< the last value
  series_name,
  grid,
  axis,
  band,    ///< reference range
  first,   ///< first series
  second,  ///< every further series
  caution,
  alert,
};

struct ChartText {
  double x = 0;
  double y = 0;  ///< baseline
  double size = 7;
  bool strong = false;
  Align align = Align::start;
  ChartRole role = ChartRole::tick;
  std::string text;
};

struct ChartRect {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  ChartRole role = ChartRole::band;
};

struct ChartLine {
  std::vector<std::pair<double, double>> points;
  double thickness = 1;
  ChartRole role = ChartRole::grid;
};

/// Circle for the first series, square for others; a diamond marks a value that stands out.
enum class MarkerShape { circle, square, diamond };

struct ChartMarker {
  double x = 0;
  double y = 0;
  double radius = 2;
  MarkerShape shape = MarkerShape::circle;
  ChartRole role = ChartRole::first;
};

struct ChartLayout {
  double width = 0;
  double height = 0;
  std::vector<ChartRect> rects;  // in drawing order: rects, lines, markers, texts
  std::vector<ChartLine> lines;
  std::vector<ChartMarker> markers;
  std::vector<ChartText> texts;
};

/// Lays a chart out in a box. Values that are not finite are left out; without any value the chart
/// says so. Pure and deterministic: text widths are estimates, not measured.
[[nodiscard]] ChartLayout layout_chart(const Chart& chart, double width, double height);

/// Timelines: as above, in the height that their lanes need.
[[nodiscard]] ChartLayout layout_lanes(const Chart& chart, double width);
[[nodiscard]] double lanes_height(const Chart& chart);

/// The chart's alternative text, or one made from its values when it has none.
[[nodiscard]] std::string chart_description(const Chart& chart);

}  // namespace chartroom::report
