#include <gtest/gtest.h>

#include "report/blocks.hpp"
#include "report/render.hpp"

namespace chartroom::report {
namespace {

constexpr const char* kHostile = "</td><script>alert('x')</script>\" onload=\"y ]]> & \x01";

Document hostile_document() {
  Document document;
  document.title = kHostile;
  document.subtitle = kHostile;
  document.footer = kHostile;
  document.language = "en\" onload=\"z";
  Span link = plain(kHostile);
  link.target = kHostile;
  Cell odd = cell(Spans{link});
  odd.anchor = kHostile;
  odd.header = true;
  document.blocks = {heading(2, kHostile, kHostile),
                     heading(3, kHostile, kHostile),
                     paragraph(kHostile),
                     Paragraph{words(kHostile), true},
                     List{{{words(kHostile), 0, kHostile}, {words("deeper"), 2, "1."}}},
                     Table{kHostile, {column(kHostile)}, {{odd}}},
                     KeyValues{{pair(kHostile, kHostile)}},
                     callout(Tone::alert, kHostile, kHostile),
                     Image{"image/png", "\x89PNG", kHostile},
                     Image{"image/svg+xml", "<svg onload='x'/>", kHostile},
                     EmbeddedPdf{kHostile, "%PDF-1.4"}};
  Chart chart;
  chart.title = kHostile;
  chart.unit = kHostile;
  chart.alternative = kHostile;
  for (int day = 1; day < 4; ++day) {
    ChartPoint point;
    point.when = base::TimePoint{std::chrono::hours(24 * day)};
    point.value = day;
    point.label = kHostile;
    if (chart.series.empty()) chart.series.push_back({kHostile, {}});
    chart.series.front().points.push_back(point);
  }
  document.blocks.push_back(ChartRow{{chart}});
  return document;
}

TEST(Html, HostileTextNeverBecomesMarkup) {
  const std::string page = render_html(hostile_document());
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("onload=\"y"), std::string::npos);
  EXPECT_EQ(page.find("onload=\"z"), std::string::npos);
  EXPECT_EQ(page.find("<svg onload"), std::string::npos);
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_EQ(page.find("]]>"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(&#39;x&#39;)"), std::string::npos);
}

TEST(Html, NeedsNothingFromAnywhere) {
  const std::string page = render_html(hostile_document());
  EXPECT_EQ(page.find("src=\"http"), std::string::npos);
  EXPECT_EQ(page.find("href=\"http"), std::string::npos);
  EXPECT_EQ(page.find("url("), std::string::npos);
  EXPECT_EQ(page.find("@import"), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(Html, HasLandmarksAndOneTitle) {
  Document document;
  document.title = "Health Check Summary";
  document.subtitle = "Jane Doe";
  document.footer = "not an underwriting decision";
  document.blocks = {heading(1, "Health Check Summary"), heading(2, "One", "one"),
                     heading(2, "Two", "two"), heading(2, "Three", "three")};
  const std::string page = render_html(document);
  EXPECT_NE(page.find("<html lang=\"en-US\">"), std::string::npos);
  EXPECT_NE(page.find("href=\"#main\""), std::string::npos);
  EXPECT_NE(page.find("<main id=\"main\">"), std::string::npos);
  EXPECT_NE(page.find("<nav aria-label=\"Contents\">"), std::string::npos);
  EXPECT_NE(page.find("<footer>"), std::string::npos);
  EXPECT_EQ(page.find("<h1"), page.rfind("<h1"));
  EXPECT_NE(page.find("<section aria-labelledby=\"two\">\n<h2 id=\"two\">"), std::string::npos);
}

TEST(Html, TablesHaveCaptionScopeAndFocusableRegion) {
  Document document;
  Table table{"Lipids", {column("Date"), column("Value")}, {}};
  table.rows.push_back({row_header("2024-01-01"), cell("5.1")});
  document.blocks = {table};
  const std::string page = render_html(document);
  EXPECT_NE(page.find("role=\"region\" tabindex=\"0\" aria-label=\"Lipids\""), std::string::npos);
  EXPECT_NE(page.find("<caption>Lipids</caption>"), std::string::npos);
  EXPECT_NE(page.find("<th scope=\"col\">Value</th>"), std::string::npos);
  EXPECT_NE(page.find("scope=\"row\""), std::string::npos);
}

TEST(Html, ListsNestAndClose) {
  Document document;
  document.blocks = {List{{{words("a"), 0, ""}, {words("b"), 2, ""}, {words("c"), 0, ""}}}};
  const std::string page = render_html(document);
  const auto count = [&](const std::string& what) {
    std::size_t n = 0;
    for (auto at = page.find(what); at != std::string::npos; at = page.find(what, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("<ul>"), count("</ul>"));
  EXPECT_EQ(count("<li>"), count("</li>"));
  EXPECT_EQ(count("<ul>"), 3U);
}

}  // namespace
}  // namespace chartroom::report
