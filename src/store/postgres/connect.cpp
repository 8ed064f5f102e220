#include "store/postgres/connect.hpp"

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "store/postgres/programs.hpp"

namespace chartroom::store {
namespace {

using base::ErrorCode;

struct FreeInfo {
  void operator()(PQconninfoOption* info) const { PQconninfoFree(info); }
};
using InfoPtr = std::unique_ptr<PQconninfoOption, FreeInfo>;

InfoPtr parse(const std::string& url) {
  char* words = nullptr;
  InfoPtr info(PQconninfoParse(url.c_str(), &words));
  // libpq's words may quote the URL, and with it a password.
  PQfreemem(words);
  return info;
}

bool is_postgres_url(const std::string& url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

std::string value_of(const PQconninfoOption* info, std::string_view keyword) {
  for (; info->keyword != nullptr; ++info) {
    if (keyword == info->keyword) return info->val == nullptr ? "" : info->val;
  }
  return {};
}

/// One line of what libpq says when it cannot connect: hosts, users, reasons; never a password.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    text.replace(at, 1, "; ");
  }
  return text;
}

struct Reason {
  std::string_view words;  ///< as libpq and the server say it in English
  ErrorCode code;
  std::string_view advice;
};

constexpr std::array kReasons{
    Reason{"for connection option", ErrorCode::invalid_input, "correct the URL in --database"},
    Reason{"invalid sslmode", ErrorCode::invalid_input, "correct the URL in --database"},
    Reason{"password authentication failed", ErrorCode::invalid_input,
           "check user and password (database_password_file, or the file that PGPASSFILE names)"},
    Reason{"no password supplied", ErrorCode::invalid_input,
           "give the password by database_password_file, or by the file that PGPASSFILE names"},
    Reason{"no pg_hba.conf entry", ErrorCode::invalid_input,
           "let this user in from this machine: pg_hba.conf on the server"},
    Reason{"Peer authentication failed", ErrorCode::invalid_input,
           "over a local socket the system's user counts: give a host in the URL, or change "
           "pg_hba.conf"},
    Reason{"does not exist", ErrorCode::invalid_input,
           "make role and database first: createuser NAME; createdb --owner=NAME NAME"},
    Reason{"too many clients", ErrorCode::unavailable,
           "raise the server's max_connections, or lower database_pool_size"},
    Reason{"too many connections", ErrorCode::unavailable,
           "raise the limit of the role or the database, or lower database_pool_size"},
    Reason{"remaining connection slots", ErrorCode::unavailable,
           "raise the server's max_connections, or lower database_pool_size"},
    Reason{"session is read-only", ErrorCode::unavailable,
           "only a standby answers: name the primary too, as host1,host2"},
    Reason{"server is in hot standby mode", ErrorCode::unavailable,
           "only a standby answers: name the primary too, as host1,host2"},
};

base::Error explain(const std::string& words) {
  for (const Reason& reason : kReasons) {
    if (words.find(reason.words) == std::string::npos) continue;
    return {reason.code,
            "cannot use the database: " + words + ". What to do: " + std::string(reason.advice)};
  }
  return {ErrorCode::unavailable,
          "cannot reach the database: " + words +
              ". What to do: check that the server runs and that host and port in --database are "
              "right"};
}

}  // namespace

base::Result<void> check_postgres_url(const std::string& url) {
  const InfoPtr info = is_postgres_url(url) ? parse(url) : nullptr;
  // libpq looks at the port only when it connects.
  if (info && value_of(info.get(), "port").find_first_not_of("0123456789,") == std::string::npos)
    return {};
  return base::fail(ErrorCode::invalid_input,
                    "must be a URL such as postgres://chartroom@db1.example.com:5432/chartroom, "
                    "with several hosts as host1,host2 and special characters as %XX",
                    "database");
}

std::string describe_postgres_url(const std::string& url) {
  if (!check_postgres_url(url)) return {};
  const InfoPtr info = parse(url);
  std::string text = "postgres://";
  if (const std::string user = value_of(info.get(), "user"); !user.empty()) text += user + '@';
  text += value_of(info.get(), "host");
  if (const std::string port = value_of(info.get(), "port"); !port.empty()) text += ':' + port;
  return text + '/' + value_of(info.get(), "dbname");
}

namespace postgres {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

void set_unless_given(Settings& settings, const std::string& name, const std::string& value) {
  for (const auto& [known, given] : settings) {
    if (known == name) return;
  }
  settings.emplace_back(name, value);
}

base::Result<Settings> settings_of(const Options& options) {
  if (auto checked = check_postgres_url(options.url.reveal()); !checked)
    return base::pass_on(checked.error());
  const InfoPtr info = parse(options.url.reveal());
  Settings settings;
  for (const PQconninfoOption* option = info.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::string_view(option->keyword) == "password" && !options.password.reveal().empty())
      continue;
    settings.emplace_back(option->keyword, option->val);
  }
  if (!options.password.reveal().empty())
    settings.emplace_back("password", options.password.reveal());
  const auto connect_s = std::chrono::ceil<std::chrono::seconds>(options.connect_timeout);
  set_unless_given(settings, "connect_timeout", std::to_string(connect_s.count()));
  set_unless_given(settings, "tcp_user_timeout", std::to_string(options.tcp_user_timeout.count()));
  set_unless_given(settings, "keepalives_idle", "10");
  set_unless_given(settings, "keepalives_interval", "5");
  set_unless_given(settings, "keepalives_count", "3");
  set_unless_given(settings, "target_session_attrs", "read-write");
  set_unless_given(settings, "fallback_application_name", "chartroom");
  settings.emplace_back("client_encoding", "UTF8");
  return settings;
}

}  // namespace

base::Result<ProgramAccess> access_of(const Options& options) {
  const auto settings = settings_of(options);
  if (!settings) return base::pass_on(settings.error());
  ProgramAccess access;
  for (const auto& [name, value] : *settings) {
    if (name == "password") access.password = base::Sensitive<std::string>(value);
    if (name == "password" || name == "sslpassword" || value.empty()) continue;
    access.conninfo += (access.conninfo.empty() ? "" : " ") + name + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') access.conninfo += '\\';
      access.conninfo += c;
    }
    access.conninfo += '\'';
  }
  return access;
}

base::Result<pg_conn*> connect(const Options& options) {
  const auto settings = settings_of(options);
  if (!settings) return base::pass_on(settings.error());
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : *settings) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  pg_conn* handle = PQconnectdbParams(names.data(), values.data(), 0);
  if (handle != nullptr && PQstatus(handle) == CONNECTION_OK) return handle;
  const std::string words = handle == nullptr ? "out of memory" : one_line(PQerrorMessage(handle));
  PQfinish(handle);
  return base::pass_on(explain(words));
}

}  // namespace postgres
}  // namespace chartroom::store
