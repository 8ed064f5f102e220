// The SVG face of a chart. Colours are the variables of report.css with fallbacks, so that a chart
// turns dark with its page.
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "report/chart_layout.hpp"
#include "report/render.hpp"

namespace chartroom::report {
namespace {

constexpr double kWidth = 360;
constexpr double kHeight = 176;
constexpr double kLanesWidth = 760;

std::string number(double value) {
  std::array<char, 48> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, 2);
  std::string text(buffer.data(), end.ptr);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

struct Look {
  const char* name;
  const char* colour;
};

Look look_of(ChartRole role) {
  switch (role) {
    case ChartRole::title:
      return {"chart-title", "currentColor"};
    case ChartRole::value:
      return {"chart-value", "currentColor"};
    case ChartRole::caption:
      return {"chart-caption", "var(--muted,#55606f)"};
    case ChartRole::tick:
      return {"chart-tick", "var(--muted,#55606f)"};
    case ChartRole::series_name:
      return {"chart-name", "var(--muted,#55606f)"};
    case ChartRole::grid:
      return {"chart-grid", "var(--line,#d5dbe3)"};
    case ChartRole::axis:
      return {"chart-axis", "var(--strong-line,#8b96a5)"};
    case ChartRole::band:
      return {"chart-band", "var(--good-ground,#e6f4ec)"};
    case ChartRole::first:
      return {"chart-first", "var(--accent,#0a4f96)"};
    case ChartRole::second:
      return {"chart-second", "var(--chart-second,#8a5fa8)"};
    case ChartRole::caution:
      return {"chart-caution", "var(--caution,#7a4a00)"};
    case ChartRole::alert:
      return {"chart-alert", "var(--alert,#a3201a)"};
  }
  return {"chart-mark", "currentColor"};
}

std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + number(value) + "\"";
}

std::string paint(const char* property, ChartRole role) {
  const Look look = look_of(role);
  return std::string(" class=\"") + look.name + "\" " + property + "=\"" + look.colour + "\"";
}

std::string svg_line(const ChartLine& line) {
  std::string points;
  for (const auto& [x, y] : line.points) {
    points += (points.empty() ? "" : " ") + number(x) + "," + number(y);
  }
  return "<polyline" + paint("stroke", line.role) + " fill=\"none\"" +
         attribute("stroke-width", line.thickness) + " stroke-linejoin=\"round\" points=\"" +
         points + "\"/>";
}

std::string svg_marker(const ChartMarker& marker) {
  const double r = marker.radius;
  const std::string look = paint("fill", marker.role);
  if (marker.shape == MarkerShape::circle) {
    return "<circle" + look + attribute("cx", marker.x) + attribute("cy", marker.y) +
           attribute("r", r) + "/>";
  }
  if (marker.shape == MarkerShape::square) {
    return "<rect" + look + attribute("x", marker.x - r) + attribute("y", marker.y - r) +
           attribute("width", 2 * r) + attribute("height", 2 * r) + "/>";
  }
  const double wide = r * 1.35;
  return "<path" + look + " d=\"M" + number(marker.x) + " " + number(marker.y - wide) + "l" +
         number(wide) + " " + number(wide) + "l" + number(-wide) + " " + number(wide) + "l" +
         number(-wide) + " " + number(-wide) + "z\"/>";
}

std::string svg_text(const ChartText& text) {
  const char* anchor = text.align == Align::end      ? " text-anchor=\"end\""
                       : text.align == Align::center ? " text-anchor=\"middle\""
                                                     : "";
  return "<text" + paint("fill", text.role) + attribute("x", text.x) + attribute("y", text.y) +
         attribute("font-size", text.size) + (text.strong ? " font-weight=\"600\"" : "") + anchor +
         ">" + base::escape_markup(text.text) + "</text>";
}

}  // namespace

std::string render_chart_svg(const Chart& chart, const std::string& id) {
  const bool lanes = !chart.lanes.empty();
  const ChartLayout layout = layout_chart(chart, lanes ? kLanesWidth : kWidth, kHeight);
  const std::string name = base::escape_markup(id);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 " +
                    number(layout.width) + " " + number(layout.height) +
                    "\" role=\"img\" aria-labelledby=\"" + name + "-title " + name +
                    "-desc\" font-family=\"inherit\"><title id=\"" + name + "-title\">" +
                    base::escape_markup(chart.title) + "</title><desc id=\"" + name + "-desc\">" +
                    base::escape_markup(chart_description(chart)) + "</desc>";
  for (const ChartRect& rect : layout.rects) {
    out += "<rect" + paint("fill", rect.role) + attribute("x", rect.x) + attribute("y", rect.y) +
           attribute("width", rect.width) + attribute("height", rect.height) + "/>";
  }
  for (const ChartLine& line : layout.lines) out += svg_line(line);
  for (const ChartMarker& marker : layout.markers) out += svg_marker(marker);
  for (const ChartText& text : layout.texts) out += svg_text(text);
  return out + "</svg>";
}

}  // namespace chartroom::report
