#include "main/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "app/mails.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "http/peer.hpp"
#include "store/postgres/options.hpp"

namespace chartroom::cli {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr unsigned kRateMost = 100'000;  ///< a minute
// Two connections write, the others read and claim.
constexpr unsigned kPoolLeast = 3;
constexpr unsigned kPoolMost = 200;
constexpr std::chrono::seconds kDatabaseTimeLeast{1};
constexpr std::chrono::minutes kDatabaseTimeMost{10};

Result<void> wrong(const std::string& name, const std::string& allowed) {
  return fail(ErrorCode::invalid_input, name + ": " + allowed, name);
}

Result<void> set_bool(bool& target, const std::string& name, const std::string& value) {
  if (value == "true" || value == "1") {
    target = true;
  } else if (value == "false" || value == "0") {
    target = false;
  } else {
    return wrong(name, "must be true or false");
  }
  return {};
}

Result<void> set_count(unsigned& target, unsigned most, const std::string& name,
                       const std::string& value) {
  const auto number = base::whole_number<unsigned>(value);
  if (!number || *number < 1 || *number > most) {
    return wrong(name, "must be a whole number from 1 to " + std::to_string(most));
  }
  target = *number;
  return {};
}

Result<void> set_roles(std::vector<std::string>& target, const std::string& value) {
  std::vector<std::string> roles;
  for (const std::string& part : base::split(value, ',')) roles.emplace_back(base::trim(part));
  for (const std::string& role : roles) {
    if (role != "api" && role != "worker")
      return wrong("roles", "must be api, worker or api,worker");
  }
  target = std::move(roles);
  return {};
}

Result<void> set_url(std::string& target, const std::string& name, std::string value) {
  while (!value.empty() && value.back() == '/') value.pop_back();
  const bool http = value.rfind("http://", 0) == 0 && value.size() > 7;
  const bool https = value.rfind("https://", 0) == 0 && value.size() > 8;
  if ((!http && !https) || value.find_first_of(" ?#@\"<>") != std::string::npos) {
    return wrong(
        name, "must be a URL such as https://records.example.com, without user, query or fragment");
  }
  target = std::move(value);
  return {};
}

Result<void> set_smtp_url(std::string& target, const std::string& value) {
  const bool plain = value.rfind("smtp://", 0) == 0 && value.size() > 7;
  const bool tls = value.rfind("smtps://", 0) == 0 && value.size() > 8;
  if ((!plain && !tls) || value.find_first_of(" ?#@\"<>\\") != std::string::npos) {
    return wrong("smtp_url",
                 "must be a URL such as smtp://mail.example.com:587 or smtps://mail.example.com, "
                 "without user, query or fragment");
  }
  target = value;
  return {};
}

Result<void> set_address(std::string& target, const std::string& name, const std::string& value) {
  if (!app::is_mail_address(value)) {
    return wrong(name, "must be a mail address such as records@example.com");
  }
  target = value;
  return {};
}

/// Whether an SMTP URL names this machine itself.
bool is_at_home(const std::string& url) {
  const std::string rest = url.substr(url.find("://") + 3);
  std::string host = rest.substr(0, rest.find('/'));
  if (host.rfind("[::1]", 0) == 0) return true;
  host = host.substr(0, host.find(':'));
  const bool is_number = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || (is_number && host.rfind("127.", 0) == 0);
}

/// What the mail settings must say together.
Result<void> check_mail(const Config& config) {
  if (config.smtp_url.empty()) return {};
  if (config.mail_from.empty()) return wrong("mail_from", "is needed with smtp_url");
  if (config.smtp_user.empty() != config.smtp_password_file.empty())
    return wrong("smtp_user", "goes together with smtp_password_file");
  const bool at_home = is_at_home(config.smtp_url);
  if (!config.smtp_require_tls && !at_home) {
    return wrong("smtp_require_tls", "may be false for a mail server on this machine only");
  }
  if (config.sandbox && !at_home) {
    return wrong("smtp_url", "a sandbox sends no mail to the outside: only localhost is allowed");
  }
  return {};
}

using Setter = std::function<Result<void>(Config&, const std::string&)>;

Result<void> set_token_life(std::chrono::seconds& target, const std::string& value) {
  const auto life = base::parse_duration(value);
  if (!life || *life < base::limits::kTokenLifeLeast || *life > base::limits::kTokenLife) {
    return wrong("token_life", "must be a time from 60s to 24h, such as 15m");
  }
  target = std::chrono::floor<std::chrono::seconds>(*life);
  return {};
}

Result<void> set_addresses(std::vector<std::string>& target, const std::string& name,
                           const std::string& value) {
  std::vector<std::string> addresses;
  for (const std::string& part : base::split(value, ',')) {
    auto address = http::canonical_address(base::trim(part));
    if (!address) return wrong(name, "must be IP addresses, such as 127.0.0.1 or ::1");
    addresses.push_back(*std::move(address));
  }
  target = std::move(addresses);
  return {};
}

Setter count_setter(unsigned Config::* field, const char* name, unsigned most) {
  return [field, name, most](Config& config, const std::string& value) {
    return set_count(config.*field, most, name, value);
  };
}

Result<void> set_pool_size(unsigned& target, const std::string& value) {
  unsigned size = 0;
  if (!set_count(size, kPoolMost, "database_pool_size", value) || size < kPoolLeast) {
    return wrong("database_pool_size", "must be a whole number from " + std::to_string(kPoolLeast) +
                                           " to " + std::to_string(kPoolMost));
  }
  target = size;
  return {};
}

/// Of a connection to the database.
Setter time_setter(std::chrono::milliseconds Config::* field, const char* name) {
  return [field, name](Config& config, const std::string& value) -> Result<void> {
    const auto time = base::parse_duration(value);
    if (!time || *time < kDatabaseTimeLeast || *time > kDatabaseTimeMost) {
      return wrong(name, "must be a time from 1s to 10m, such as 30s");
    }
    config.*field = *time;
    return {};
  };
}

/// Every setting there is. docs/operations.md lists the same names.
const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> all{
      {"data",
       [](Config& c, const std::string& v) -> Result<void> {
         c.data = v;
         return {};
       }},
      {"listen",
       [](Config& c, const std::string& v) -> Result<void> {
         if (auto parsed = parse_listen(v); !parsed) return base::pass_on(parsed.error());
         c.listen = v;
         c.listen_is_set = true;
         return {};
       }},
      {"public_url",
       [](Config& c, const std::string& v) { return set_url(c.public_url, "public_url", v); }},
      {"database",
       [](Config& c, const std::string& v) -> Result<void> {
         if (auto checked = store::check_postgres_url(v); !checked)
           return wrong("database", checked.error().message);
         c.database = base::Sensitive<std::string>(v);
         return {};
       }},
      {"database_password_file",
       [](Config& c, const std::string& v) -> Result<void> {
         c.database_password_file = v;
         return {};
       }},
      {"database_pool_size",
       [](Config& c, const std::string& v) { return set_pool_size(c.database_pool_size, v); }},
      {"database_connect_timeout",
       time_setter(&Config::database_connect_timeout, "database_connect_timeout")},
      {"database_statement_timeout",
       time_setter(&Config::database_statement_timeout, "database_statement_timeout")},
      {"database_idle_timeout",
       time_setter(&Config::database_idle_timeout, "database_idle_timeout")},
      {"database_tcp_timeout", time_setter(&Config::database_tcp_timeout, "database_tcp_timeout")},
      {"sandbox",
       [](Config& c, const std::string& v) { return set_bool(c.sandbox, "sandbox", v); }},
      {"sandbox_records",
       [](Config& c, const std::string& v) -> Result<void> {
         for (const std::string& folder : base::split(v, ','))
           c.sandbox_records.emplace_back(folder);
         return {};
       }},
      {"roles", [](Config& c, const std::string& v) { return set_roles(c.roles, v); }},
      {"key_file",
       [](Config& c, const std::string& v) -> Result<void> {
         c.key_file = v;
         return {};
       }},
      {"metrics_token_file",
       [](Config& c, const std::string& v) -> Result<void> {
         c.metrics_token_file = v;
         return {};
       }},
      {"log_level",
       [](Config& c, const std::string& v) -> Result<void> {
         if (v != "debug" && v != "info" && v != "warning" && v != "error") {
           return wrong("log_level", "must be debug, info, warning or error");
         }
         c.log_level = v;
         return {};
       }},
      {"handler_threads", count_setter(&Config::handler_threads, "handler_threads", 256)},
      {"worker_threads", count_setter(&Config::worker_threads, "worker_threads", 64)},
      {"token_life",
       [](Config& c, const std::string& v) { return set_token_life(c.token_life, v); }},
      {"token_failures_per_client",
       count_setter(&Config::token_failures_per_client, "token_failures_per_client", kRateMost)},
      {"token_failures_per_address",
       count_setter(&Config::token_failures_per_address, "token_failures_per_address", kRateMost)},
      {"actions_per_user", count_setter(&Config::actions_per_user, "actions_per_user", kRateMost)},
      {"queue_lag_degraded",
       count_setter(&Config::queue_lag_degraded, "queue_lag_degraded", kRateMost)},
      {"requests_per_second",
       count_setter(&Config::requests_per_second, "requests_per_second", kRateMost)},
      {"trusted_proxies",
       [](Config& c, const std::string& v) {
         return set_addresses(c.trusted_proxies, "trusted_proxies", v);
       }},
      {"smtp_url", [](Config& c, const std::string& v) { return set_smtp_url(c.smtp_url, v); }},
      {"smtp_user",
       [](Config& c, const std::string& v) -> Result<void> {
         c.smtp_user = v;
         return {};
       }},
      {"smtp_password_file",
       [](Config& c, const std::string& v) -> Result<void> {
         c.smtp_password_file = v;
         return {};
       }},
      {"smtp_require_tls",
       [](Config& c, const std::string& v) {
         return set_bool(c.smtp_require_tls, "smtp_require_tls", v);
       }},
      {"smtp_ca_file",
       [](Config& c, const std::string& v) -> Result<void> {
         c.smtp_ca_file = v;
         return {};
       }},
      {"mail_from",
       [](Config& c, const std::string& v) { return set_address(c.mail_from, "mail_from", v); }},
      {"mail_reply_to",
       [](Config& c, const std::string& v) {
         return set_address(c.mail_reply_to, "mail_reply_to", v);
       }},
  };
  return all;
}

std::string known_names() {
  std::vector<std::string> names;
  for (const auto& [name, setter] : setters()) names.push_back(name);
  return base::join(names, ", ");
}

Result<void> apply(Config& config, const Settings& settings, const std::string& where) {
  for (const auto& [name, value] : settings) {
    const auto setter = setters().find(name);
    if (setter == setters().end()) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("{}: unknown setting {}; known are {}", where, name, known_names()),
                  name);
    }
    if (value.empty())
      return fail(ErrorCode::invalid_input, fmt::format("{}: {} is empty", where, name), name);
    if (auto set = setter->second(config, value); !set) {
      return fail(ErrorCode::invalid_input, where + ": " + set.error().message, name);
    }
  }
  return {};
}

/// A TOML value as the text that setters take; nullopt for a table or a date.
std::optional<std::string> as_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> parts;
  for (const toml::node& item : *array) {
    const auto* text = item.as_string();
    if (text == nullptr) return std::nullopt;
    parts.push_back(text->get());
  }
  return base::join(parts, ",");
}

Result<Settings> settings_from_file(const std::filesystem::path& file) {
  const toml::parse_result parsed = toml::parse_file(file.string());
  if (!parsed) {
    return fail(ErrorCode::invalid_input, file.string() + ": line " +
                                              std::to_string(parsed.error().source().begin.line) +
                                              ": " + std::string(parsed.error().description()));
  }
  Settings settings;
  for (const auto& [key, node] : parsed.table()) {
    const std::string name(key.str());
    auto text = as_text(node);
    if (!text) {
      return fail(ErrorCode::invalid_input,
                  file.string() + ": " + name +
                      ": must be a text, a number, true, false or a list of texts",
                  name);
    }
    settings[name] = std::move(*text);
  }
  return settings;
}

}  // namespace

bool Config::has_role(const std::string& role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

base::LogLevel Config::level() const {
  if (log_level == "debug") return base::LogLevel::debug;
  if (log_level == "warning") return base::LogLevel::warning;
  if (log_level == "error") return base::LogLevel::error;
  return base::LogLevel::info;
}

Result<ListenAddress> parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : base::whole_number<unsigned>(std::string_view(text).substr(colon + 1));
  if (colon == 0 || !port || *port > 65'535) {
    return fail(ErrorCode::invalid_input,
                "listen: must be address:port, such as 127.0.0.1:8080 or [::1]:8080", "listen");
  }
  std::string address = text.substr(0, colon);
  if (address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  return ListenAddress{std::move(address), static_cast<std::uint16_t>(*port)};
}

Result<Settings> settings_from_environment(char** environment) {
  constexpr std::string_view kPrefix = "CHARTROOM_";
  Settings settings;
  for (char** entry = environment; *entry != nullptr; ++entry) {
    const std::string_view pair(*entry);
    const auto equals = pair.find('=');
    if (pair.substr(0, kPrefix.size()) != kPrefix || equals == std::string_view::npos) continue;
    const std::string name =
        base::to_lower_ascii(pair.substr(kPrefix.size(), equals - kPrefix.size()));
    if (setters().count(name) == 0) {
      return fail(ErrorCode::invalid_input, "environment: " + std::string(pair.substr(0, equals)) +
                                                " is no setting; known are " + known_names());
    }
    settings[name] = pair.substr(equals + 1);
  }
  return settings;
}

Result<Config> load_config(const std::filesystem::path& file, const Settings& environment,
                           const Settings& flags) {
  Config config;
  if (!file.empty()) {
    const auto settings = settings_from_file(file);
    if (!settings) return base::pass_on(settings.error());
    if (auto applied = apply(config, *settings, file.string()); !applied)
      return base::pass_on(applied.error());
  }
  if (environment.count("sandbox_records") != 0) config.sandbox_records.clear();
  if (auto applied = apply(config, environment, "environment"); !applied)
    return base::pass_on(applied.error());
  if (flags.count("sandbox_records") != 0) config.sandbox_records.clear();
  if (auto applied = apply(config, flags, "command line"); !applied)
    return base::pass_on(applied.error());
  if (auto checked = check_mail(config); !checked) return base::pass_on(checked.error());
  return config;
}

}  // namespace chartroom::cli
