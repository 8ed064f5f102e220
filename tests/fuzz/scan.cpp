// Scans (TIFF). Input: the file.
#include "report/scan.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = chartroom::fuzz::as_text(data, size);
  const auto pages = chartroom::report::pages_of_scan(text);
  if (pages) chartroom::fuzz::must(pages->pdf.starts_with("%PDF-"), "what is drawn is a PDF");
  return 0;
}
