// A client for tests that sends exactly the bytes it is told to.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace chartroom::http::testing {

struct Reply {
  int status = 0;                              ///< 0: the connection ended without an answer
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// Blocking; every read gives up after ten seconds, so that a broken server fails a test instead of
/// hanging it.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes);
  /// Reads one answer; `without_body` for answers to HEAD.
  Reply receive(bool without_body = false);
  /// Whether the server has ended the connection (waits for it) without sending anything more.
  bool is_closed();

 private:
  bool fill();

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace chartroom::http::testing
