#include "main/backup_commands.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <optional>

#include "base/time.hpp"
#include "main/commands.hpp"
#include "main/print.hpp"
#include "main/wiring.hpp"
#include "store/postgres/backup.hpp"
#include "store/sqlite/backup.hpp"

namespace chartroom::cli {
namespace {

constexpr const char* kKeyReminder =
    "the master key is not in the backup: without it nothing can be opened. Keep a copy of it in "
    "another place";

void say(const std::string& words) { std::cerr << "chartroom: " << words << std::endl; }

/// Says how far it is, every two seconds; work that is done by then says nothing.
store::Progress tell_progress() {
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kBetween{2};
  static constexpr std::uint64_t kMiB = std::uint64_t{1024} * 1024;
  return [next = Clock::now() + kBetween](const std::string& what, std::uint64_t done,
                                          std::uint64_t total) mutable {
    if (Clock::now() < next) return;
    next = Clock::now() + kBetween;
    say(what + (total == 0 ? std::string(" …")
                           : ": " + std::to_string(done / kMiB) + " of " +
                                 std::to_string(total / kMiB) + " MiB"));
  };
}

/// A file that may not grow further is an error like a full disk, not the process's end.
void survive_file_limits() { std::signal(SIGXFSZ, SIG_IGN); }

/// "20260131T235959.000Z": sorts by time, and no character that a file system minds.
std::string name_with_time(const std::string& extension) {
  std::string name = "chartroom-";
  for (const char c : base::format_iso(base::SystemClock().now())) {
    if (c != '-' && c != ':') name += c;
  }
  return name + extension;
}

std::filesystem::path target_in(const std::filesystem::path& target, const std::string& extension) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(target, ignored)) return target;
  return target / name_with_time(extension);
}

int backup_embedded(const Config& config, const std::filesystem::path& target) {
  const base::SystemClock clock;
  const auto file = target_in(target, ".db");
  const auto made = store::backup_sqlite(config.data, file, clock, tell_progress());
  if (!made) return report_error(made.error());
  print({{"backup", file.string()},
         {"kind", "sqlite"},
         {"contains_until", base::format_iso(made->contains_until)},
         {"bytes", made->bytes},
         {"sha256", made->sha256},
         {"schema_version", made->schema_version}});
  say(kKeyReminder);
  return kDone;
}

int backup_database(const Config& config, const std::filesystem::path& target, bool logical) {
  const auto options = postgres_options(config);
  if (!options) return report_error(options.error());
  const base::SystemClock clock;
  const auto place = target_in(target, logical ? ".dump" : "");
  const auto made = logical ? store::dump_postgres(*options, place, clock, tell_progress())
                            : store::backup_postgres(*options, place, clock, tell_progress());
  if (!made) return report_error(made.error());
  print({{"backup", place.string()},
         {"kind", logical ? "postgres-dump" : "postgres"},
         {"contains_until", base::format_iso(made->contains_until)},
         {"bytes", made->bytes},
         {"schema_version", made->schema_version}});
  if (logical) {
    say("a dump is the database as it was at its start, " + base::format_iso(made->contains_until) +
        "; what was acknowledged later is not in it");
  }
  if (!made->log_was_read) {
    say("warning: pg_waldump is not installed (package postgresql-15), so the copy's log was not "
        "read; its files were");
  }
  say(kKeyReminder);
  return kDone;
}

base::Error wrong_place(const char* kind, const char* flag) {
  return {base::ErrorCode::invalid_input,
          std::string("--from is ") + kind + ": say where to by " + flag};
}

/// What is the same after every restore.
void tell_next_steps(int missing, const std::string& start) {
  if (missing > 0) {
    say(std::to_string(missing) + " migrations will be applied at the next start");
  }
  say("next: make sure that the old server is stopped for good, then " + start +
      ". Work that was under way when the backup was made is done again within ten seconds; "
      "receivers see some notifications a second time, with equal ids and equal bodies");
}

int restore_embedded(const Config& config, const OpenKeys& keys, const std::filesystem::path& from,
                     const std::string& sha256) {
  if (config.data.empty() || config.has_database()) {
    return report_error(wrong_place("a backup of an embedded store", "--data DIR alone"));
  }
  const auto wanted = sha256.empty() ? std::nullopt : std::optional(sha256);
  const auto restored =
      store::restore_sqlite(from, config.data, *keys.sealer, wanted, tell_progress());
  if (!restored) return report_error(restored.error());
  print({{"restored", config.data.string()},
         {"kind", "sqlite"},
         {"bytes", restored->bytes},
         {"sha256", restored->sha256},
         {"schema_version", restored->schema_version}});
  tell_next_steps(restored->migrations_missing,
                  "start it here: chartroom serve --data " + config.data.string());
  return kDone;
}

int restore_server(const OpenKeys& keys, const std::filesystem::path& from,
                   const std::filesystem::path& data) {
  if (data.empty()) {
    return report_error(wrong_place("a backup of a PostgreSQL server",
                                    "--postgres-data DIR, the new server's data directory"));
  }
  const auto restored = store::restore_postgres(from, data, *keys.sealer, tell_progress());
  if (!restored) return report_error(restored.error());
  print({{"restored", data.string()},
         {"kind", "postgres"},
         {"contains_until", base::format_iso(restored->contains_until)},
         {"schema_version", restored->schema_version}});
  if (!restored->log_was_read) {
    say("warning: pg_waldump is not installed (package postgresql-15), so the copy's log was not "
        "read; its files were");
  }
  tell_next_steps(restored->migrations_missing,
                  "start PostgreSQL on this directory (it must belong to PostgreSQL's user; on "
                  "Debian its settings are in /etc/postgresql, not in the backup), and Chartroom "
                  "with --database");
  return kDone;
}

int restore_dump(const Config& config, const OpenKeys& keys, const std::filesystem::path& from) {
  if (!config.has_database()) {
    return report_error(
        wrong_place("a dump of a PostgreSQL database", "--database URL, an empty database"));
  }
  const auto options = postgres_options(config);
  if (!options) return report_error(options.error());
  const auto restored = store::load_postgres(*options, from, *keys.sealer, tell_progress());
  if (!restored) return report_error(restored.error());
  print({{"restored", store::describe_postgres_url(config.database.reveal())},
         {"kind", "postgres-dump"},
         {"schema_version", restored->schema_version}});
  tell_next_steps(restored->migrations_missing, "start Chartroom with this --database");
  return kDone;
}

}  // namespace

int backup(const Config& config, const std::filesystem::path& target, bool logical) {
  survive_file_limits();
  if (auto place = check_place(config); !place) return report_error(place.error());
  if (config.has_database()) return backup_database(config, target, logical);
  if (logical) {
    std::cerr << "chartroom: --logical is for a PostgreSQL database\n";
    return kUsedWrongly;
  }
  return backup_embedded(config, target);
}

int restore(const Config& config, const std::filesystem::path& from,
            const std::filesystem::path& postgres_data, const std::string& sha256) {
  survive_file_limits();
  const auto kind = store::kind_of_backup(from);
  if (kind == store::BackupKind::unknown) {
    std::cerr << "chartroom: --from: " << from.string()
              << " is no backup of Chartroom: neither an SQLite file nor a dump of pg_dump nor a "
                 "folder with chartroom-backup.json\n";
    return kFailed;
  }
  if (!sha256.empty() && kind != store::BackupKind::sqlite_file) {
    std::cerr << "chartroom: --sha256 is for a backup of an embedded store\n";
    return kUsedWrongly;
  }
  const auto keys = open_keys_alone(config);
  if (!keys) return report_error(keys.error());
  switch (kind) {
    case store::BackupKind::sqlite_file:
      return restore_embedded(config, **keys, from, sha256);
    case store::BackupKind::postgres_folder:
      return restore_server(**keys, from, postgres_data);
    default:
      return restore_dump(config, **keys, from);
  }
}

int check_store(const Config& config) {
  if (auto place = check_place(config); !place) return report_error(place.error());
  const auto keys = open_keys_alone(config);
  if (!keys) return report_error(keys.error());
  base::Result<int> version = 0;
  if (config.has_database()) {
    const auto options = postgres_options(config);
    if (!options) return report_error(options.error());
    version = store::check_postgres(*options, *(*keys)->sealer);
  } else {
    version = store::check_sqlite(config.data, *(*keys)->sealer);
  }
  if (!version) return report_error(version.error());
  print({{"sound", true}, {"schema_version", *version}});
  return kDone;
}

}  // namespace chartroom::cli
