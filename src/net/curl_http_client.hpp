// The one way out: app::HttpClient over libcurl.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "app/ports.hpp"

namespace chartroom::net {

struct HttpClientSettings {
  /// Sandbox: lets loopback and private addresses through. Link-local (cloud metadata), multicast
  /// and reserved ones stay shut.
  bool allow_private_addresses = false;
  std::chrono::milliseconds connect_timeout{5'000};  ///< the request's own timeout covers it all
  std::string ca_file{};                             ///< PEM; empty: the system's
  std::stop_token stop{};  ///< when it asks, what is under way ends within a second: "cancelled"
};

inline constexpr std::size_t kUrlBytesMost = 8'192;
inline constexpr std::size_t kResponseHeadBytesMost = std::size_t{64} * 1024;
inline constexpr std::chrono::milliseconds kTimeoutMost{300'000};

/// HTTP/1.1, only http and https, certificates and host names always verified. Redirects are
/// answers, not followed. No proxy, cookie or netrc file is taken from the environment.
/// The address is checked where the socket is opened, after the name was resolved, so a name that
/// changes its mind cannot get around it. Connections are kept for reuse; a body or head over its
/// limit is "transfer failed".
///
/// A request of a thread whose work belongs to a trace (base/work_context.hpp) carries traceparent,
/// with a span id of its own, unless it has that header already.
///
/// A form is sent by libcurl's own MIME code. A client certificate is shown to whoever asks for one
/// in the TLS handshake; the connection is then kept for this certificate alone.
///
/// Errors as app::HttpClient says; invalid_input for a URL that is too long, not absolute, of
/// another scheme or with a user in it, for a header with a line break, for another method than
/// GET, HEAD, POST, PUT, PATCH and DELETE and for a timeout outside 1 ms to kTimeoutMost.
/// No message holds the URL: it may carry a customer's secret.
/// Making one sets SIGPIPE to be ignored, unless the process handles it.
/// Thread-safe. Throws std::runtime_error when libcurl cannot start.
[[nodiscard]] std::unique_ptr<app::HttpClient> make_http_client(HttpClientSettings settings);

}  // namespace chartroom::net
