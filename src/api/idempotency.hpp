// The Idempotency-Key of a POST (contract §15), handled in one place for all operations.
//
// The answer of a call is kept with its work, in one transaction (app::Answering). So a repetition
// after any failure, even of this process, gets the same bytes and does nothing again. Only what
// succeeded is kept: a refusal changed nothing, and is judged anew.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "api/context.hpp"
#include "app/desk.hpp"

namespace chartroom::api {

/// What a POST's handler passes on to its use case; nullopt: the client sent no key.
using Once = std::optional<app::IdempotentCall>;

/// Keys whose first call is still running in this process. Thread-safe.
class CallsInFlight {
 public:
  /// Gives the key free again when it goes.
  class Turn {
   public:
    explicit Turn(CallsInFlight& calls, std::string key) : calls_(calls), key_(std::move(key)) {}
    ~Turn() { calls_.end(key_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    CallsInFlight& calls_;
    std::string key_;
  };

  /// Null while another call with this key runs.
  [[nodiscard]] std::unique_ptr<Turn> begin(const std::string& client_id, const std::string& key);

 private:
  void end(const std::string& key);

  std::mutex mutex_;
  std::unordered_set<std::string> running_;
};

/// Answers a POST: from what was kept, or by `run`, which must pass the call on to its use case.
[[nodiscard]] http::Response answer_once(const ApiPorts& ports, CallsInFlight& calls,
                                         const app::Application& application,
                                         const http::Request& request,
                                         const std::function<http::Response(const Once&)>& run);

/// A rendered answer as it is sent.
[[nodiscard]] http::Response to_response(app::RenderedAnswer answer);

/// The answer of an operation that commits nothing of its own; keeps it when there is a key.
[[nodiscard]] http::Response keep_and_send(const ApiPorts& ports,
                                           const app::Application& application,
                                           const http::Request& request, const Once& once,
                                           app::RenderedAnswer answer);

inline constexpr const char* kJson = "application/json; charset=utf-8";

}  // namespace chartroom::api
