// Every kind of report, in each of its formats: what all have in common.
#include "report/kinds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <random>

#include "base/bytes.hpp"
#include "evidence/read.hpp"
#include "report/composed.hpp"
#include "report/pdf_testing.hpp"
#include "report/render.hpp"
#include "report/sample_record.hpp"
#include "report/scan_testing.hpp"
#include "report/unity.hpp"

namespace chartroom::report {
namespace {

bool within(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

/// A record that gives every kind something to show: notes of a provider without C-CDA, an APS.
evidence::Record record_for_all() {
  evidence::Record record = sample::full_record();
  sample::add_source(record, "6", "Copy Service", evidence::SourceFormat::pdf);
  record.sources.back().channel = "offline";
  return record;
}

std::vector<ReportSpec> all_specs() {
  std::vector<ReportSpec> specs;
  for (const ReportKind& kind : report_kinds()) {
    for (const Format format : kind.formats) specs.push_back({kind.name, format, {}});
  }
  return specs;
}

TEST(Kinds, EachIsMadeInEachOfItsFormats) {
  const evidence::Record record = record_for_all();
  const OrderContext context = sample::context();
  for (const ReportSpec& spec : all_specs()) {
    const auto built = build({spec}, record, context);
    ASSERT_TRUE(built) << spec.name;
    ASSERT_FALSE(built->empty()) << spec.name;
    for (const BuiltReport& report : *built) {
      const char* begin = spec.format == Format::pdf    ? "%PDF-"
                          : spec.format == Format::zip  ? "PK"
                          : spec.format == Format::html ? "<!DOCTYPE html>"
                                                        : "{";
      EXPECT_TRUE(report.bytes.starts_with(begin)) << spec.name;
    }
  }
}

TEST(Kinds, EachDocumentHasEnvelopeCoverageIdentityAndSources) {
  const evidence::Record record = record_for_all();
  const OrderContext context = sample::context();
  const Lens lens(record, context);
  for (const ReportKind& kind : report_kinds()) {
    if (kind.documents == nullptr) continue;
    for (const MadeReport& made : kind.documents(lens)) {
      const std::string html = render_html(made.document);
      for (const char* title :
           {">Applicant and order<", ">Coverage<", ">Identity of the records<", ">Source index<"}) {
        EXPECT_TRUE(within(html, title)) << kind.name << title;
      }
      EXPECT_TRUE(within(html, "not an underwriting decision")) << kind.name;
      EXPECT_FALSE(within(html, "Stranger")) << kind.name;
      EXPECT_FALSE(within(html, "987654321")) << kind.name;
    }
  }
}

TEST(Kinds, TheOrderOfArrivalDoesNotMatter) {
  const OrderContext context = sample::context();
  evidence::Record first = record_for_all();
  evidence::Record second = first;
  std::mt19937 shuffler(11);
  std::shuffle(second.facts.begin(), second.facts.end(), shuffler);
  evidence::normalise(first);
  evidence::normalise(second);
  for (const ReportSpec& spec : all_specs()) {
    const auto a = build({spec}, first, context);
    const auto b = build({spec}, second, context);
    ASSERT_TRUE(a && b) << spec.name;
    ASSERT_EQ(a->size(), b->size()) << spec.name;
    for (std::size_t i = 0; i < a->size(); ++i) {
      EXPECT_EQ((*a)[i].bytes, (*b)[i].bytes) << spec.name << "." << file_extension(spec.format);
    }
  }
}

TEST(Kinds, ACombinedReportBindsEveryKindThatIsADocument) {
  const evidence::Record record = record_for_all();
  ReportSpec spec{"combined", Format::pdf, {}};
  for (const ReportKind& kind : report_kinds()) {
    const bool as_pdf =
        std::find(kind.formats.begin(), kind.formats.end(), Format::pdf) != kind.formats.end();
    EXPECT_EQ(is_supported({"combined", Format::pdf, {kind.name}}), as_pdf) << kind.name;
    if (as_pdf) spec.base_reports.emplace_back(kind.name);
  }
  const auto built = build({spec}, record, sample::context());
  ASSERT_TRUE(built);
  ASSERT_EQ(built->size(), 1U);
  EXPECT_EQ(built->front().base_report_names, spec.base_reports);
  // poppler takes long over the structure of many pages; the parts are looked at one by one.
  const testing::Run check = testing::run("qpdf --check %", built->front().bytes);
  EXPECT_EQ(check.status, 0) << check.output;
  EXPECT_EQ(testing::count(check.output, "WARNING"), 0U) << check.output;
}

TEST(Unity, HoldsOneProviderAndNothingOfAnother) {
  evidence::Record record = sample::full_record();
  evidence::Fact theirs =
      sample::fact(evidence::Kind::problem, "Gout of the lake", "2024-01-01", "component[1]/x", 1);
  record.facts.push_back(theirs);
  const OrderContext context = sample::context();
  const auto providers = providers_with_facts(record, context);
  ASSERT_EQ(providers.size(), 2U);
  for (const std::string& provider : providers) {
    const Lens one(record, context, provider);
    const Composed made = compose("unity", one);
    const std::string text = boost::json::serialize(made.json) + render_html(made.document);
    const bool lake = provider == "provider-Lakeside Hospital";
    EXPECT_EQ(within(text, "Gout of the lake"), lake);
    EXPECT_EQ(within(text, "Cedar Valley"), !lake);
    EXPECT_EQ(within(text, "Lakeside"), lake);
    EXPECT_EQ(made.json.at("report").at("providerId").as_string(), provider);
  }
}

// In the report of all sources a copy stands on the row of what it repeats; in its own provider's
// report it is the row.
TEST(Unity, ACopyOfAnotherProvidersEntryIsShownAsItsOwn) {
  evidence::Record record = sample::full_record();
  std::size_t original = 0;
  while (record.facts[original].kind != evidence::Kind::problem) ++original;
  for (const char* place : {"component[1]/entry[1]", "component[1]/entry[2]"}) {
    evidence::Fact copy = record.facts[original];
    copy.sources = {{1, place}};
    copy.duplicate_of = original;
    record.facts.push_back(copy);
  }
  const OrderContext context = sample::context();
  const Lens one(record, context, "provider-Lakeside Hospital");
  const auto& problems = one.of(evidence::Kind::problem);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(one.all_sources(problems.front()).size(), 2U);
}

TEST(Timeline, HasOneRowPerEventAndUndatedOnesApart) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const boost::json::object json = compose("timeline", Lens(record, context)).json;
  const auto& events = json.at("events").as_array();
  ASSERT_FALSE(events.empty());
  for (std::size_t i = 1; i < events.size(); ++i) {
    EXPECT_GE(events[i - 1].at("date").as_string().subview(0, 10),
              events[i].at("date").as_string().subview(0, 10));
  }
  for (const auto& event : json.at("undated").as_array()) {
    EXPECT_EQ(event.at("date").as_string(), "");
  }
}

TEST(Html, RowsLinkToWhatTheyWereReadFrom) {
  evidence::Record record = sample::full_record();
  OrderContext context = sample::context();
  const std::string bundle =
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Condition","id":"7",)"
      R"("note":"<script>alert(1)</script>","code":{"text":"as received"}}},)"
      R"({"resource":{"resourceType":"Condition","id":"unasked","code":{"text":"secret"}}}]})";
  context.raw_items = {bundle};
  const auto built = build({{"healthcheck", Format::html, {}}}, record, context);
  ASSERT_TRUE(built);
  const std::string& html = built->front().bytes;
  EXPECT_TRUE(within(html, "<a href=\"#raw-1\">[S1 Condition/7]</a>"));
  EXPECT_TRUE(within(html, "<div class=\"raw\" id=\"raw-1\"><h3>S1 Condition/7</h3>"));
  EXPECT_TRUE(within(html, "as received"));
  EXPECT_FALSE(within(html, "secret"));  // no row came from it
  EXPECT_FALSE(within(html, "<script"));
  EXPECT_TRUE(within(html, "&lt;script&gt;"));
}

TEST(Html, ARawItemThatHoldsSomethingWithheldIsNotOpened) {
  evidence::Record record = sample::full_record();
  OrderContext context = sample::context();
  context.raw_items = {R"({"resourceType":"Condition","id":"7","code":{"text":"as received"}})"};
  evidence::Fact withheld =
      sample::fact(evidence::Kind::problem, "Withheld", "2020-01-01", "Condition/7");
  withheld.hidden = true;
  withheld.hidden_reason = "withheld: restricted by its source";
  record.facts.push_back(withheld);
  const auto built = build({{"healthcheck", Format::html, {}}}, record, context);
  ASSERT_TRUE(built);
  EXPECT_FALSE(within(built->front().bytes, "as received"));
  EXPECT_TRUE(within(built->front().bytes, "<a href=\"#source-S1\">[S1 Condition/7]</a>"));
}

TEST(Html, BrokenRawItemsCostNothingButTheLink) {
  evidence::Record record = sample::full_record();
  OrderContext context = sample::context();
  const std::string deep = R"({"resourceType":"Bundle","entry":)" + std::string(100'000, '[');
  for (const std::string& bytes :
       {std::string("{\"resourceType\":"), deep, std::string("\xFF\x00", 2)}) {
    context.raw_items = {bytes};
    const auto built = build({{"healthcheck", Format::html, {}}}, record, context);
    ASSERT_TRUE(built);
    EXPECT_TRUE(within(built->front().bytes, "<a href=\"#source-S1\">[S1 Condition/7]</a>"));
  }
}

TEST(Aps, BindsAReceivedPdfAndShowsReceivedCharts) {
  evidence::Record record = record_for_all();
  record.sources[1].channel = "offline";  // the documents of Lakeside came from a copy service
  OrderContext context = sample::context();
  Document sheet = testing::document();
  sheet.blocks.push_back(Paragraph{testing::spans("Scanned office notes"), false});
  const auto pdf = render_pdf(sheet);
  ASSERT_TRUE(pdf);
  context.raw_items.resize(record.sources.size());
  context.raw_items.back() = *pdf;
  const auto built = build({{"aps", Format::pdf, {}}}, record, context);
  ASSERT_TRUE(built);
  ASSERT_EQ(built->size(), 1U);
  const std::string text = testing::text_of(built->front().bytes);
  EXPECT_TRUE(within(text, "Scanned office notes"));
  EXPECT_TRUE(within(text, "Laboratory of 2022-02-02"));
  EXPECT_FALSE(within(text, "Laboratory of 2020-01-01"));  // another person's
  testing::expect_sound(built->front().bytes);
}

TEST(Aps, ShowsTheSheetsOfAScan) {
  evidence::Record record = record_for_all();
  record.sources.back().format = evidence::SourceFormat::tiff;
  OrderContext context = sample::context();
  context.raw_items.resize(record.sources.size());
  const std::string scan = testing::scan_of({testing::Sheet{}, testing::Sheet{}});
  context.raw_items.back() = scan;
  const auto built = build({{"aps", Format::pdf, {}}}, record, context);
  ASSERT_TRUE(built);
  ASSERT_EQ(built->size(), 1U);
  const std::string pictures = testing::run("pdfimages -list %", built->front().bytes).output;
  EXPECT_EQ(testing::count(pictures, "gray    1   1"), 2U) << pictures;
  testing::expect_sound(built->front().bytes);
}

TEST(Notes, APdfInsideOfANoteIsShownPageByPage) {
  evidence::Record record = sample::full_record();
  evidence::Fact note = sample::fact(evidence::Kind::document, "Scanned letter", "2025-02-02",
                                     "DocumentReference/pdf");
  note.set("media_type", "application/pdf");
  record.facts.push_back(note);
  evidence::Fact other = note;
  other.sources.front().locator = "DiagnosticReport/r";
  record.facts.push_back(other);
  Document sheet = testing::document();
  sheet.blocks.push_back(Paragraph{testing::spans("Words of a scanned letter"), false});
  const auto pdf = render_pdf(sheet);
  ASSERT_TRUE(pdf);
  const std::string data = base::to_base64(*pdf);
  const std::string bundle =
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"DocumentReference","id":"pdf",)"
      R"("content":[{"attachment":{"contentType":"application/pdf","data":")" +
      data +
      R"("}}]}},{"resource":{"resourceType":"DiagnosticReport","id":"r","presentedForm":[{"url":"Binary/b"}]}},)"
      R"({"resource":{"resourceType":"Binary","id":"b","data":")" +
      data + R"("}}]})";
  OrderContext context = sample::context();
  context.raw_items = {bundle};
  const auto built = build({{"clinicalnotes", Format::pdf, {}}}, record, context);
  ASSERT_TRUE(built && built->size() == 1);
  const std::string text = testing::text_of(built->front().bytes);
  EXPECT_EQ(testing::count(text, "Words of a scanned letter"), 2U);
  testing::expect_sound(built->front().bytes);
}

/// Documents of somebody who means harm: markup, scripts and addresses wherever text may stand.
evidence::Record hostile_record() {
  evidence::Record record = record_for_all();
  const std::string bad =
      "\"><script>alert(1)</script><img src=http://evil.test/x onerror=alert(1)>";
  evidence::ClinicalDocument document = sample::document(1, "2023-03-03");
  document.title = bad;
  document.author = "javascript:alert(1)";
  document.sections.front().title = bad;
  document.sections.front().blocks.front().caption = bad;
  document.sections.front().blocks.front().rows.front().front().spans.front().text = bad;
  record.documents.push_back(document);
  document.sections.clear();
  document.unstructured_media_type = "text/html";
  document.unstructured_bytes = "<html><script>alert(2)</script>";
  record.documents.push_back(document);
  evidence::Fact note = sample::fact(evidence::Kind::document, bad, "2025-02-02", bad);
  note.narrative.push_back({});
  note.narrative.back().spans.push_back({bad});
  evidence::NarrativeBlock picture;
  picture.type = evidence::NarrativeBlock::Type::image;
  picture.media_type = "image/svg+xml";
  picture.media_bytes = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(3)</script></svg>";
  note.narrative.push_back(picture);
  record.facts.push_back(note);
  return record;
}

TEST(Hostile, NoKindOfReportRunsLoadsOrLinksAnything) {
  const evidence::Record record = hostile_record();
  OrderContext context = sample::context();
  context.raw_items.assign(record.sources.size(), "<ClinicalDocument><script>alert(4)</script>");
  for (const ReportKind& kind : report_kinds()) {
    for (const Format format : kind.formats) {
      const auto built = build({{kind.name, format, {}}}, record, context);
      ASSERT_TRUE(built) << kind.name;
      for (const BuiltReport& report : *built) {
        if (format == Format::html) {
          for (const char* active :
               {"<script", "<img src=http", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script",
                "href=\"javascript:", "href=\"http", "src=\"http", "<iframe"}) {
            EXPECT_FALSE(within(report.bytes, active)) << kind.name << " " << active;
          }
        } else if (format == Format::pdf) {
          const std::string open = testing::laid_open(report.bytes);
          for (const char* active :
               {"/JavaScript", "/URI", "/Launch", "/SubmitForm", "/OpenAction"}) {
            EXPECT_FALSE(within(open, active)) << kind.name << " " << active;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace chartroom::report
