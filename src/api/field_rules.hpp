// The rules of single order fields (contract §3.2), each a pure function of its text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace chartroom::api {

/// Nine digits, or 3-2-4 with hyphens; area not 000 or 666, group not 00, serial not 0000. Returns
/// the nine digits.
[[nodiscard]] std::optional<std::string> parse_ssn(std::string_view text);
/// "000-00-0000", which the documented sample carries where an SSN would stand: accepted and taken
/// as not supplied (decision C4).
[[nodiscard]] bool is_ssn_placeholder(std::string_view text);

/// Ten digits, with at most two of "()- ." before each digit and after the last.
[[nodiscard]] bool is_phone(std::string_view text);

/// A mailbox as it occurs (RFC 5321 §4.1.2 without quoted local parts and address literals): dotted
/// atoms of up to 64 bytes, "@", at least two domain labels; UTF-8 is allowed (RFC 6531). Also the
/// text that stands for an address in the documented sample, where a mail guard had blanked it:
/// that one is kept as given and is no address that anything could be sent to.
[[nodiscard]] bool is_email(std::string_view text);

/// The six documented forms, with a zone or without in those that have a time. The day is taken as
/// it is written, never moved by the zone. Two-digit years mean the latest year that is not in the
/// future. Nullopt also for dates after `today` or more than 150 years before it.
[[nodiscard]] std::optional<base::Date> parse_birth_date(std::string_view text,
                                                         const base::Date& today);

/// RFC 4648 §4 of whatever content: nothing is sniffed (decision C5). A trailing "..." is taken
/// for what it is in the documented sample, an abbreviation, and what stands before it is decoded.
[[nodiscard]] std::optional<std::string> decode_content(std::string_view text);

}  // namespace chartroom::api
