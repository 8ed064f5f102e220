// How the database is reached.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "base/sensitive.hpp"

namespace chartroom::store {

struct PostgresOptions {
  /// postgres://user@host[,host2]/name?…, as libpq takes it. A password in it works, and is better
  /// given by file.
  base::Sensitive<std::string> url;
  base::Sensitive<std::string> password;  ///< goes before one in the URL; empty: none
  std::size_t pool_size = 12;             ///< connections of this process at most; 3 or more
  std::chrono::milliseconds connect_timeout{5'000};     ///< for each host; whole seconds
  std::chrono::milliseconds statement_timeout{30'000};  ///< the server ends a longer statement
  /// The server ends a transaction that waits longer for its client.
  std::chrono::milliseconds idle_in_transaction_timeout{10'000};
  /// How long sent bytes may stay unacknowledged before the connection counts as dead.
  std::chrono::milliseconds tcp_user_timeout{10'000};
};

/// Error invalid_input when libpq cannot read the URL. Its message does not repeat the URL.
[[nodiscard]] base::Result<void> check_postgres_url(const std::string& url);

/// "postgres://user@host:5432/name": what may be shown of a URL. Empty when it cannot be read.
[[nodiscard]] std::string describe_postgres_url(const std::string& url);

namespace postgres {
using Options = PostgresOptions;
}

}  // namespace chartroom::store
