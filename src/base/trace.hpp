// Traces that go through the house: W3C Trace Context Level 1 (Recommendation of 23 November 2021).
//
// A caller's traceparent is kept with the work that its request causes and goes on in what the work
// sends. tracestate is not kept (§3.3.1.5 allows to discard it), and no trace is begun here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chartroom::base {

struct Trace {
  std::string trace_id;  ///< 32 lower-case hex digits, not all zero
  std::string span_id;   ///< 16 of them, not all zero: the part of the trace that is going on
  bool sampled = false;

  friend bool operator==(const Trace&, const Trace&) = default;
};

/// Of a traceparent header (§2.2). Nullopt for anything that must be ignored: malformed, upper
/// case, all zero, version ff. What a higher version adds behind its flags is not looked at
/// (§2.2.4).
[[nodiscard]] std::optional<Trace> parse_traceparent(std::string_view header);

/// Version 00.
[[nodiscard]] std::string to_traceparent(const Trace& trace);

/// The same trace in a new part of it, with a random span id.
[[nodiscard]] Trace next_span(const Trace& trace);

}  // namespace chartroom::base
