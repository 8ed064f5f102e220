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

struct ListWindow {
  std::size_t limit = base::limits::kPageSize;
  std::optional<std::int64_t> position;  ///< what the cursor names; absent: the beginning
};

/// From `limit` and an opaque `cursor`. Nullopt for a limit that is not 1 to
/// limits::kPageSizeMost and for a cursor that this list never gave.
[[nodiscard]] std::optional<ListWindow> read_list_window(const http::Request& request,
                                                         std::string_view list);

/// A cursor of the list named `list` ("events"); no other list takes it.
[[nodiscard]] std::string make_cursor(std::string_view list, std::int64_t position);

}  // namespace chartroom::api
