#include "api/paging.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::api {
namespace {

namespace limits = base::limits;

/// True when the parameter is absent, which leaves `out` as it is.
bool read_number(const http::Request& request, std::string_view name, std::size_t& out) {
  constexpr std::size_t kMost = 2'147'483'647;  // int32 in the published document
  const auto text = request.query_value(name);
  if (!text) return true;
  const auto number = base::whole_number<std::size_t>(*text);
  if (!number || *number > kMost) return false;
  out = *number;
  return true;
}

/// The query without its paging, as it was sent: "&a=b". What would end a link early is encoded.
std::string other_parameters(const http::Request& request) {
  std::string out;
  for (const auto& piece : base::split(request.raw_query, '&')) {
    const auto name = piece.substr(0, piece.find('='));
    if (piece.empty() || name == "offset" || name == "limit") continue;
    out += '&';
    for (const char c : piece) {
      if (c == '<') {
        out += "%3C";
      } else if (c == '>') {
        out += "%3E";
      } else if (c == '"') {
        out += "%22";
      } else {
        out += c;
      }
    }
  }
  return out;
}

std::optional<std::int64_t> parse_cursor(std::string_view cursor, std::string_view list) {
  const auto text = base::from_base64url(cursor);
  const std::string prefix = std::string(list) + '/';
  if (!text || !text->starts_with(prefix)) return std::nullopt;
  const auto position =
      base::whole_number<std::int64_t>(std::string_view(*text).substr(prefix.size()));
  if (!position || *position < 0) return std::nullopt;
  // Only what make_cursor() writes: one spelling for each place.
  if (make_cursor(list, *position) != cursor) return std::nullopt;
  return position;
}

}  // namespace

std::optional<Window> read_window(const http::Request& request) {
  Window window;
  if (!read_number(request, "offset", window.offset) ||
      !read_number(request, "limit", window.limit) || window.limit == 0) {
    return std::nullopt;
  }
  window.limit = std::min(window.limit, limits::kPageSizeMost);
  return window;
}

void add_paging(http::Response& response, const http::Request& request,
                const std::string& public_url, const Window& window, std::uint64_t total) {
  response.with("x-total-count", std::to_string(total));
  const auto others = other_parameters(request);
  const auto link = [&](std::size_t offset, const char* relation) {
    return '<' + public_url + request.path + "?offset=" + std::to_string(offset) +
           "&limit=" + std::to_string(window.limit) + others + ">; rel=\"" + relation + '"';
  };
  std::string links;
  if (window.offset + window.limit < total) links = link(window.offset + window.limit, "next");
  if (window.offset > 0) {
    const auto previous = window.offset > window.limit ? window.offset - window.limit : 0;
    links += (links.empty() ? "" : ", ") + link(previous, "prev");
  }
  if (!links.empty()) response.with("link", std::move(links));
}

std::optional<ListWindow> read_list_window(const http::Request& request, std::string_view list) {
  ListWindow window;
  if (!read_number(request, "limit", window.limit) || window.limit == 0 ||
      window.limit > limits::kPageSizeMost) {
    return std::nullopt;
  }
  if (const auto cursor = request.query_value("cursor")) {
    window.position = parse_cursor(*cursor, list);
    if (!window.position) return std::nullopt;
  }
  return window;
}

std::string make_cursor(std::string_view list, std::int64_t position) {
  return base::to_base64url(std::string(list) + '/' + std::to_string(position));
}

}  // namespace chartroom::api
