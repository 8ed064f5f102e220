// The command line (docs/operations.md).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "base/ports.hpp"
#include "base/text.hpp"
#include "main/commands.hpp"
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
  std::vector<std::string> assignments;
  std::string code;
  std::string file;
};

/// A command and what runs it, once the configuration is there.
using Command = std::pair<CLI::App*, std::function<int(const Config&)>>;

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

CLI::App* add_application_command(CLI::App& parent, Flags& flags, const char* name,
                                  const char* help) {
  CLI::App* command = parent.add_subcommand(name, help);
  add_store_flags(*command, flags);
  command->add_option("--app", flags.client_id, "Client id of the application")->required();
  return command;
}

/// `app set|show|export|import`.
void add_settings_commands(CLI::App& app, Flags& flags, std::vector<Command>& commands) {
  CLI::App* set =
      add_application_command(app, flags, "set", "Change settings; prints what results");
  set->add_option("settings", flags.assignments, "name=value, as many as there are to change")
      ->required();
  CLI::App* show = add_application_command(app, flags, "show", "Print an application as JSON");
  CLI::App* write =
      add_application_command(app, flags, "export", "Print settings and own order types as TOML");
  CLI::App* read =
      add_application_command(app, flags, "import", "Take settings and order types from a file");
  read->add_option("--file", flags.file, "TOML file")->required()->check(CLI::ExistingFile);
  commands.insert(
      commands.end(),
      {{set, [&](const Config& c) { return app_set(c, flags.client_id, flags.assignments); }},
       {show, [&](const Config& c) { return app_show(c, flags.client_id); }},
       {write, [&](const Config& c) { return app_export(c, flags.client_id); }},
       {read, [&](const Config& c) { return app_import(c, flags.client_id, flags.file); }}});
}

/// `order-type list|show|export|import|remove`.
void add_order_type_commands(CLI::App& cli, Flags& flags, std::vector<Command>& commands) {
  CLI::App* types = cli.add_subcommand("order-type", "What an application can order");
  types->require_subcommand(1);
  const auto add = [&](const char* name, const char* help) {
    return add_application_command(*types, flags, name, help);
  };
  CLI::App* list = add("list", "Print all in short, as JSON");
  CLI::App* show = add("show", "Print one or all, as JSON");
  CLI::App* write = add("export", "Print one or all, as TOML");
  CLI::App* read = add("import", "Add or replace those of a file");
  CLI::App* remove = add("remove", "Remove one");
  for (CLI::App* command : {show, write, read, remove})
    command->add_option("--code", flags.code, "Code of the order type");
  remove->get_option("--code")->required();
  read->add_option("--file", flags.file, "TOML file")->required()->check(CLI::ExistingFile);
  commands.insert(
      commands.end(),
      {{list, [&](const Config& c) { return order_type_list(c, flags.client_id); }},
       {show, [&](const Config& c) { return order_type_show(c, flags.client_id, flags.code); }},
       {write, [&](const Config& c) { return order_type_export(c, flags.client_id, flags.code); }},
       {read,
        [&](const Config& c) {
          return order_type_import(c, flags.client_id, flags.code, flags.file);
        }},
       {remove,
        [&](const Config& c) { return order_type_remove(c, flags.client_id, flags.code); }}});
}

int run(int argc, char** argv) {
  CLI::App cli{"Chartroom orders medical evidence: records in, reports out."};
  cli.require_subcommand(1);
  Flags flags;

  CLI::App* serve_command = cli.add_subcommand("serve", "Run the server");
  add_serve_flags(*serve_command, flags);

  CLI::App* app = cli.add_subcommand("app", "Applications: the containers of an integration");
  app->require_subcommand(1);
  CLI::App* create =
      app->add_subcommand("create", "Create one; prints its client id and secret, once");
  add_store_flags(*create, flags);
  create->add_option("--name", flags.name, "Name that applicants see")->required();
  create->add_flag("--sandbox", flags.sandbox, "Works with fictional records only");

  std::vector<Command> commands;
  add_settings_commands(*app, flags, commands);
  add_order_type_commands(cli, flags, commands);

  CLI::App* webhook = cli.add_subcommand("webhook", "Endpoints that are told about orders");
  webhook->require_subcommand(1);
  CLI::App* add = webhook->add_subcommand("add", "Add one; prints its id and signing secret, once");
  add_store_flags(*add, flags);
  add->add_option("--app", flags.client_id, "Client id of the application")->required();
  add->add_option("--url", flags.url, "Where notifications are POSTed")->required();
  add->add_option("--events", flags.events, "order.status, order.summary (default: all)")
      ->delimiter(',');

  CLI::App* migrate_command = cli.add_subcommand("migrate", "Bring the store's schema up to date");
  add_store_flags(*migrate_command, flags);
  CLI::App* check = cli.add_subcommand("check-config", "Check and print the configuration");
  add_serve_flags(*check, flags);
  CLI::App* version_command = cli.add_subcommand("version", "Print the version");

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? kDone : kUsedWrongly;
  }
  if (*version_command) return version();
  base::start_crypto();
  const auto config = configure(flags);
  if (!config) return report_error(config.error());
  if (!config->database.empty()) {
    return report_error({base::ErrorCode::invalid_input,
                         "--database (PostgreSQL) is not part of this release; use --data DIR",
                         "database"});
  }
  for (const auto& [command, run_command] : commands) {
    if (*command) return run_command(*config);
  }
  if (*serve_command) return serve(*config);
  if (*create) return app_create(*config, flags.name);
  if (*add) return webhook_add(*config, flags.client_id, flags.url, flags.events);
  if (*migrate_command) return migrate(*config);
  return check_config(*config);
}

}  // namespace
}  // namespace chartroom::cli

int main(int argc, char** argv) { return chartroom::cli::run(argc, argv); }
