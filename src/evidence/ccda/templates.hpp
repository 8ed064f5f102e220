// Template identifiers of C-CDA entries, by root. Extensions (dates of publication) are not looked
// at: R1.1 had none, and a later one is read like the ones before it.
#pragma once

#include <pugixml.hpp>
#include <string_view>

#include "evidence/ccda/entries.hpp"

namespace chartroom::evidence::ccda {

namespace templates {
inline constexpr std::string_view kProblemStatus = "2.16.840.1.113883.10.20.22.4.6";
inline constexpr std::string_view kSeverity = "2.16.840.1.113883.10.20.22.4.8";
inline constexpr std::string_view kReaction = "2.16.840.1.113883.10.20.22.4.9";
inline constexpr std::string_view kSupplyOrder = "2.16.840.1.113883.10.20.22.4.17";
inline constexpr std::string_view kDispense = "2.16.840.1.113883.10.20.22.4.18";
inline constexpr std::string_view kIndication = "2.16.840.1.113883.10.20.22.4.19";
inline constexpr std::string_view kInstruction = "2.16.840.1.113883.10.20.22.4.20";
inline constexpr std::string_view kAllergyStatus = "2.16.840.1.113883.10.20.22.4.28";
inline constexpr std::string_view kAge = "2.16.840.1.113883.10.20.22.4.31";
inline constexpr std::string_view kProductInstance = "2.16.840.1.113883.10.20.22.4.37";
inline constexpr std::string_view kFamilyDeath = "2.16.840.1.113883.10.20.22.4.47";
inline constexpr std::string_view kRefusalReason = "2.16.840.1.113883.10.20.22.4.53";
inline constexpr std::string_view kPolicy = "2.16.840.1.113883.10.20.22.4.61";
inline constexpr std::string_view kComment = "2.16.840.1.113883.10.20.22.4.64";
inline constexpr std::string_view kCriticality = "2.16.840.1.113883.10.20.22.4.145";
inline constexpr std::string_view kFreeTextSig = "2.16.840.1.113883.10.20.22.4.147";
}  // namespace templates

/// The reader of the most specific template of a statement; null when none is known.
[[nodiscard]] Reader reader_of(pugi::xml_node statement);

/// True for statements that only complete the statement around them.
[[nodiscard]] bool is_detail(pugi::xml_node statement);

}  // namespace chartroom::evidence::ccda
