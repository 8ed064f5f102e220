#include "app/report_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace chartroom::app {

const char* report_content_type(std::string_view extension) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 5> kTypes{{
      {"pdf", "application/pdf"},
      {"json", "application/json"},
      {"html", "text/html; charset=utf-8"},
      {"zip", "application/zip"},
      {"xml", "application/xml"},
  }};
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(),
                                   [&](const auto& type) { return type.first == extension; });
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

std::string as_file_name(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '_' || c == '.');
      },
      '_');
  return text;
}

}  // namespace chartroom::app
