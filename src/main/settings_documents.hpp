// Order types and settings as documents: the same members in TOML files and in what commands print.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "app/types.hpp"
#include "main/toml_document.hpp"

namespace chartroom::cli {

[[nodiscard]] boost::json::object order_type_document(const order::OrderType& type);
[[nodiscard]] boost::json::object settings_document(const app::Application& application);

/// The TOML of one order type, and of several below "order_types".
[[nodiscard]] std::string order_type_toml(const order::OrderType& type);
[[nodiscard]] std::string order_types_toml(const std::vector<order::OrderType>& types);

/// Reads and checks; what is not written has the value that the default order types have. The
/// result is of use only when nothing was found.
[[nodiscard]] order::OrderType read_order_type(const toml::table& table, const std::string& path,
                                               DocumentFindings& findings);
/// Every table of the member "order_types", with codes that differ.
[[nodiscard]] std::vector<order::OrderType> read_order_types(TableReader& document,
                                                             DocumentFindings& findings);
/// Changes the settings that the table names.
void read_settings(const toml::table& table, const std::string& path, app::Application& application,
                   DocumentFindings& findings);

}  // namespace chartroom::cli
