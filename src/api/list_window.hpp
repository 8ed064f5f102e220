// Paging of the lists that are ours (contract §15): `limit` and an opaque `cursor`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "http/message.hpp"

namespace chartroom::api {

struct ListWindow {
  std::size_t limit = base::limits::kPageSize;
  std::optional<std::int64_t> position;  ///< what the cursor names; absent: the beginning
};

/// Nullopt for a limit that is no number from 1 to 500 and for a cursor that this list never gave.
[[nodiscard]] std::optional<ListWindow> read_list_window(const http::Request& request,
                                                         std::string_view list);

/// A cursor of the list named `list` ("events"); no other list takes it.
[[nodiscard]] std::string make_cursor(std::string_view list, std::int64_t position);

}  // namespace chartroom::api
