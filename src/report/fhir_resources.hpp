// One fact as one FHIR R4 resource.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "report/lens.hpp"

namespace chartroom::report::fhir_out {

/// Text as it may stand in a resource: without the mark of decimals.
[[nodiscard]] boost::json::string safe(const std::string& text);
/// Sets a member unless the text is empty.
void put(boost::json::object& to, const char* key, const std::string& text);
/// A CodeableConcept of one code.
[[nodiscard]] boost::json::object coded(const char* system, std::string_view code);

/// Marks a string that is to be written as a number with its digits as they are; R4 decimals keep
/// their precision. See write_line().
[[nodiscard]] boost::json::string decimal(const std::string& digits);

/// One line of NDJSON; decimals without quotes.
[[nodiscard]] std::string write_line(const boost::json::object& resource);

/// A date or dateTime of R4 (§2.24.0.1); a time of day only with a known zone.
[[nodiscard]] std::string date_time(const evidence::When& when);

/// {"coding": […], "text": …}
[[nodiscard]] boost::json::object codeable(const std::vector<evidence::Code>& codes,
                                           const std::string& text);

/// The applicant as ordered.
[[nodiscard]] boost::json::object patient(const Lens& lens, const std::string& id);

/// The resource for a fact, with its type, subject and id.
[[nodiscard]] boost::json::object resource(const Item& item, const std::string& id,
                                           const std::string& patient_id);

/// Where the resource of a fact was read from.
[[nodiscard]] boost::json::object provenance(const Lens& lens, const Item& item,
                                             const std::string& id, const std::string& target);

}  // namespace chartroom::report::fhir_out
