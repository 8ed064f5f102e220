// Documents within reports: the pages of received PDFs and scans.
#pragma once

#include <string>
#include <vector>

#include "report/document.hpp"

namespace chartroom::report {

/// Whether embedded() shows documents of this media type: PDF and TIFF.
[[nodiscard]] bool is_page_document(const std::string& media_type);

/// The pages of a PDF or a scan; of one that cannot be shown, the reason.
[[nodiscard]] std::vector<Block> embedded(const std::string& title, std::string bytes);

}  // namespace chartroom::report
