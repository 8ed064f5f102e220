// The commands for where finished reports are shipped to (docs/operations.md). Each returns the
// process's exit code, as in commands.hpp.
#pragma once

#include <filesystem>
#include <string>

#include "main/config.hpp"

namespace chartroom::cli {

int destination_add(const Config& config, const std::string& client_id,
                    const std::filesystem::path& file);
int destination_list(const Config& config, const std::string& client_id);
/// `sure`: also when reports wait to be shipped there.
int destination_remove(const Config& config, const std::string& client_id, const std::string& name,
                       bool sure);
/// One try to ship a report named "test" of nobody's order, from this process.
int destination_test(const Config& config, const std::string& client_id, const std::string& name);
/// The last tries, newest first.
int destination_attempts(const Config& config, const std::string& client_id,
                         const std::string& name);
/// Queues the reports of an order anew, after triage for instance.
int destination_ship(const Config& config, const std::string& client_id, const std::string& name,
                     const std::string& order_id);

}  // namespace chartroom::cli
