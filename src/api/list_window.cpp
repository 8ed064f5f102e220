#include "api/list_window.hpp"

#include <charconv>

#include "base/bytes.hpp"

namespace chartroom::api {
namespace {

template <typename Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> read_cursor(std::string_view cursor, std::string_view list) {
  const auto text = base::from_base64url(cursor);
  if (!text || !text->starts_with(list)) return std::nullopt;
  const std::string_view rest = std::string_view(*text).substr(list.size());
  if (!rest.starts_with('/')) return std::nullopt;
  return read_number<std::int64_t>(rest.substr(1));
}

}  // namespace

std::optional<ListWindow> read_list_window(const http::Request& request, std::string_view list) {
  ListWindow window;
  if (const auto text = request.query_value("limit")) {
    const auto limit = read_number<std::size_t>(*text);
    if (!limit || *limit == 0 || *limit > base::limits::kPageSizeMost) return std::nullopt;
    window.limit = *limit;
  }
  if (const auto text = request.query_value("cursor")) {
    window.position = read_cursor(*text, list);
    if (!window.position) return std::nullopt;
  }
  return window;
}

std::string make_cursor(std::string_view list, std::int64_t position) {
  return base::to_base64url(std::string(list) + '/' + std::to_string(position));
}

}  // namespace chartroom::api
