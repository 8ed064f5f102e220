// The settings of an application by name, as an operator writes them, and what they must be like.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/types.hpp"
#include "base/result.hpp"
#include "order/order_type_rules.hpp"

namespace chartroom::app {

/// A setting as it is written down: exactly one member of each kind that it has.
struct SettingValue {
  enum class Kind { text, number, flag, list };
  Kind kind = Kind::text;
  std::string text;
  int number = 0;
  bool flag = false;
  std::vector<std::string> list;
};

/// All settings with their present values, in the order in which they are shown.
[[nodiscard]] std::vector<std::pair<std::string, SettingValue>> settings_of(
    const Application& application);

/// Sets one from its text: a word, a number, true or false, or a list with commas. Error
/// invalid_input: `message` says what is allowed, `field` is the name. Whether a default order type
/// exists is check_order_types()' business, since it depends on other things that are set.
[[nodiscard]] base::Result<void> set_setting(Application& application, const std::string& name,
                                             std::string_view text);

/// What the report room can make.
[[nodiscard]] const order::OutputCatalog& output_catalog();

/// The types that can be ordered where `own` are the application's own.
[[nodiscard]] const std::vector<order::OrderType>& effective_order_types(
    const std::vector<order::OrderType>& own);

/// Whether the application's default order type is among those that can be ordered. Error
/// invalid_input with field "default_order_type".
[[nodiscard]] base::Result<void> check_default_order_type(const std::string& default_order_type,
                                                          const std::vector<order::OrderType>& own);

}  // namespace chartroom::app
