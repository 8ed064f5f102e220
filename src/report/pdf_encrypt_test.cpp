#include "report/pdf_encrypt.hpp"

#include <gtest/gtest.h>

#include <qpdf/QPDF.hh>

#include "report/health.hpp"
#include "report/render.hpp"
#include "report/sample_record.hpp"

namespace chartroom::report {
namespace {

using Secret = base::Sensitive<std::string>;

bool opens(const std::string& pdf, const char* password) {
  try {
    QPDF document;
    document.setSuppressWarnings(true);
    document.processMemoryFile("report", pdf.data(), pdf.size(), password);
    return document.getAllPages().size() > 0 && document.isEncrypted();
  } catch (const std::exception&) {
    return false;
  }
}

TEST(PdfEncrypt, OpensWithThePasswordAlone) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const std::string plain = render_pdf(healthcheck_document(Lens(record, context))).value();
  const auto locked = encrypt_pdf(plain, Secret("read me, 42"), Secret("nobody's own secret"));
  ASSERT_TRUE(locked);
  EXPECT_TRUE(opens(*locked, "read me, 42"));
  EXPECT_TRUE(opens(*locked, "nobody's own secret"));
  EXPECT_FALSE(opens(*locked, ""));
  EXPECT_FALSE(opens(*locked, "read me, 43"));
  for (const char* claim : {"pdfaid", "GTS_PDFA1"})
    EXPECT_EQ(locked->find(claim), std::string::npos);
}

TEST(PdfEncrypt, WhatIsNoPdfIsAnError) {
  const auto locked = encrypt_pdf("%PDF-1.7 nothing more", Secret("12345678"), Secret("87654321"));
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code, base::ErrorCode::corrupt);
}

}  // namespace
}  // namespace chartroom::report
