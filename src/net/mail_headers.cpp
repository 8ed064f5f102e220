#include "net/mail_headers.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::net {
namespace {

constexpr std::size_t kSubjectBytesMost = 500;
/// Bytes of text in one encoded word: 75 characters with "=?UTF-8?B?" and "?=" around its base64.
constexpr std::size_t kWordBytes = 45;

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }
bool is_plain(char c) { return c >= ' ' && c < '\x7f'; }

/// Good enough to stand between angle brackets, here and in the envelope: whether anybody is there
/// is the mail server's business.
bool is_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' &&
           std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
  });
}

bool is_message_id(std::string_view text) {
  if (text.size() < 5 || text.front() != '<' || text.back() != '>') return false;
  return is_address(text.substr(1, text.size() - 2));
}

bool is_text(std::string_view text) {
  return text.size() <= kSubjectBytesMost && base::is_valid_utf8(text) &&
         std::none_of(text.begin(), text.end(), is_control);
}

/// Text that looks like an encoded word would be decoded.
bool must_be_encoded(std::string_view text) {
  return !std::all_of(text.begin(), text.end(), is_plain) ||
         text.find("=?") != std::string_view::npos;
}

/// A display name: quoted, or in encoded words, which must not be quoted.
std::string phrase(const std::string& name) {
  if (must_be_encoded(name)) return encoded_text(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string encoded_text(std::string_view utf8) {
  if (!must_be_encoded(utf8)) return std::string(utf8);
  std::string out;
  while (!utf8.empty()) {
    std::size_t end = std::min(kWordBytes, utf8.size());
    // A character is never cut in two.
    while (end < utf8.size() && end > 1 &&
           (static_cast<unsigned char>(utf8[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base::to_base64(utf8.substr(0, end)) + "?=";
    utf8.remove_prefix(end);
  }
  return out;
}

std::string mail_date(base::TimePoint at) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = std::chrono::floor<std::chrono::days>(at);
  const auto date = base::Date::from(at);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - days));
  const auto weekday = std::chrono::weekday(days).c_encoding();
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                kDays.at(weekday), date.day, kMonths.at(date.month - 1), date.year,
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

std::optional<std::vector<std::string>> mail_headers(const app::Mail& mail, base::TimePoint now) {
  const bool good = is_address(mail.to) && is_address(mail.from) &&
                    (mail.reply_to.empty() || is_address(mail.reply_to)) &&
                    is_message_id(mail.message_id) && is_text(mail.subject) &&
                    !mail.subject.empty() && is_text(mail.from_name);
  if (!good) return std::nullopt;
  const std::string from =
      mail.from_name.empty() ? mail.from : phrase(mail.from_name) + " <" + mail.from + ">";
  std::vector<std::string> headers{"Date: " + mail_date(now), "From: " + from, "To: " + mail.to,
                                   "Subject: " + encoded_text(mail.subject),
                                   "Message-ID: " + mail.message_id,
                                   // Holiday notices and the like need not answer (RFC 3834).
                                   "Auto-Submitted: auto-generated"};
  if (!mail.reply_to.empty()) headers.push_back("Reply-To: " + mail.reply_to);
  return headers;
}

}  // namespace chartroom::net
