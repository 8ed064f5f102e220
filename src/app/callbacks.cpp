#include "app/callbacks.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace chartroom::app {
namespace {

struct Address {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case
  unsigned port = 0;
  std::vector<std::string> segments;
  bool has_more = false;  ///< query or fragment
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/// The characters of RFC 3986 §2; "\" and others that browsers repair are not among them.
bool is_url_character(char c) {
  return is_alphanumeric(c) ||
         std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
}

std::optional<unsigned> read_port(std::string_view text) {
  constexpr unsigned kMost = 65'535;
  const auto port = base::whole_number<unsigned>(text);
  return port && *port > 0 && *port <= kMost ? port : std::nullopt;
}

/// Browsers take these out of a path, in either spelling: what is left may be another path.
bool is_dot_segment(std::string_view segment) {
  std::string plain = base::to_lower_ascii(segment);
  for (auto at = plain.find("%2e"); at != std::string::npos; at = plain.find("%2e"))
    plain.replace(at, 3, ".");
  return plain == "." || plain == "..";
}

/// Scheme, host and port into `address`; false where they are not plain.
bool read_origin(std::string_view scheme, std::string_view authority, Address& address) {
  constexpr unsigned kHttp = 80;
  constexpr unsigned kHttps = 443;
  address.scheme = base::to_lower_ascii(scheme);
  if (address.scheme != "http" && address.scheme != "https") return false;
  address.port = address.scheme == "http" ? kHttp : kHttps;
  const auto colon = std::min(authority.find(':'), authority.size());
  address.host = base::to_lower_ascii(authority.substr(0, colon));
  const bool is_plain = std::all_of(address.host.begin(), address.host.end(), [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.';
  });
  if (address.host.empty() || !is_plain) return false;
  if (colon == authority.size()) return true;
  const auto port = read_port(authority.substr(colon + 1));
  address.port = port.value_or(0);
  return port.has_value();
}

std::optional<Address> parse(std::string_view url) {
  constexpr std::string_view kSeparator = "://";
  if (!std::all_of(url.begin(), url.end(), is_url_character)) return std::nullopt;
  const auto separator = url.find(kSeparator);
  if (separator == std::string_view::npos) return std::nullopt;
  const auto rest = url.substr(separator + kSeparator.size());
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  Address address;
  if (!read_origin(url.substr(0, separator), authority, address)) return std::nullopt;
  const auto tail = rest.substr(authority.size());
  const auto path = tail.substr(0, tail.find_first_of("?#"));
  address.has_more = path.size() != tail.size();
  if (path.size() > 1) address.segments = base::split(path.substr(1), '/');
  const auto& segments = address.segments;
  if (std::any_of(segments.begin(), segments.end(), is_dot_segment)) return std::nullopt;
  return address;
}

bool admits(const Address& prefix, const Address& url) {
  std::size_t count = prefix.segments.size();
  if (count > 0 && prefix.segments.back().empty()) --count;  // "/app/" means the same as "/app"
  return prefix.scheme == url.scheme && prefix.host == url.host && prefix.port == url.port &&
         count <= url.segments.size() &&
         std::equal(url.segments.begin(), url.segments.begin() + static_cast<std::ptrdiff_t>(count),
                    prefix.segments.begin());
}

}  // namespace

bool is_callback_prefix(std::string_view text) {
  if (text.size() > kCallbackPrefixBytes || text.find(',') != std::string_view::npos) return false;
  const auto address = parse(text);
  return address && !address->has_more;
}

bool admits_callback(const std::vector<std::string>& prefixes, std::string_view url) {
  const auto address = parse(url);
  if (!address) return false;
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& text) {
    const auto prefix = parse(text);
    return prefix && admits(*prefix, *address);
  });
}

bool is_loopback_url(std::string_view url) {
  constexpr std::size_t kParts = 4;
  constexpr unsigned kMostPart = 255;
  const auto address = parse(url);
  if (!address) return false;
  if (address->host == "localhost") return true;
  const auto parts = base::split(address->host, '.');
  return parts.size() == kParts && parts.front() == "127" &&
         std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return base::whole_number<unsigned>(part).value_or(kMostPart + 1) <= kMostPart;
         });
}

}  // namespace chartroom::app
