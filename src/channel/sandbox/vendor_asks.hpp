// What the sandbox's copying service wants of the customer before it copies: a fee, answers.
#pragma once

#include <optional>

#include "app/ports.hpp"
#include "channel/sandbox/chart.hpp"
#include "channel/sandbox/personas.hpp"

namespace chartroom::channel {

/// Nullopt once everything was given, and for all personas but ExtraFee and Question.
[[nodiscard]] std::optional<app::RetrievalAnswer> vendor_asks(const Persona& persona,
                                                              const app::RetrievalRequest& request,
                                                              const Facility& archive);

}  // namespace chartroom::channel
