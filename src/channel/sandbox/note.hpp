// The words of a visit: a progress note made from what the visit holds.
#pragma once

#include <string>

#include "channel/sandbox/chart.hpp"

namespace chartroom::channel {

/// Plain text in paragraphs separated by "\n\n". `advice` are the plan's sentences.
[[nodiscard]] std::string write_note(const Visit& visit, const Facility& facility, int age,
                                     const std::vector<std::string>& advice);

/// "Check-up", "Follow-up visit", …
[[nodiscard]] std::string_view visit_title(VisitKind kind);

}  // namespace chartroom::channel
