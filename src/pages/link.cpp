#include "pages/link.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/callbacks.hpp"
#include "base/text.hpp"
#include "http/target.hpp"

namespace chartroom::pages {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_port_digit(char c) { return c >= '0' && c <= '9'; }

/// The characters of RFC 3986 §2; "\" and others that browsers repair are not among them.
bool is_url_character(char c) {
  return is_alphanumeric(c) ||
         std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
}

/// Length of "http://" or "https://"; 0 for anything else.
std::size_t scheme_length(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (base::equals_ignoring_case_ascii(url.substr(0, scheme.size()), scheme))
      return scheme.size();
  }
  return 0;
}

std::string_view authority_of(std::string_view url) {
  const auto begin = scheme_length(url);
  const auto end = std::min(url.find_first_of("/?#", begin), url.size());
  return url.substr(begin, end - begin);
}

bool is_host_and_port(std::string_view authority) {
  const auto colon = std::min(authority.find(':'), authority.size());
  const auto host = authority.substr(0, colon);
  if (host.empty() || !std::all_of(host.begin(), host.end(), [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.';
      })) {
    return false;
  }
  if (colon == authority.size()) return true;
  constexpr std::size_t kPortDigits = 5;
  const auto port = authority.substr(colon + 1);
  return !port.empty() && port.size() <= kPortDigits &&
         std::all_of(port.begin(), port.end(), is_port_digit);
}

/// One value by the rules of the http room; empty where it is broken.
std::string decode(std::string_view value) {
  const auto target = http::parse_target("/?v=" + std::string(value));
  return target && target->query.size() == 1 ? target->query.front().second : std::string();
}

/// Where `name=` begins as a parameter of `query`, at or behind `from`.
std::size_t find_parameter(std::string_view query, std::string_view name, std::size_t from = 0) {
  for (auto at = query.find(name, from); at != std::string_view::npos;
       at = query.find(name, at + 1)) {
    if (at == 0 || query[at - 1] == '&') return at;
  }
  return std::string_view::npos;
}

boost::json::object order_object(const app::TaskList& session) {
  boost::json::object order;
  order["allTasksResolve"] = session.open.empty();
  order["externalId"] = session.client_user_id;
  order["orderId"] = session.order_id;
  order["orderState"] = order::title_case(session.state);
  return order;
}

}  // namespace

bool is_web_address(std::string_view url) {
  return url.size() <= kCallbackBytes && scheme_length(url) != 0 &&
         std::all_of(url.begin(), url.end(), is_url_character) &&
         is_host_and_port(authority_of(url));
}

bool may_call_back(const std::vector<std::string>& listed, bool sandbox, std::string_view url) {
  if (!is_web_address(url)) return false;
  const bool is_free = sandbox && (listed.empty() || app::is_loopback_url(url));
  return is_free || app::admits_callback(listed, url);
}

std::string origin_of(std::string_view url) {
  return base::to_lower_ascii(url.substr(0, scheme_length(url))) +
         base::to_lower_ascii(authority_of(url));
}

std::string callback_of(std::string_view raw_query) {
  constexpr std::string_view kName = "callback=";
  const auto at = find_parameter(raw_query, kName);
  if (at == std::string_view::npos) return {};
  const auto value = raw_query.substr(at + kName.size());
  auto end = value.size();
  for (const std::string_view ours : {"clientId=", "rq="}) {
    const bool stands_before =
        find_parameter(raw_query.substr(0, at), ours) != std::string_view::npos;
    const auto behind = find_parameter(value, ours, 1);
    if (!stands_before && behind != std::string_view::npos) end = std::min(end, behind - 1);
  }
  const auto own = value.substr(0, end);
  const auto first = own.substr(0, own.find('&'));
  // "://" in plain sight: not encoded, except by encoders that leave ":" and "/" alone; these give
  // themselves away by an encoded "?".
  const bool is_plain = scheme_length(own) != 0;
  const bool is_half_encoded = first.size() == own.size() &&
                               own.find('?') == std::string_view::npos &&
                               base::to_lower_ascii(own).find("%3f") != std::string::npos;
  return is_plain && !is_half_encoded ? std::string(own) : decode(first);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alphanumeric(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4U], kHex[byte & 0xFU]};
  }
  return out;
}

std::string query_of(const Link& link) {
  std::string query =
      "clientId=" + percent_encode(link.client_id) + "&rq=" + percent_encode(link.rq);
  if (!link.callback.empty()) query += "&callback=" + percent_encode(link.callback);
  return query;
}

Outcome success() { return {"success", "", ""}; }

Outcome no_tasks() {
  return {
      "error", "No Tasks Available",
      "It looks like there are no tasks for you at this time. Please check again in a few days."};
}

Outcome task_list_error() {
  return {
      "error", "Task List error",
      "It looks like something broke down. Our engineers have been notified and will have things "
      "back up and running in no time."};
}

Outcome expired() { return {"error", "Forbidden", "The provided Token has expired"}; }

std::string callback_address(std::string_view callback, const Outcome& outcome,
                             const app::TaskList* session) {
  std::string parameters = "status=" + percent_encode(outcome.status);
  if (!outcome.error.empty()) {
    parameters +=
        "&error=" + percent_encode(outcome.error) + "&message=" + percent_encode(outcome.message);
  }
  if (session != nullptr)
    parameters += "&order=" + percent_encode(boost::json::serialize(order_object(*session)));

  const auto fragment = std::min(callback.find('#'), callback.size());
  std::string address(callback.substr(0, fragment));
  const auto question = address.find('?');
  if (question == std::string::npos) {
    address += '?';
  } else if (question + 1 != address.size() && address.back() != '&') {
    address += '&';
  }
  return address + parameters + std::string(callback.substr(fragment));
}

}  // namespace chartroom::pages
