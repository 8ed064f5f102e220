// The body of POST /api/v1/users, read into a typed order (contract §3.2, decisions C1 to C8 and
// C12). Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "api/order_fields.hpp"
#include "api/validation.hpp"
#include "app/types.hpp"
#include "base/time.hpp"

namespace chartroom::api {

struct NewOrderRules {
  base::Date today;                      ///< no birth date lies after it
  std::vector<std::string> order_types;  ///< the codes that may be ordered
  /// Whether the order type (absent: the application's default) asks for clientUserEmail.
  std::function<bool(const std::optional<std::string>& order_type)> email_required;
  AddressRule address = AddressRule::anything;
};

/// Finds everything that is wrong, not the first thing only. No text of the result holds a value of
/// the body. Normalises: SSN to nine digits (the sample's placeholder to none), zip to a string,
/// npi to a string (an empty one to none), attachments decoded (an empty one left out).
[[nodiscard]] tl::expected<app::NewOrder, Validation> read_new_order(std::string_view body,
                                                                     const NewOrderRules& rules);

}  // namespace chartroom::api
