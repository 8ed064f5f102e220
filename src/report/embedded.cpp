#include "report/embedded.hpp"

#include <utility>

#include "evidence/read.hpp"
#include "report/blocks.hpp"
#include "report/scan.hpp"
#include "report/text.hpp"

namespace chartroom::report {

bool is_page_document(const std::string& media_type) {
  return media_type == "application/pdf" || media_type == "image/tiff";
}

std::vector<Block> embedded(const std::string& title, std::string bytes) {
  std::vector<Block> blocks;
  if (evidence::detect(bytes) != evidence::Detected::tiff) {
    blocks.emplace_back(EmbeddedPdf{title, std::move(bytes)});
    return blocks;
  }
  auto pages = pages_of_scan(bytes);
  if (!pages) {
    blocks.push_back(callout(Tone::caution, "Not shown",
                             pages.error().message + " It is kept with the raw record."));
    return blocks;
  }
  if (pages->damaged > 0) {
    blocks.push_back(callout(Tone::caution, "Damaged scan",
                             count_text(pages->damaged, "page") +
                                 " or more could not be read in full. The file is kept unchanged "
                                 "with the raw record."));
  }
  blocks.emplace_back(EmbeddedPdf{title, std::move(pages->pdf)});
  return blocks;
}

}  // namespace chartroom::report
