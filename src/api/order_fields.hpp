// Fields that the body of an order and the answer to a task have in common (contract §3.2,
// decisions C2 to C8): read by one piece of code, with the same rules and messages. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "api/object_reader.hpp"
#include "api/validation.hpp"
#include "app/types.hpp"
#include "base/time.hpp"

namespace chartroom::api {

inline constexpr std::string_view kPatternRule = "fails to match the required pattern";

/// firstName, lastName, gender, dateOfBirth (not after `today`) and phone.
void read_demographics(ObjectReader& reader, const base::Date& today, app::NewOrder& order);

/// Decision C6: what an address that is given must have at least.
enum class AddressRule { anything, city_and_state };
[[nodiscard]] inline AddressRule address_rule(const app::Application& application) {
  return application.settings.require_city_and_state ? AddressRule::city_and_state
                                                     : AddressRule::anything;
}

/// An object without members counts as not supplied.
[[nodiscard]] std::optional<app::Address> read_address(ObjectReader& parent, AddressRule rule,
                                                       Findings& findings);

void read_providers(ObjectReader& reader, AddressRule rule, Findings& findings,
                    app::NewOrder& order);

/// Decodes; one with empty content is left out.
void read_attachments(ObjectReader& reader, Findings& findings, app::NewOrder& order);

}  // namespace chartroom::api
