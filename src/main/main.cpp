// The command line (docs/operations.md).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "app/webhook_rules.hpp"
#include "base/ports.hpp"
#include "base/text.hpp"
#include "main/backup_commands.hpp"
#include "main/commands.hpp"
#include "main/destination_commands.hpp"
#include "main/job_commands.hpp"
#include "main/settings_commands.hpp"

namespace chartroom::cli {
namespace {

/// Flags of all commands, as the user gave them.
struct Flags {
  Settings settings;
  std::string config_file;
  std::vector<std::string> sandbox_records;
  bool sandbox = false;
  std::string name;
  std::string client_id;
  std::string url;
  std::vector<std::string> events;
  std::string overlap;
  bool now = false;
  bool plan = false;
  std::vector<std::string> assignments;
  std::string code;
  std::string file;
  std::string from;
  std::string to;
  std::string sha256;
  std::string postgres_data;
  bool logical = false;
  JobChoice jobs;
  Redrive redrive;
  std::size_t limit = 100;
  bool sure = false;
};

void add_setting(CLI::App& command, Flags& flags, const std::string& flag, const std::string& name,
                 const std::string& help) {
  command.add_option_function<std::string>(
      flag, [&flags, name](const std::string& value) { flags.settings[name] = value; }, help);
}

void add_store_flags(CLI::App& command, Flags& flags) {
  add_setting(command, flags, "--data", "data", "Directory of the embedded store");
  add_setting(command, flags, "--database", "database", "URL of a PostgreSQL database instead");
  command.add_option("--config", flags.config_file, "TOML file with settings")
      ->check(CLI::ExistingFile);
}

void add_serve_flags(CLI::App& command, Flags& flags) {
  add_store_flags(command, flags);
  add_setting(command, flags, "--listen", "listen", "Address and port (default 127.0.0.1:8080)");
  add_setting(command, flags, "--public-url", "public_url",
              "URL under which others reach this server");
  add_setting(command, flags, "--roles", "roles", "api, worker or api,worker (default both)");
  command.add_flag("--sandbox", flags.sandbox, "Fictional records, a clock that can be turned");
  command
      .add_option("--sandbox-records", flags.sandbox_records,
                  "Folder with FHIR and C-CDA files (repeatable)")
      ->check(CLI::ExistingDirectory);
}

base::Result<Config> configure(Flags& flags) {
  if (flags.sandbox) flags.settings["sandbox"] = "true";
  auto environment = settings_from_environment(environ);
  if (!environment) return base::pass_on(environment.error());
  auto config = load_config(flags.config_file, *environment, flags.settings);
  if (!config) return config;
  if (!flags.sandbox_records.empty()) {
    config->sandbox_records.assign(flags.sandbox_records.begin(), flags.sandbox_records.end());
  }
  return config;
}

using Action = std::function<int(const Config&)>;
/// What was asked for is the one that the command line names.
using Commands = std::vector<std::pair<CLI::App*, Action>>;

CLI::App* group(CLI::App& parent, const std::string& name, const std::string& help) {
  CLI::App* made = parent.add_subcommand(name, help);
  made->require_subcommand(1);
  return made;
}

/// A command that works on the store.
CLI::App* add_tool(CLI::App& parent, Flags& flags, Commands& commands, const std::string& name,
                   const std::string& help, Action action) {
  CLI::App* made = parent.add_subcommand(name, help);
  add_store_flags(*made, flags);
  commands.emplace_back(made, std::move(action));
  return made;
}

/// The same for one application.
CLI::App* add_app_tool(CLI::App& parent, Flags& flags, Commands& commands, const std::string& name,
                       const std::string& help, Action action) {
  CLI::App* made = add_tool(parent, flags, commands, name, help, std::move(action));
  made->add_option("--app", flags.client_id, "Client id of the application")->required();
  return made;
}

void add_server_commands(CLI::App& cli, Flags& flags, Commands& commands) {
  CLI::App* serve_command = cli.add_subcommand("serve", "Run the server");
  add_serve_flags(*serve_command, flags);
  commands.emplace_back(serve_command, serve);
  CLI::App* check = cli.add_subcommand("check-config", "Check and print the configuration");
  add_serve_flags(*check, flags);
  commands.emplace_back(check, check_config);
  CLI::App* migrate_command =
      add_tool(cli, flags, commands, "migrate", "Bring the store's schema up to date",
               [&flags](const Config& config) { return migrate(config, flags.plan); });
  migrate_command->add_flag("--plan", flags.plan, "Only print what would be applied");
}

/// `backup|restore|check`.
void add_backup_commands(CLI::App& cli, Flags& flags, Commands& commands) {
  CLI::App* save =
      add_tool(cli, flags, commands, "backup", "Make a backup, also while servers run",
               [&flags](const Config& config) { return backup(config, flags.to, flags.logical); });
  save->add_option("--to", flags.to,
                   "What to make; or a folder, in which it gets a name with the time")
      ->required();
  save->add_flag("--logical", flags.logical,
                 "PostgreSQL: dump the database as of now instead of copying the server");
  CLI::App* load = add_tool(cli, flags, commands, "restore", "Put a backup into a new place",
                            [&flags](const Config& config) {
                              return restore(config, flags.from, flags.postgres_data, flags.sha256);
                            });
  load->add_option("--from", flags.from, "The backup")->required()->check(CLI::ExistingPath);
  load->add_option("--sha256", flags.sha256, "Refuse a file with another one");
  load->add_option("--postgres-data", flags.postgres_data,
                   "Empty data directory of a PostgreSQL server, for a backup of a whole one");
  add_tool(cli, flags, commands, "check", "Read the whole store and try the master key",
           check_store);
}

void add_app_commands(CLI::App& app, Flags& flags, Commands& commands) {
  CLI::App* create =
      add_tool(app, flags, commands, "create", "Create one; prints its client id and secret, once",
               [&flags](const Config& config) { return app_create(config, flags.name); });
  create->add_option("--name", flags.name, "Name that applicants see")->required();
  create->add_flag("--sandbox", flags.sandbox, "Works with fictional records only");
  add_tool(app, flags, commands, "list", "Print all, one a line", app_list);
  add_app_tool(app, flags, commands, "enable", "Let it work again", [&flags](const Config& config) {
    return app_enable(config, flags.client_id, true);
  });
  add_app_tool(
      app, flags, commands, "disable", "Refuse all of its tokens, secrets and links",
      [&flags](const Config& config) { return app_enable(config, flags.client_id, false); });
  add_app_tool(
      app, flags, commands, "revoke-tokens", "Refuse every token that was issued so far",
      [&flags](const Config& config) { return app_revoke_tokens(config, flags.client_id); });
  CLI::App* rotate =
      add_app_tool(app, flags, commands, "rotate-secret", "Give it a new secret; prints it, once",
                   [&flags](const Config& config) {
                     return app_rotate_secret(config, flags.client_id,
                                              flags.overlap.empty() ? "0s" : flags.overlap);
                   });
  rotate->add_option("--overlap", flags.overlap, "How long the old one works, too (default 0s)");
}

void add_key_commands(CLI::App& keys, Flags& flags, Commands& commands) {
  CLI::App* rotate = add_tool(
      keys, flags, commands, "rotate", "Sign with a new key from now on",
      [&flags](const Config& config) {
        return keys_rotate(config, flags.overlap.empty() ? "25h" : flags.overlap, flags.now);
      });
  CLI::Option* overlap = rotate->add_option("--overlap", flags.overlap,
                                            "How long the other keys verify (default 25h)");
  rotate->add_flag("--now", flags.now, "Retire the other keys at once: every token so far ends")
      ->excludes(overlap);
  add_tool(keys, flags, commands, "list", "Print all, one a line; no key material", keys_list);
}

void add_webhook_commands(CLI::App& webhook, Flags& flags, Commands& commands) {
  CLI::App* add = add_app_tool(
      webhook, flags, commands, "add", "Add one; prints its id and signing secret, once",
      [&flags](const Config& config) {
        return webhook_add(config, flags.client_id, flags.url, flags.events, flags.file);
      });
  add->add_option("--url", flags.url, "Where notifications are POSTed")->required();
  add->add_option(
         "--events", flags.events,
         base::join({app::kEventKinds.begin(), app::kEventKinds.end()}, ", ") + " (default: all)")
      ->delimiter(',');
  add->add_option("--auth-file", flags.file,
                  "TOML file with authentication, client certificate and headers")
      ->check(CLI::ExistingFile);
}

/// `destination add|list|remove|test|attempts|ship`.
void add_destination_commands(CLI::App& group, Flags& flags, Commands& commands) {
  CLI::App* add = add_app_tool(group, flags, commands, "add", "Add the one that a file describes",
                               [&flags](const Config& config) {
                                 return destination_add(config, flags.client_id, flags.file);
                               });
  add->add_option("--file", flags.file, "TOML file")->required()->check(CLI::ExistingFile);
  add_app_tool(
      group, flags, commands, "list", "Print all, one a line; no secrets",
      [&flags](const Config& config) { return destination_list(config, flags.client_id); });
  CLI::App* remove =
      add_app_tool(group, flags, commands, "remove", "Remove one; what waits for it is not shipped",
                   [&flags](const Config& config) {
                     return destination_remove(config, flags.client_id, flags.name, flags.sure);
                   });
  remove->add_flag("--yes", flags.sure, "Also when reports wait to be shipped there");
  CLI::App* test =
      add_app_tool(group, flags, commands, "test", "Ship a small file named \"test\" right now",
                   [&flags](const Config& config) {
                     return destination_test(config, flags.client_id, flags.name);
                   });
  CLI::App* attempts =
      add_app_tool(group, flags, commands, "attempts", "Print the last 50 tries",
                   [&flags](const Config& config) {
                     return destination_attempts(config, flags.client_id, flags.name);
                   });
  CLI::App* ship = add_app_tool(
      group, flags, commands, "ship", "Ship an order's reports again, with all retries",
      [&flags](const Config& config) {
        return destination_ship(config, flags.client_id, flags.name, flags.code);
      });
  for (CLI::App* command : {remove, test, attempts, ship}) {
    command->add_option("--name", flags.name, "Name of the destination")->required();
  }
  ship->add_option("--order", flags.code, "Id of the order")->required();
}

/// `app set|show|export|import`.
void add_settings_commands(CLI::App& app, Flags& flags, Commands& commands) {
  CLI::App* set = add_app_tool(
      app, flags, commands, "set", "Change settings; prints what results",
      [&](const Config& config) { return app_set(config, flags.client_id, flags.assignments); });
  set->add_option("settings", flags.assignments, "name=value, as many as there are to change")
      ->required();
  add_app_tool(app, flags, commands, "show", "Print an application as JSON",
               [&](const Config& config) { return app_show(config, flags.client_id); });
  add_app_tool(app, flags, commands, "export", "Print settings and own order types as TOML",
               [&](const Config& config) { return app_export(config, flags.client_id); });
  CLI::App* read = add_app_tool(
      app, flags, commands, "import", "Take settings and order types from a file",
      [&](const Config& config) { return app_import(config, flags.client_id, flags.file); });
  read->add_option("--file", flags.file, "TOML file")->required()->check(CLI::ExistingFile);
}

/// `order-type list|show|export|import|remove`.
void add_order_type_commands(CLI::App& types, Flags& flags, Commands& commands) {
  const auto add = [&](const char* name, const char* help, Action action) {
    return add_app_tool(types, flags, commands, name, help, std::move(action));
  };
  add("list", "Print all in short, as JSON",
      [&](const Config& config) { return order_type_list(config, flags.client_id); });
  CLI::App* show = add("show", "Print one or all, as JSON", [&](const Config& config) {
    return order_type_show(config, flags.client_id, flags.code);
  });
  CLI::App* write = add("export", "Print one or all, as TOML", [&](const Config& config) {
    return order_type_export(config, flags.client_id, flags.code);
  });
  CLI::App* read = add("import", "Add or replace those of a file", [&](const Config& config) {
    return order_type_import(config, flags.client_id, flags.code, flags.file);
  });
  CLI::App* remove = add("remove", "Remove one", [&](const Config& config) {
    return order_type_remove(config, flags.client_id, flags.code);
  });
  for (CLI::App* command : {show, write, read, remove}) {
    command->add_option("--code", flags.code, "Code of the order type");
  }
  remove->get_option("--code")->required();
  read->add_option("--file", flags.file, "TOML file")->required()->check(CLI::ExistingFile);
}

void add_suppression_commands(CLI::App& list, Flags& flags, Commands& commands) {
  add_app_tool(
      list, flags, commands, "add", "Put the persons on standard input on the list",
      [&flags](const Config& config) { return suppression_change(config, flags.client_id, true); });
  add_app_tool(list, flags, commands, "remove", "Take the persons on standard input off the list",
               [&flags](const Config& config) {
                 return suppression_change(config, flags.client_id, false);
               });
}

/// `jobs list|show|stats|redrive|discard`.
void add_job_commands(CLI::App& jobs, Flags& flags, Commands& commands) {
  const auto add = [&](const char* name, const char* help, Action action) {
    CLI::App* made = add_tool(jobs, flags, commands, name, help, std::move(action));
    made->add_option("--app", flags.client_id, "Client id of one application (default: all)");
    return made;
  };
  CLI::App* list = add("list", "Print jobs, newest first, one a line", [&](const Config& config) {
    flags.jobs.client_id = flags.client_id;
    return jobs_list(config, flags.jobs, flags.limit);
  });
  list->add_option("--state", flags.jobs.state,
                   "waiting, running, blocked, done or dead (default: all but done)");
  list->add_option("--kind", flags.jobs.kind, "Such as deliver, ship, mail, retrieve or build");
  list->add_option("--order", flags.jobs.order_id, "Id of an order");
  list->add_option("--limit", flags.limit, "How many (default 100)");
  CLI::App* show = add("show", "Print all about one job", [&](const Config& config) {
    return jobs_show(config, flags.client_id, flags.redrive.job_id);
  });
  add("stats", "Print how many there are, by kind and state",
      [&](const Config& config) { return jobs_stats(config, flags.client_id); });
  CLI::App* redrive = add("redrive", "Let dead letters run again", [&](const Config& config) {
    flags.redrive.sure = flags.sure;
    return jobs_redrive(config, flags.client_id, flags.redrive);
  });
  redrive->add_option("id", flags.redrive.job_id, "Id of one");
  redrive->add_option("--kind", flags.redrive.kind, "All of this kind");
  redrive->add_flag("--all", flags.redrive.all, "All of them");
  redrive->add_flag("--yes", flags.sure,
                    "Do it; without, --kind and --all only say what they would");
  CLI::App* discard = add("discard", "Give up a dead letter for good", [&](const Config& config) {
    return jobs_discard(config, flags.client_id, flags.redrive.job_id, flags.code);
  });
  for (CLI::App* command : {show, discard}) {
    command->add_option("id", flags.redrive.job_id, "Id of the job")->required();
  }
  discard->add_option("--reason", flags.code, "A ticket's number or a word, for the audit trail")
      ->required();
}

int run(int argc, char** argv) {
  CLI::App cli{"Chartroom orders medical evidence: records in, reports out."};
  cli.require_subcommand(1);
  Flags flags;
  Commands commands;
  add_server_commands(cli, flags, commands);
  add_backup_commands(cli, flags, commands);
  CLI::App& app = *group(cli, "app", "Applications: the containers of an integration");
  add_app_commands(app, flags, commands);
  add_settings_commands(app, flags, commands);
  add_order_type_commands(*group(cli, "order-type", "What an application can order"), flags,
                          commands);
  add_key_commands(*group(cli, "keys", "Keys that sign tokens"), flags, commands);
  add_webhook_commands(*group(cli, "webhook", "Endpoints that are told about orders"), flags,
                       commands);
  add_destination_commands(*group(cli, "destination", "Where finished reports are shipped"), flags,
                           commands);
  add_suppression_commands(
      *group(cli, "suppression", "Persons about whom nothing may be retrieved or released"), flags,
      commands);
  add_job_commands(*group(cli, "jobs", "The queue of work, and dead letters"), flags, commands);
  CLI::App* routes_command = cli.add_subcommand("routes", "Print the API's operations");
  CLI::App* version_command = cli.add_subcommand("version", "Print the version");

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? kDone : kUsedWrongly;
  }
  if (*version_command) return version();
  if (*routes_command) return list_routes();
  base::start_crypto();
  const auto config = configure(flags);
  if (!config) return report_error(config.error());
  for (const auto& [command, action] : commands) {
    if (*command) return action(*config);
  }
  return kUsedWrongly;
}

}  // namespace
}  // namespace chartroom::cli

int main(int argc, char** argv) { return chartroom::cli::run(argc, argv); }
