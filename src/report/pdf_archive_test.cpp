// What screen readers and archives need of our PDFs, walked object by object.
#include <gtest/gtest.h>

#include <map>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <set>

#include "report/kinds.hpp"
#include "report/pdf_testing.hpp"
#include "report/render.hpp"
#include "report/sample_record.hpp"

namespace chartroom::report {
namespace {

using Object = QPDFObjectHandle;

/// Counts what is painted outside of all marks of a page.
class MarkCheck : public Object::ParserCallbacks {
 public:
  std::size_t unmarked = 0;
  std::size_t artifacts = 0;
  int depth = 0;
  std::size_t crossed = 0;  ///< marks that begin within a text object and end outside, or so

  void handleObject(Object object, std::size_t /*offset*/, std::size_t /*length*/) override {
    if (!object.isOperator()) {
      last_name_ = object.isName() ? object.getName() : last_name_;
      return;
    }
    static const std::set<std::string> kPaints = {"f",  "F",  "f*", "S", "s",  "B",  "b", "B*",
                                                  "b*", "Tj", "TJ", "'", "\"", "Do", "sh"};
    const std::string name = object.getOperatorValue();
    if (name == "BT" || name == "ET") in_text_ = name == "BT";
    if (name == "BDC" || name == "BMC") {
      ++depth;
      opened_in_text_.push_back(in_text_);
      if (last_name_ == "/Artifact") ++artifacts;
    }
    if (name == "EMC") {
      --depth;
      if (!opened_in_text_.empty()) {
        crossed += opened_in_text_.back() == in_text_ ? 0 : 1;
        opened_in_text_.pop_back();
      }
    }
    if (depth == 0 && kPaints.contains(name)) ++unmarked;
    last_name_.clear();
  }
  void handleEOF() override {}

 private:
  std::string last_name_;
  bool in_text_ = false;
  std::vector<bool> opened_in_text_;
};

struct Structure {
  std::map<std::string, std::size_t> elements;
  std::size_t headers_without_scope = 0;
  std::size_t figures_without_words = 0;
  std::vector<int> headings;

  void walk(Object element) {
    if (!element.isDictionary() || !element.getKey("/S").isName()) return;
    const std::string type = element.getKey("/S").getName();
    ++elements[type];
    if (type == "/TH" && !element.getKey("/A").hasKey("/Scope")) ++headers_without_scope;
    if (type == "/Figure" && element.getKey("/Alt").getUTF8Value().empty()) ++figures_without_words;
    if (type.size() == 3 && type[1] == 'H') headings.push_back(type[2] - '0');
    Object kids = element.getKey("/K");
    if (!kids.isArray()) return;
    for (const Object& kid : kids.getArrayAsVector()) walk(kid);
  }
};

std::string pdf_of(const char* name) {
  const auto built = build({{name, Format::pdf, {}}}, sample::full_record(), sample::context());
  EXPECT_TRUE(built && !built->empty());
  return built && !built->empty() ? built->front().bytes : std::string{};
}

void expect_all_marked(QPDF& pdf) {
  std::size_t number = 0;
  for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages()) {
    MarkCheck check;
    page.parseContents(&check);
    EXPECT_EQ(check.unmarked, 0U) << "page " << number;
    EXPECT_GT(check.artifacts, 0U) << "page " << number;
    EXPECT_EQ(check.depth, 0) << "page " << number;
    EXPECT_EQ(check.crossed, 0U) << "page " << number;
    ++number;
  }
}

TEST(PdfForReaders, AllThatIsPaintedIsContentOrArtifact) {
  const std::string bytes = pdf_of("highlights");
  QPDF pdf;
  pdf.processMemoryFile("report", bytes.data(), bytes.size());
  expect_all_marked(pdf);
}

TEST(PdfForReaders, ACombinedReportToo) {
  const auto built = build({{"combined", Format::pdf, {"highlights", "ccdraw"}}},
                           sample::full_record(), sample::context());
  ASSERT_TRUE(built && built->size() == 1);
  QPDF pdf;
  pdf.processMemoryFile("report", built->front().bytes.data(), built->front().bytes.size());
  expect_all_marked(pdf);
}

TEST(PdfForReaders, TheStructureHasHeadingsTablesAndFigures) {
  for (const char* name : {"healthcheck", "highlights", "timeline"}) {
    const std::string bytes = pdf_of(name);
    QPDF pdf;
    pdf.processMemoryFile("report", bytes.data(), bytes.size());
    Object root = pdf.getRoot();
    EXPECT_TRUE(root.getKey("/MarkInfo").getKey("/Marked").getBoolValue());
    EXPECT_EQ(root.getKey("/Lang").getStringValue(), "en-US");
    Structure structure;
    structure.walk(root.getKey("/StructTreeRoot").getKey("/K").getArrayItem(0));
    EXPECT_EQ(structure.elements["/H1"], 1U) << name;
    EXPECT_GT(structure.elements["/Table"], 3U) << name;
    EXPECT_GT(structure.elements["/TH"], 0U) << name;
    EXPECT_GT(structure.elements["/TD"], 0U) << name;
    EXPECT_GT(structure.elements["/Figure"], 0U) << name;
    EXPECT_EQ(structure.headers_without_scope, 0U) << name;
    EXPECT_EQ(structure.figures_without_words, 0U) << name;
    for (std::size_t i = 1; i < structure.headings.size(); ++i) {
      EXPECT_LE(structure.headings[i], structure.headings[i - 1] + 1) << name;  // none is skipped
    }
  }
}

TEST(PdfForArchives, SaysWhatItsColorsMeanAndThatItIsOne) {
  const std::string bytes = pdf_of("highlights");
  QPDF pdf;
  pdf.processMemoryFile("report", bytes.data(), bytes.size());
  Object root = pdf.getRoot();
  Object intent = root.getKey("/OutputIntents").getArrayItem(0);
  EXPECT_EQ(intent.getKey("/S").getName(), "/GTS_PDFA1");
  EXPECT_EQ(intent.getKey("/DestOutputProfile").getDict().getKey("/N").getIntValue(), 3);
  const auto data = root.getKey("/Metadata").getRawStreamData();
  const std::string xmp(reinterpret_cast<const char*>(data->getBuffer()), data->getSize());
  EXPECT_NE(xmp.find("<pdfaid:part>2</pdfaid:part>"), std::string::npos);
  EXPECT_NE(xmp.find("Highlights Summary"), std::string::npos);
  EXPECT_NE(xmp.find("<xmp:CreateDate>2026-03-02T10:00:00Z"), std::string::npos);
  for (Object& object : pdf.getAllObjects()) {
    if (object.isStream() && object.getDict().hasKey("/Interpolate")) {
      EXPECT_FALSE(object.getDict().getKey("/Interpolate").getBoolValue());
    }
    if (object.isDictionary() && object.getKey("/Type").isName() &&
        object.getKey("/Type").getName() == "/FontDescriptor") {
      EXPECT_TRUE(object.hasKey("/FontFile2") || object.hasKey("/FontFile3") ||
                  object.hasKey("/FontFile"));
    }
  }
}

// Pages of others may hold anything: a file with such pages claims nothing.
TEST(PdfForArchives, ReceivedPagesMakeNoClaim) {
  Document sheet = testing::document();
  sheet.blocks.push_back(Paragraph{testing::spans("inside"), false});
  const auto inner = render_pdf(sheet);
  ASSERT_TRUE(inner);
  Document outer = testing::document();
  outer.blocks.push_back(EmbeddedPdf{"Received", *inner});
  const auto bytes = render_pdf(outer);
  ASSERT_TRUE(bytes);
  QPDF pdf;
  pdf.processMemoryFile("report", bytes->data(), bytes->size());
  EXPECT_FALSE(pdf.getRoot().hasKey("/OutputIntents"));
  PdfPress press;
  for (const auto& [part, claims] : {std::pair{outer, false}, std::pair{sheet, true}}) {
    const auto bound = press.write(press.bind(testing::document(), {{"Part", press.draw(part)}}));
    ASSERT_TRUE(bound);
    QPDF combined;
    combined.processMemoryFile("combined", bound->data(), bound->size());
    EXPECT_EQ(combined.getRoot().hasKey("/OutputIntents"), claims);
    EXPECT_EQ(combined.getRoot().hasKey("/Metadata"), claims);
  }
  testing::expect_sound(*bytes);
  expect_all_marked(pdf);
}

}  // namespace
}  // namespace chartroom::report
