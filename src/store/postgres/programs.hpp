// PostgreSQL's own programs: pg_basebackup and its family, run as children.
//
// A child's command line shows in `ps` to everybody on the machine, its environment to its owner
// alone: passwords go there.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/sensitive.hpp"
#include "store/postgres/options.hpp"

namespace chartroom::store::postgres {

/// How such a program reaches the database.
struct ProgramAccess {
  std::string conninfo;  ///< "host='…' user='…'", without a password
  base::Sensitive<std::string> password;
};
/// Error invalid_input (unreadable URL).
base::Result<ProgramAccess> access_of(const Options& options);

/// The one of that release of the server (15, 16, …; they do not all get on with others), or else
/// the newest one installed, from 15 on: /usr/lib/postgresql/N/bin, then PATH. Error invalid_input
/// says which package to install.
base::Result<std::filesystem::path> find_program(const std::string& name,
                                                 std::optional<int> release = std::nullopt);

struct Ended {
  int exit_code = 0;   ///< 128 + signal when it was killed
  std::string output;  ///< of its standard output, the first MiB
  std::string errors;  ///< the end of what it said on standard error
};

/// Runs a program to its end; `tick` is called a few times a second. Error unavailable when it
/// cannot be started.
base::Result<Ended> run_program(const std::filesystem::path& program,
                                const std::vector<std::string>& arguments,
                                const base::Sensitive<std::string>& password,
                                const std::function<void()>& tick);

}  // namespace chartroom::store::postgres
