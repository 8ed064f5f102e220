// A finished report as a file. Pure.
#pragma once

#include <string>
#include <string_view>

namespace chartroom::app {

/// MIME type of a report by its file extension; HTML with its charset.
[[nodiscard]] const char* report_content_type(std::string_view extension);

/// `text` with '_' for everything that file systems, proxies and shells may read otherwise.
[[nodiscard]] std::string as_file_name(std::string text);

}  // namespace chartroom::app
