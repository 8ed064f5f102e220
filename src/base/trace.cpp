#include "base/trace.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "base/ports.hpp"

namespace chartroom::base {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kHeaderCharacters = 2 + 1 + kTraceDigits + 1 + kSpanDigits + 1 + 2;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == text.npos; }

}  // namespace

std::optional<Trace> parse_traceparent(std::string_view header) {
  if (header.size() < kHeaderCharacters) return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  const std::string_view trace_id = header.substr(3, kTraceDigits);
  const std::string_view span_id = header.substr(4 + kTraceDigits, kSpanDigits);
  const std::string_view flags = header.substr(5 + kTraceDigits + kSpanDigits, 2);
  const bool dashed = header[2] == '-' && header[3 + kTraceDigits] == '-' &&
                      header[4 + kTraceDigits + kSpanDigits] == '-';
  if (!dashed || !is_lower_hex(version) || !is_lower_hex(trace_id) || !is_lower_hex(span_id) ||
      !is_lower_hex(flags) || version == "ff" || is_zero(trace_id) || is_zero(span_id)) {
    return std::nullopt;
  }
  if (header.size() > kHeaderCharacters && (version == "00" || header[kHeaderCharacters] != '-')) {
    return std::nullopt;
  }
  const bool sampled = std::string_view("13579bdf").find(flags[1]) != std::string_view::npos;
  return Trace{std::string(trace_id), std::string(span_id), sampled};
}

std::string to_traceparent(const Trace& trace) {
  return "00-" + trace.trace_id + '-' + trace.span_id + (trace.sampled ? "-01" : "-00");
}

Trace next_span(const Trace& trace) {
  SystemRandom random;
  Trace next = trace;
  do {
    next.span_id = make_hex_id(kSpanDigits, random);
  } while (is_zero(next.span_id));
  return next;
}

}  // namespace chartroom::base
