// Structured logging as a port. Values are ids, counts and fixed words; Sensitive<T> does not fit
// in.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace chartroom::base {

enum class LogLevel { debug, info, warning, error };

struct LogField {
  std::string_view name;
  std::variant<std::int64_t, bool, std::string_view> value;
};

/// Thread-safe. `event` is a fixed lower-case phrase ("order completed"); everything that varies
/// goes into fields. Never pass PHI: no names, no dates of birth, no free text from outside.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void write(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) = 0;

  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, event, fields);
  }
};

/// Swallows everything; for tests.
class NullLogger final : public Logger {
 public:
  void write(LogLevel /*level*/, std::string_view /*event*/,
             std::initializer_list<LogField> /*fields*/) override {}
};

}  // namespace chartroom::base
