// Facts as items of the apidata report: one maker per section (contract.md §8.4).
//
// Every value is a string, as in the clinical API that the shapes come from. Ids are derived from
// where a fact stands in its source, so they stay the same each time a report is made.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "report/lens.hpp"

namespace chartroom::report {

/// 24 hex digits from any number of parts.
[[nodiscard]] std::string stable_id(const std::vector<std::string_view>& parts);

/// "2016-03-14T14:05:00.000Z" when the time is known, else the date as exactly as it is known.
[[nodiscard]] std::string api_time(const evidence::When& when);

[[nodiscard]] boost::json::array api_codes(const std::vector<evidence::Code>& codes);
/// {id, name, href} of a fact's organization, else of the provider that it came from.
[[nodiscard]] boost::json::object api_organization(const Lens& lens, const evidence::Fact& fact);

/// id, source, createdAt, updatedAt, organization, codes, author: what every item begins with.
[[nodiscard]] boost::json::object api_common(const Lens& lens, const Item& item,
                                             const char* section);

[[nodiscard]] boost::json::object api_allergy(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::object api_issue(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::object api_medication(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::object api_encounter(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::object api_immunization(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::object api_procedure(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::object api_plan(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::object api_function(const Lens& lens, const Item& item);
[[nodiscard]] boost::json::object api_family(const Lens& lens, const Item& item);
/// `items` are one panel or one lone test, from one source.
[[nodiscard]] boost::json::object api_test_result(const Lens& lens,
                                                  const std::vector<const Item*>& items);
/// `items` were measured at one time, from one source.
[[nodiscard]] boost::json::object api_vitals(const Lens& lens,
                                             const std::vector<const Item*>& items);
/// `items` are answers of one time, from one source.
[[nodiscard]] boost::json::object api_social(const Lens& lens,
                                             const std::vector<const Item*>& items);

}  // namespace chartroom::report
