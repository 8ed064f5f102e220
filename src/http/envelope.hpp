// Error answers (contract §3.0): envelope A, envelope B, and RFC 9457 problem details for clients
// that ask for application/problem+json. No text that is given here may hold PHI.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace chartroom::http {

/// Media type application/json and a body that is JSON already.
[[nodiscard]] Response json_response(int status, std::string body);

/// "Bad Request" for 400 and so on; "Error" for a code without a phrase of its own.
[[nodiscard]] std::string_view reason_phrase(int status);

/// Envelope A. `message` empty: the reason phrase.
[[nodiscard]] Response plain_error(const Request& request, int status,
                                   std::string_view message = {});

/// Envelope B with status 400. `keys`: dotted paths of every offending field.
[[nodiscard]] Response invalid_input(const Request& request, std::string_view message,
                                     const std::vector<std::string>& keys);

/// Whether Accept names application/problem+json with a quality above zero.
[[nodiscard]] bool wants_problem(const Request& request);

/// Whether an incoming x-request-id may be kept: 8 to 64 of [A-Za-z0-9_-], which covers UUIDs.
[[nodiscard]] bool is_well_formed_request_id(std::string_view id);

/// Adds what every answer carries: x-humanapi-request-id, X-Content-Type-Options, Referrer-Policy,
/// Cache-Control: no-store unless the handler decided otherwise, and for HTML a policy against
/// framing unless the handler set its own Content-Security-Policy.
void add_common_headers(const Request& request, Response& response);

}  // namespace chartroom::http
