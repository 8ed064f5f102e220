#include "http/response_writer.hpp"

#include <array>
#include <ctime>

#include "base/text.hpp"
#include "http/envelope.hpp"

namespace chartroom::http {
namespace {

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c;
  }
  out += "\r\n";
}

/// IMF-fixdate (RFC 9110 §5.6.7), whatever the locale.
std::string http_date(std::int64_t unix_seconds) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  const auto day = static_cast<std::size_t>(utc.tm_wday);
  const auto month = static_cast<std::size_t>(utc.tm_mon);
  const int length = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   kDays.at(day), utc.tm_mday, kMonths.at(month),
                                   utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

bool has_content(int status) { return status >= 200 && status != 204 && status != 304; }

std::string write_head(const Response& response, const Framing& framing,
                       std::int64_t unix_seconds) {
  std::string out;
  out.reserve(512);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  append_header(out, "date", http_date(unix_seconds));
  if (!framing.keep_alive) {
    append_header(out, "connection", "close");
  } else if (framing.is_http_1_0) {
    append_header(out, "connection", "keep-alive");
  }
  if (has_content(response.status)) {
    append_header(out, "content-length", std::to_string(response.body.size()));
  }
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  out += "\r\n";
  return out;
}

}  // namespace chartroom::http
