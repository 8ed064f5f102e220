// The commands of the command line. Each returns the process's exit code: 0 done, 1 failed, 2 used
// wrongly. Results go to standard output, everything else to standard error.
#pragma once

#include <string>
#include <vector>

#include "main/config.hpp"

namespace chartroom::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsedWrongly = 2;

int serve(const Config& config);
int app_create(const Config& config, const std::string& name);
int app_list(const Config& config);
int app_enable(const Config& config, const std::string& client_id, bool enabled);
int app_revoke_tokens(const Config& config, const std::string& client_id);
int app_rotate_secret(const Config& config, const std::string& client_id,
                      const std::string& overlap);
int keys_rotate(const Config& config, const std::string& overlap, bool now);
int keys_list(const Config& config);
/// `auth_file`: TOML with authentication, client certificate and headers; empty: none.
int webhook_add(const Config& config, const std::string& client_id, const std::string& url,
                const std::vector<std::string>& events, const std::string& auth_file);
/// Reads persons from standard input, one JSON object a line.
int suppression_change(const Config& config, const std::string& client_id, bool add);
/// With `only_plan`: prints what would be done.
int migrate(const Config& config, bool only_plan);
int check_config(const Config& config);
int version();
/// One JSON line per operation of the API, the applicant's pages apart.
int list_routes();

/// Prints "chartroom: <message>" and gives the exit code that fits the error.
int report_error(const base::Error& error);

}  // namespace chartroom::cli
