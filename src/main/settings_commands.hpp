// The commands for what an operator configures per application: settings and order types
// (docs/operations.md). Each returns the process's exit code, as in commands.hpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "main/config.hpp"

namespace chartroom::cli {

/// `assignments`: "name=value". All of them are right, or nothing is stored.
int app_set(const Config& config, const std::string& client_id,
            const std::vector<std::string>& assignments);
int app_show(const Config& config, const std::string& client_id);
int app_export(const Config& config, const std::string& client_id);
int app_import(const Config& config, const std::string& client_id,
               const std::filesystem::path& file);

/// `code` empty: all of the application's order types (list ignores it, remove needs it).
int order_type_list(const Config& config, const std::string& client_id);
int order_type_show(const Config& config, const std::string& client_id, const std::string& code);
int order_type_export(const Config& config, const std::string& client_id, const std::string& code);
/// A file with one order type, or with several below "order_types"; `code`, unless empty, is the
/// one that the file must have.
int order_type_import(const Config& config, const std::string& client_id, const std::string& code,
                      const std::filesystem::path& file);
int order_type_remove(const Config& config, const std::string& client_id, const std::string& code);

}  // namespace chartroom::cli
