// Ports that the tests of this room play.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/ports.hpp"

namespace chartroom::delivery::doubles {

/// Keeps what is sent and answers as told: from `answers` while there are some, then `otherwise`.
class ScriptedClient final : public app::HttpClient {
 public:
  using Answer = base::Result<app::OutgoingResponse>;

  base::Result<app::OutgoingResponse> send(const app::OutgoingRequest& request) override {
    sent.push_back(request);
    if (answers.empty()) return otherwise;
    Answer next = std::move(answers.front());
    answers.pop_front();
    return next;
  }
  void then(int status, std::string body = {}) {
    answers.emplace_back(app::OutgoingResponse{status, std::move(body)});
  }
  /// A header of a request; nullopt unless it was sent once.
  [[nodiscard]] std::optional<std::string> header(std::size_t index,
                                                  const std::string& name) const {
    std::optional<std::string> found;
    for (const auto& [key, value] : sent.at(index).headers) {
      if (key != name) continue;
      if (found) return std::nullopt;
      found = value;
    }
    return found;
  }

  std::deque<Answer> answers;
  Answer otherwise = app::OutgoingResponse{200, ""};
  std::vector<app::OutgoingRequest> sent;
};

class ManualClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override { return at; }
  base::TimePoint at = base::from_unix_ms(1'700'000'000'000);
};

}  // namespace chartroom::delivery::doubles
