#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <pugixml.hpp>

#include "report/chart_layout.hpp"
#include "report/chart_scale.hpp"
#include "report/render.hpp"

namespace chartroom::report {
namespace {

base::TimePoint day(const char* text) { return *base::parse_iso(text); }

Chart pressure() {
  Chart chart;
  chart.title = "Blood <pressure>";
  chart.unit = "mm Hg";
  chart.band_high = 140;
  chart.series = {
      {"Systolic",
       {{day("2021-05-01"), 151, "", Tone::alert}, {day("2019-05-01"), 128, "", Tone::none}}},
      {"Diastolic",
       {{day("2019-05-01"), 84, "", Tone::none}, {day("2021-05-01"), 95, "", Tone::none}}}};
  return chart;
}

bool has_text(const ChartLayout& layout, const std::string& text) {
  return std::any_of(layout.texts.begin(), layout.texts.end(),
                     [&](const ChartText& t) { return t.text == text; });
}

TEST(ChartScale, ValueTicksAreRoundAndCoverTheValues) {
  const ValueScale scale = make_value_scale(4.1, 7.3, 4);
  EXPECT_LE(scale.low, 4.1);
  EXPECT_GE(scale.high, 7.3);
  EXPECT_GE(scale.ticks().size(), 3U);
  EXPECT_LE(scale.ticks().size(), 7U);
  EXPECT_EQ(make_value_scale(0.02, 0.051, 4).label(0.02), "0.02");
  EXPECT_EQ(make_value_scale(100, 200, 4).label(150), "150");
  const ValueScale flat = make_value_scale(5, 5, 4);
  EXPECT_LT(flat.low, 5);
  EXPECT_GT(flat.high, 5);
  EXPECT_GE(make_value_scale(0, 0, 3).high, 1);
}

TEST(ChartScale, NumbersAreShort) {
  EXPECT_EQ(format_number(5.9), "5.9");
  EXPECT_EQ(format_number(142), "142");
  EXPECT_EQ(format_number(-0.85), "-0.85");
  EXPECT_EQ(format_number(0), "0");
  EXPECT_EQ(format_number(1.0 / 3), "0.333333");
}

TEST(ChartScale, TimeTicksFollowTheCalendar) {
  const TimeScale years = make_time_scale(day("2012-03-01"), day("2024-08-01"), 7);
  ASSERT_FALSE(years.ticks.empty());
  EXPECT_LE(years.ticks.size(), 7U);
  for (const TimeTick& tick : years.ticks) EXPECT_EQ(base::Date::from(tick.when).day, 1U);
  const TimeScale months = make_time_scale(day("2023-11-10"), day("2024-04-20"), 6);
  ASSERT_FALSE(months.ticks.empty());
  EXPECT_EQ(months.ticks.front().label, "Dec 2023");
  const TimeScale single = make_time_scale(day("2024-04-20"), day("2024-04-20"), 6);
  ASSERT_EQ(single.ticks.size(), 1U);
  EXPECT_EQ(single.ticks.front().label, "Apr 20, 2024");
  EXPECT_LT(single.begin, single.end);
}

TEST(ChartLayoutTest, LabelsTheLatestValueWhateverTheOrder) {
  const ChartLayout layout = layout_chart(pressure(), 360, 176);
  EXPECT_TRUE(has_text(layout, "151"));
  EXPECT_TRUE(has_text(layout, "95"));
  EXPECT_TRUE(has_text(layout, "Systolic"));
  EXPECT_TRUE(has_text(layout, "mm Hg  ·  reference up to 140"));
  EXPECT_FALSE(has_text(layout, "128"));
}

TEST(ChartLayoutTest, EverythingStaysInsideTheBox) {
  const ChartLayout layout = layout_chart(pressure(), 164, 132);
  for (const ChartLine& line : layout.lines) {
    for (const auto& [x, y] : line.points) {
      EXPECT_GE(x, 0);
      EXPECT_LE(x, 164);
      EXPECT_GE(y, 0);
      EXPECT_LE(y, 132);
    }
  }
  for (const ChartRect& rect : layout.rects) {
    EXPECT_GE(rect.y, 0);
    EXPECT_LE(rect.y + rect.height, 132);
  }
}

TEST(ChartLayoutTest, AValueThatStandsOutHasAShapeOfItsOwn) {
  const ChartLayout layout = layout_chart(pressure(), 360, 176);
  const auto diamonds =
      std::count_if(layout.markers.begin(), layout.markers.end(),
                    [](const ChartMarker& marker) { return marker.shape == MarkerShape::diamond; });
  EXPECT_EQ(diamonds, 1);
}

TEST(ChartLayoutTest, UnusableValuesAreLeftOut) {
  Chart chart;
  chart.title = "Odd";
  const double inf = std::numeric_limits<double>::infinity();
  chart.band_low = std::nan("");
  chart.series = {
      {"",
       {{day("2020-01-01"), inf, "", Tone::none},
        {day("2020-01-02"), std::nan(""), "", Tone::none},
        {base::from_unix_ms(std::numeric_limits<std::int64_t>::max()), 1, "", Tone::none}}}};
  EXPECT_TRUE(has_text(layout_chart(chart, 300, 150), "No values to draw"));
  chart.series.front().points.push_back({day("2020-01-03"), 7, "", Tone::none});
  const ChartLayout layout = layout_chart(chart, 300, 150);
  EXPECT_EQ(layout.markers.size(), 1U);
  for (const ChartMarker& marker : layout.markers) EXPECT_TRUE(std::isfinite(marker.y));
}

TEST(ChartSvg, IsWellFormedAndAccessible) {
  const std::string svg = render_chart_svg(pressure(), "bp-1");
  pugi::xml_document parsed;
  ASSERT_TRUE(parsed.load_string(svg.c_str()));
  const pugi::xml_node root = parsed.child("svg");
  EXPECT_STREQ(root.attribute("role").value(), "img");
  EXPECT_STREQ(root.attribute("aria-labelledby").value(), "bp-1-title bp-1-desc");
  EXPECT_STREQ(root.child("title").child_value(), "Blood <pressure>");
  EXPECT_STREQ(root.child("title").attribute("id").value(), "bp-1-title");
  EXPECT_NE(std::string(root.child("desc").child_value()).find("Systolic"), std::string::npos);
  EXPECT_FALSE(root.child("text").empty());
}

TEST(ChartSvg, NothingOfTheContentBecomesMarkup) {
  Chart chart = pressure();
  chart.title = "</title><script>alert(1)</script>\x01";
  chart.unit = "\" onload=\"x";
  chart.series[1].name = "<b>&";
  const std::string svg = render_chart_svg(chart, "a\"b");
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  pugi::xml_document parsed;
  EXPECT_TRUE(parsed.load_string(svg.c_str()));
}

}  // namespace
}  // namespace chartroom::report
