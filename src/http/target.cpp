#include "http/target.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace chartroom::http {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10U;
  return std::nullopt;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

enum class Plus { is_plus, is_space };

std::optional<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high * 16U + *low);
      i += 2;
    } else if (c == '+' && plus == Plus::is_space) {
      c = ' ';
    }
    if (is_control(c)) return std::nullopt;
    out += c;
  }
  if (!base::is_valid_utf8(out)) return std::nullopt;
  return out;
}

/// "http://host/a" → "/a"; a server must understand it (RFC 9112 §3.2.2).
std::string_view without_authority(std::string_view target) {
  const auto scheme_end = target.find("://");
  if (target.starts_with('/') || scheme_end == std::string_view::npos) return target;
  const auto scheme = base::to_lower_ascii(target.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return target;
  const auto path = target.find_first_of("/?", scheme_end + 3);
  if (path == std::string_view::npos) return "/";
  return target.substr(path);
}

base::Result<void> read_query(Target& out) {
  for (const auto& pair : base::split(out.raw_query, '&')) {
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string_view view = pair;
    auto name = decode(view.substr(0, equals), Plus::is_space);
    auto value = decode(view.substr(std::min(equals + 1, view.size())), Plus::is_space);
    if (!name || !value) return base::fail(base::ErrorCode::invalid_input, "malformed query");
    out.query.emplace_back(*std::move(name), *std::move(value));
  }
  return {};
}

}  // namespace

base::Result<Target> parse_target(std::string_view target) {
  target = without_authority(target);
  const auto question = std::min(target.find('?'), target.size());
  const auto path = target.substr(0, question);
  if (!path.starts_with('/') || path.find('#') != std::string_view::npos) {
    return base::fail(base::ErrorCode::invalid_input, "malformed request target");
  }
  Target out;
  if (question < target.size()) out.raw_query = target.substr(question + 1);
  for (const auto& raw : base::split(path.substr(1), '/')) {
    auto segment = decode(raw, Plus::is_plus);
    if (!segment || *segment == "." || *segment == "..") {
      return base::fail(base::ErrorCode::invalid_input, "malformed path");
    }
    out.path += '/';
    out.path += *segment;
    out.segments.push_back(*std::move(segment));
  }
  if (auto read = read_query(out); !read) return base::pass_on(read.error());
  return out;
}

}  // namespace chartroom::http
