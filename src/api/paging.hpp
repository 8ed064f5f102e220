// Lists in pages: by offset and limit where the contract says so (§3.3, §3.7), by a cursor in the
// extensions (§15).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "http/message.hpp"

namespace chartroom::api {

struct Window {
  std::size_t offset = 0;
  std::size_t limit = base::limits::kPageSize;
};

/// From `offset` and `limit`; a limit above limits::kPageSizeMost counts as that one. Nullopt for
/// anything but numbers, and for a limit of 0.
[[nodiscard]] std::optional<Window> read_window(const http::Request& request);

/// Adds X-Total-Count and, unless everything is on this page, Link (RFC 8288) with `next` and
/// `prev`. `public_url` without trailing slash. The other query parameters stay in the links.
void add_paging(http::Response& response, const http::Request& request,
                const std::string& public_url, const Window& window, std::uint64_t total);

/// Where a page by cursor begins, and how long it may be.
struct CursorWindow {
  std::int64_t at = 0;
  std::size_t limit = base::limits::kPageSize;
};

/// From `cursor` and `limit`; `start` where there is no cursor. Nullopt for a cursor that is none
/// of ours and for a limit that is not 1 to limits::kPageSizeMost.
[[nodiscard]] std::optional<CursorWindow> read_cursor_window(const http::Request& request,
                                                             std::int64_t start);

/// A sequence number as opaque text, and back.
[[nodiscard]] std::string make_cursor(std::int64_t sequence);
[[nodiscard]] std::optional<std::int64_t> parse_cursor(std::string_view cursor);

}  // namespace chartroom::api
