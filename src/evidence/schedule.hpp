// How often a medicine is taken, in the same words whatever format said it.
#pragma once

#include <string>
#include <string_view>

namespace chartroom::evidence {

/// "once a day", "twice a day", "3 times a week", "1-2 times a day". `unit` is a UCUM unit of time;
/// one that is not known stands for itself.
[[nodiscard]] std::string times_a(const std::string& times, std::string_view unit);

/// "every day", "every 6 hours", "every 4-6 hours".
[[nodiscard]] std::string every(const std::string& amount, std::string_view unit);

/// "30 minutes", "1 hour".
[[nodiscard]] std::string span_of_time(const std::string& amount, std::string_view unit);

/// "before breakfast" for "ACM": TimingEvent of HL7 V3 (2.16.840.1.113883.5.139), which FHIR R4's
/// Timing.repeat.when has as well, beside EventTiming. A code that is not known stands for itself.
[[nodiscard]] std::string timing_event(std::string_view code);

}  // namespace chartroom::evidence
