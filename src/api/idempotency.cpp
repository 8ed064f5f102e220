#include "api/idempotency.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "http/envelope.hpp"

namespace chartroom::api {
namespace {

constexpr std::string_view kHeader = "Idempotency-Key";

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= base::limits::kIdempotencyKeyBytes &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

/// Nothing that could differ between two tries of the same call goes into the hash.
app::IdempotentCall call_of(const http::Request& request, std::string_view key) {
  return {std::string(key),
          base::sha256_hex(request.method + '\n' + request.path + '\n' + request.body)};
}

/// The kept answer, or what is wrong with the key; nullopt: go ahead.
std::optional<http::Response> from_kept(const ApiPorts& ports, const app::Application& application,
                                        const http::Request& request,
                                        const app::IdempotentCall& call) {
  auto kept = ports.desk.kept_answer(application, call);
  if (!kept && kept.error().field == kHeader) {
    return http::plain_error(request, 422,
                             "This Idempotency-Key was used for a request with another body");
  }
  if (!kept) return error_answer(ports, request, kept.error());
  if (!*kept) return std::nullopt;
  auto response = to_response(std::move(**kept));
  response.with("idempotency-replayed", "true");
  return response;
}

}  // namespace

std::unique_ptr<CallsInFlight::Turn> CallsInFlight::begin(const std::string& client_id,
                                                          const std::string& key) {
  std::string name = client_id + '\n' + key;
  {
    const std::lock_guard lock(mutex_);
    if (!running_.insert(name).second) return nullptr;
  }
  return std::make_unique<Turn>(*this, std::move(name));
}

void CallsInFlight::end(const std::string& key) {
  const std::lock_guard lock(mutex_);
  running_.erase(key);
}

http::Response answer_once(const ApiPorts& ports, CallsInFlight& calls,
                           const app::Application& application, const http::Request& request,
                           const std::function<http::Response(const Once&)>& run) {
  const auto count =
      std::count_if(request.headers.begin(), request.headers.end(),
                    [](const auto& header) { return header.first == "idempotency-key"; });
  if (count == 0) return run(std::nullopt);
  const auto key = request.header("idempotency-key");
  if (count > 1 || !is_key(*key)) {
    return http::plain_error(request, 400, "Malformed Idempotency-Key");
  }
  const auto turn = calls.begin(application.client_id, std::string(*key));
  if (!turn) {
    auto busy =
        http::plain_error(request, 409, "A request with this Idempotency-Key is still running");
    busy.with("retry-after", "1");
    return busy;
  }
  const auto call = call_of(request, *key);
  if (auto kept = from_kept(ports, application, request, call)) return *std::move(kept);
  auto response = run(call);
  // Another node may have used the key a moment earlier; its answer is then ours.
  if (response.status == 409) {
    if (auto kept = from_kept(ports, application, request, call)) return *std::move(kept);
  }
  return response;
}

http::Response to_response(app::RenderedAnswer answer) {
  http::Response response{.status = answer.status, .body = std::move(answer.body)};
  if (!answer.content_type.empty()) {
    response.with("content-type", std::move(answer.content_type));
  }
  return response;
}

http::Response keep_and_send(const ApiPorts& ports, const app::Application& application,
                             const http::Request& request, const Once& once,
                             app::RenderedAnswer answer) {
  if (once) {
    const auto kept = ports.desk.keep_answer(application, *once, answer);
    if (!kept) return error_answer(ports, request, kept.error());
  }
  return to_response(std::move(answer));
}

}  // namespace chartroom::api
