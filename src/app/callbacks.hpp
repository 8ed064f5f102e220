// Which addresses the Task Manager may send a browser to (contract §6.2): those that begin with a
// prefix that the operator listed for the application. Addresses are compared by their parts, never
// as texts: "https://a.example" must not admit "https://a.example.evil.example". Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chartroom::app {

inline constexpr std::size_t kCallbackPrefixes = 20;        ///< per application
inline constexpr std::size_t kCallbackPrefixBytes = 2'048;  ///< each

/// http or https, a plain host, perhaps a port and a path; no user, query, fragment or comma.
[[nodiscard]] bool is_callback_prefix(std::string_view text);

/// Whether `url` has scheme, host and port of a prefix and begins with all of its path segments.
/// False for every address that two readers could understand in two ways.
[[nodiscard]] bool admits_callback(const std::vector<std::string>& prefixes, std::string_view url);

/// Whether `url` leads to the machine of the browser itself: localhost or 127.0.0.0/8.
[[nodiscard]] bool is_loopback_url(std::string_view url);

}  // namespace chartroom::app
