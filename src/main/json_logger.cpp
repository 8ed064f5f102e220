#include "main/json_logger.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>

#include "base/work_context.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;

spdlog::level::level_enum to_spdlog(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::debug:
      return spdlog::level::debug;
    case base::LogLevel::info:
      return spdlog::level::info;
    case base::LogLevel::warning:
      return spdlog::level::warn;
    case base::LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

const char* name_of(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::debug:
      return "debug";
    case base::LogLevel::info:
      return "info";
    case base::LogLevel::warning:
      return "warning";
    case base::LogLevel::error:
      return "error";
  }
  return "info";
}

class JsonLogger final : public base::Logger {
 public:
  JsonLogger(const base::Clock& clock, base::LogLevel least)
      : clock_(clock), sink_("chartroom", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    sink_.set_pattern("%v");
    sink_.set_level(to_spdlog(least));
    sink_.flush_on(spdlog::level::debug);
  }

  void write(base::LogLevel level, std::string_view event,
             std::initializer_list<base::LogField> fields) override {
    if (!sink_.should_log(to_spdlog(level))) return;
    json::object line{
        {"time", base::format_iso(clock_.now())}, {"level", name_of(level)}, {"event", event}};
    for (const base::LogField& field : fields) {
      std::visit([&](const auto& value) { line[field.name] = value; }, field.value);
    }
    add_context(line);
    sink_.log(to_spdlog(level), json::serialize(line));
  }

 private:
  /// What the line belongs to, as far as it does not say so itself.
  static void add_context(json::object& line) {
    const base::WorkContext& work = base::current_work();
    for (const auto& [name, value] :
         {std::pair{"request_id", &work.request_id}, std::pair{"job", &work.job},
          std::pair{"order", &work.order}}) {
      if (!value->empty()) line.emplace(name, *value);  // changes nothing where it is there
    }
    if (!work.trace) return;
    line.emplace("trace_id", work.trace->trace_id);
    line.emplace("span_id", work.trace->span_id);
  }

  const base::Clock& clock_;
  spdlog::logger sink_;
};

}  // namespace

std::unique_ptr<base::Logger> make_json_logger(const base::Clock& clock, base::LogLevel least) {
  return std::make_unique<JsonLogger>(clock, least);
}

}  // namespace chartroom::cli
