// The head of an answer as bytes (RFC 9112 §4). Pure.
#pragma once

#include <string>

#include "http/message.hpp"

namespace chartroom::http {

struct Framing {
  bool keep_alive = true;
  bool is_http_1_0 = false;
};

/// Whether the status allows a body at all (RFC 9110 §15.3.5, §15.4.5).
[[nodiscard]] bool has_content(int status);
/// Status line, Date, Connection and Content-Length where needed, the response's own headers, blank
/// line. Control characters in header values are left out, so that no value can end a line.
[[nodiscard]] std::string write_head(const Response& response, const Framing& framing,
                                     std::int64_t unix_seconds);

}  // namespace chartroom::http
