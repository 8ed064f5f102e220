// What a function returns when it can be expected to fail.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace chartroom::base {

/// Why something failed, in words of the product rather than of a protocol.
enum class ErrorCode {
  invalid_input,      ///< the caller's data break a rule; `field` says where
  not_found,          ///< unknown id, or one of another tenant: the two are never told apart
  conflict,           ///< the present state forbids it, or a concurrent writer was faster
  unauthenticated,    ///< no, wrong, expired or revoked credentials
  forbidden,          ///< known caller, but not allowed (never used on documented HIP operations)
  too_large,          ///< a named limit was exceeded
  too_many_requests,  ///< a rate limit was hit
  unavailable,        ///< try again later: a peer or the store is busy or away
  corrupt,            ///< stored or received bytes are not what they must be
  internal,           ///< a bug or a broken environment
};

/// `message` and `field` may be shown to a caller or logged: they never hold PHI or secrets.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::string field{};
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                                std::string field = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(field)});
}

/// Passes an error on to a caller that returns another kind of Result.
[[nodiscard]] inline tl::unexpected<Error> pass_on(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace chartroom::base
