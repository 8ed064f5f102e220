#include "http/message.hpp"

#include "base/text.hpp"

namespace chartroom::http {

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string Request::media_type() const {
  const auto type = header("content-type");
  if (!type) return {};
  return base::to_lower_ascii(base::trim(type->substr(0, type->find(';'))));
}

}  // namespace chartroom::http
