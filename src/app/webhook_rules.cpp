#include "app/webhook_rules.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <span>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

constexpr std::size_t kSecretBytes = 32;

constexpr std::array<std::string_view, 14> kOurHeaders{"connection",
                                                       "content-encoding",
                                                       "content-length",
                                                       "content-type",
                                                       "date",
                                                       "expect",
                                                       "host",
                                                       "keep-alive",
                                                       "te",
                                                       "trailer",
                                                       "upgrade",
                                                       "user-agent",
                                                       "transfer-encoding",
                                                       "via"};
constexpr std::array<std::string_view, 3> kOurPrefixes{"proxy-", "webhook-", "x-humanapi-"};

/// RFC 9110 §5.6.2.
bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_ours(const std::string& lower) {
  return std::find(kOurHeaders.begin(), kOurHeaders.end(), lower) != kOurHeaders.end() ||
         std::any_of(kOurPrefixes.begin(), kOurPrefixes.end(),
                     [&](std::string_view prefix) { return lower.starts_with(prefix); });
}

bool has_good_port(const boost::urls::url_view& url) {
  return !url.has_port() || url.port_number() != 0;  // 0 also for what is no 16-bit number
}

}  // namespace

bool is_event_kind(std::string_view kind) {
  return std::any_of(kEventKinds.begin(), kEventKinds.end(),
                     [&](const char* known) { return kind == known; });
}

std::optional<std::string> broken_url_rule(std::string_view url, bool sandbox,
                                           std::size_t most_characters) {
  if (base::count_code_points(url) > most_characters) {
    return "length must be less than or equal to " + std::to_string(most_characters) +
           " characters long";
  }
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed) return "must be a valid uri";
  const boost::urls::url_view& view = *parsed;
  const std::string scheme = base::to_lower_ascii(std::string_view(view.scheme()));
  if (scheme != "https" && !(sandbox && scheme == "http")) {
    return sandbox ? "must begin with https:// or http://" : "must begin with https://";
  }
  if (!view.has_authority() || view.host().empty() || !has_good_port(view)) {
    return "must be a valid uri";
  }
  if (view.has_userinfo()) return "must not contain a user name or password";
  if (view.has_fragment()) return "must not contain a fragment";
  return std::nullopt;
}

std::optional<std::string> broken_header_rule(std::string_view name, std::string_view value) {
  if (name.empty() || name.size() > kWebhookHeaderNameBytes ||
      !std::all_of(name.begin(), name.end(), is_token_character)) {
    return "must be named by a header name of at most " + std::to_string(kWebhookHeaderNameBytes) +
           " characters";
  }
  if (is_ours(base::to_lower_ascii(name))) return "is not allowed: it is set by the server";
  if (value.size() > kWebhookHeaderValueBytes) {
    return "length must be less than or equal to " + std::to_string(kWebhookHeaderValueBytes) +
           " characters long";
  }
  if (base::trim(value).empty() ||
      !std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; })) {
    return "must only contain printable ASCII characters";
  }
  return std::nullopt;
}

base::Sensitive<std::string> make_webhook_secret(base::Random& random) {
  std::string key(kSecretBytes, '\0');
  random.fill(std::as_writable_bytes(std::span(key)));
  return base::Sensitive<std::string>("whsec_" + base::to_base64(key));
}

}  // namespace chartroom::app
