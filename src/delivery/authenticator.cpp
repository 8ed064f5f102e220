#include "delivery/authenticator.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::delivery {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using Type = app::OutgoingAuth::Type;

/// application/x-www-form-urlencoded.
std::string form_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '*';
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + base::to_base64(user + ':' + password);
}

/// RFC 6749 §4.4.2; how the client proves itself is §2.3.1.
app::OutgoingRequest token_request(const app::OutgoingAuth& auth) {
  app::OutgoingRequest request;
  request.url = auth.token_url;
  request.timeout = kTokenTimeout;
  request.certificate = auth.certificate;
  request.headers = {{"content-type", "application/x-www-form-urlencoded"},
                     {"accept", "application/json"},
                     {"user-agent", "Chartroom/" CHARTROOM_VERSION}};
  request.body = "grant_type=client_credentials";
  if (!auth.scope.empty()) request.body += "&scope=" + form_encoded(auth.scope);
  if (auth.secret_in_body) {
    request.body += "&client_id=" + form_encoded(auth.client_id) +
                    "&client_secret=" + form_encoded(auth.client_secret.reveal());
  } else {
    request.headers.emplace_back("authorization", basic(form_encoded(auth.client_id),
                                                        form_encoded(auth.client_secret.reveal())));
  }
  return request;
}

struct TokenAnswer {
  std::string token;
  std::chrono::seconds life = kTokenLifeUnsaid;
};

/// RFC 6749 §5.1; nullopt for what is no Bearer token that fits into a header (RFC 6750 §2.1).
std::optional<TokenAnswer> read_token(const std::string& body) {
  boost::system::error_code error;
  const json::value value = json::parse(body, error);
  const json::object* answer = error ? nullptr : value.if_object();
  if (answer == nullptr) return std::nullopt;
  const json::value* token = answer->if_contains("access_token");
  const json::value* type = answer->if_contains("token_type");
  if (token == nullptr || !token->is_string() || type == nullptr || !type->is_string() ||
      !base::equals_ignoring_case_ascii(std::string_view(type->get_string()), "bearer")) {
    return std::nullopt;
  }
  TokenAnswer out;
  out.token = token->get_string();
  const bool visible =
      std::all_of(out.token.begin(), out.token.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!visible || out.token.empty() || out.token.size() > kTokenBytesMost) return std::nullopt;
  if (const json::value* life = answer->if_contains("expires_in"); life != nullptr) {
    boost::system::error_code odd;
    const auto seconds = life->to_number<std::int64_t>(odd);
    const std::int64_t most = std::chrono::seconds{kTokenLifeMost}.count();
    if (!odd) out.life = std::chrono::seconds{std::clamp<std::int64_t>(seconds, 0, most)};
  }
  return out;
}

base::Error about_token(base::Error error) {
  return {ErrorCode::unavailable,
          "token: " + (error.code == ErrorCode::invalid_input ? std::string("invalid url")
                                                              : std::move(error.message))};
}

}  // namespace

base::Result<Authenticator::Token> Authenticator::fetch(const app::OutgoingAuth& auth) {
  const auto answer = client_.send(token_request(auth));
  if (!answer) return base::pass_on(about_token(answer.error()));
  if (answer->status >= 400 && answer->status < 500) {
    return base::fail(ErrorCode::unavailable, "token refused");
  }
  if (answer->status < 200 || answer->status >= 300) {
    return base::fail(ErrorCode::unavailable, "token endpoint failed");
  }
  auto read = read_token(answer->body);
  if (!read) return base::fail(ErrorCode::unavailable, "token not understood");
  return Token{base::Sensitive<std::string>(std::move(read->token)),
               clock_.now() + read->life - kTokenMargin, false};
}

base::Result<Authenticator::Token> Authenticator::token(const app::OutgoingAuth& auth,
                                                        const std::string& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = tokens_.find(key);
    if (found != tokens_.end() && clock_.now() < found->second.good_until) {
      Token token = found->second;
      token.kept = true;
      return token;
    }
  }
  // Two that ask at the same time get two tokens: cheaper than one waiting for the other's timeout.
  auto fetched = fetch(auth);
  if (!fetched || fetched->good_until <= clock_.now()) return fetched;
  const std::lock_guard lock(mutex_);
  if (tokens_.size() >= kTokensKept) {
    std::erase_if(tokens_, [now = clock_.now()](const auto& entry) {
      return entry.second.good_until <= now;
    });
  }
  if (tokens_.size() < kTokensKept) tokens_[key] = *fetched;
  return fetched;
}

void Authenticator::forget(const std::string& key, const Token& token) {
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(key);
  // Somebody else may have got a new one meanwhile.
  if (found != tokens_.end() && found->second.value == token.value) tokens_.erase(found);
}

base::Result<app::OutgoingResponse> Authenticator::send(app::OutgoingRequest request,
                                                        const app::OutgoingAuth& auth,
                                                        const std::string& owner) {
  request.certificate = auth.certificate;
  if (auth.type == Type::none) return client_.send(request);
  request.headers.emplace_back("authorization", basic(auth.user, auth.password.reveal()));
  if (auth.type == Type::basic) return client_.send(request);

  const std::string key = base::sha256_hex(owner + '|' + app::auth_to_json(auth));
  for (;;) {
    const auto token = this->token(auth, key);
    if (!token) return base::pass_on(token.error());
    request.headers.back().second = "Bearer " + token->value.reveal();
    auto answer = client_.send(request);
    if (!answer || answer->status != 401) return answer;
    forget(key, *token);
    if (!token->kept) return answer;  // a fresh one is refused as well
  }
}

}  // namespace chartroom::delivery
