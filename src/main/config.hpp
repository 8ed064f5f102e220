// How the server is set up: TOML file, then CHARTROOM_* environment, then flags; the later wins.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/logger.hpp"
#include "base/result.hpp"
#include "base/sensitive.hpp"

namespace chartroom::cli {

struct Config {
  std::filesystem::path data;             ///< --data, CHARTROOM_DATA, data
  std::string listen = "127.0.0.1:8080";  ///< address:port; port 0 takes a free one
  bool listen_is_set = false;             ///< and not the default: a worker listens only then
  std::string public_url;                 ///< empty: http://<listen>

  /// postgres://…; empty: SQLite under `data`. May hold a password.
  base::Sensitive<std::string> database;
  std::filesystem::path database_password_file;
  unsigned database_pool_size = 12;  ///< 3 to 200
  std::chrono::milliseconds database_connect_timeout{5'000};
  std::chrono::milliseconds database_statement_timeout{30'000};
  std::chrono::milliseconds database_idle_timeout{10'000};
  std::chrono::milliseconds database_tcp_timeout{10'000};

  bool sandbox = false;
  std::vector<std::filesystem::path> sandbox_records;
  std::vector<std::string> roles{"api", "worker"};
  std::filesystem::path metrics_token_file;  ///< empty: GET /metrics asks for no token
  std::filesystem::path key_file;            ///< empty: <data>/master.key, in sandbox mode only
  std::string log_level = "info";
  unsigned handler_threads = 16;                               ///< 1 to 256
  unsigned worker_threads = 4;                                 ///< 1 to 64
  std::chrono::seconds token_life = base::limits::kTokenLife;  ///< 60 s to 24 h
  unsigned token_failures_per_client = 10;                     ///< a minute
  unsigned token_failures_per_address = 60;                    ///< a minute
  unsigned actions_per_user = 30;                              ///< a minute
  unsigned requests_per_second = 0;                            ///< of an application; 0: no limit
  unsigned queue_lag_degraded = 60;          ///< seconds; then GET /readyz says "degraded"
  std::vector<std::string> trusted_proxies;  ///< IP addresses whose X-Forwarded-For is believed

  std::string smtp_url;  ///< smtp:// or smtps://; empty: no mails are sent
  std::string smtp_user;
  std::filesystem::path smtp_password_file;
  bool smtp_require_tls = true;
  std::filesystem::path smtp_ca_file;  ///< PEM; empty: the system's
  std::string mail_from;
  std::string mail_reply_to;

  [[nodiscard]] bool has_database() const { return !database.reveal().empty(); }
  [[nodiscard]] bool has_role(const std::string& role) const;
  [[nodiscard]] base::LogLevel level() const;
};

/// Values by the names of the table in docs/operations.md, as flags and environment give them.
/// Lists are separated by commas.
using Settings = std::map<std::string, std::string>;

/// What the environment says: CHARTROOM_PUBLIC_URL becomes public_url. Error invalid_input for a
/// CHARTROOM_ variable that is no setting.
[[nodiscard]] base::Result<Settings> settings_from_environment(char** environment);

/// Puts a configuration together. Strict: an unknown name, a wrong type or an impossible value is
/// invalid_input, and the message says where it stands and what is allowed. `file` may be empty.
[[nodiscard]] base::Result<Config> load_config(const std::filesystem::path& file,
                                               const Settings& environment, const Settings& flags);

/// "127.0.0.1:8080" or "[::1]:8080" as address and port.
struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
[[nodiscard]] base::Result<ListenAddress> parse_listen(const std::string& text);

}  // namespace chartroom::cli
