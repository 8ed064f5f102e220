// Finding the server and signing in.
#pragma once

#include "base/result.hpp"
#include "store/postgres/options.hpp"

struct pg_conn;

namespace chartroom::store::postgres {

/// A connection that the caller ends. Errors: unavailable (nobody answers, too many connections, no
/// server that takes writes), invalid_input (wrong password, unknown database, unreadable URL).
base::Result<pg_conn*> connect(const Options& options);

}  // namespace chartroom::store::postgres
