#include "order/order_type_rules.hpp"

#include <algorithm>
#include <chrono>

#include "base/text.hpp"

namespace chartroom::order {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr std::size_t kCodeBytes = 40;
constexpr std::size_t kLevelBytes = 10;
constexpr std::size_t kAliasCodePoints = 100;
constexpr std::size_t kDescriptionCodePoints = 500;
constexpr std::size_t kReminders = 10;
constexpr std::size_t kOutputs = 30;
constexpr unsigned kMostSources = 100;
constexpr unsigned kMostFacts = 10'000;
constexpr unsigned kMostMonths = 600;
constexpr base::Duration kShortestTimeout = hours{1};
constexpr base::Duration kLongestTimeout = days{365};
constexpr base::Duration kShortestTaskTime = hours{1};
constexpr base::Duration kLongestTaskTime = days{90};
constexpr const char* kCombined = "combined";

std::string item(const char* list, std::size_t index, const char* member = nullptr) {
  std::string key = std::string(list) + "[" + std::to_string(index) + "]";
  if (member != nullptr) key += std::string(".") + member;
  return key;
}

bool contains(const std::vector<std::string>& list, const std::string& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

/// Whether people can read it: UTF-8 without control characters.
bool is_printable(const std::string& text) {
  constexpr unsigned char kDelete = 0x7F;
  return base::is_valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < ' ' || byte == kDelete;
         });
}

bool is_decimal(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && text.size() <= kLevelBytes && is_digit(text.front()) &&
         is_digit(text.back()) && std::count(text.begin(), text.end(), '.') <= 1 &&
         std::all_of(text.begin(), text.end(), [&](char c) { return c == '.' || is_digit(c); });
}

class Check {
 public:
  Check(const OrderType& type, const OutputCatalog& catalog) : type_(type), catalog_(catalog) {}

  std::vector<TypeFinding> run() {
    texts();
    channels();
    times();
    reminders();
    sufficiency();
    outputs();
    levels();
    email();
    return std::move(findings_);
  }

 private:
  void add(std::string key, std::string rule) {
    findings_.push_back({std::move(key), std::move(rule)});
  }

  void texts() {
    const bool is_code = !type_.code.empty() && type_.code.size() <= kCodeBytes &&
                         std::all_of(type_.code.begin(), type_.code.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                         });
    if (!is_code) add("code", "must be 1 to 40 of a-z, 0-9 and -");
    if (base::trim(type_.alias).empty() || !is_printable(type_.alias) ||
        base::count_code_points(type_.alias) > kAliasCodePoints) {
      add("alias", "must be 1 to 100 printable characters");
    }
    if (!is_printable(type_.description) ||
        base::count_code_points(type_.description) > kDescriptionCodePoints) {
      add("description", "must be at most 500 printable characters");
    }
  }

  void channels() {
    if (type_.channels.empty()) add("channels", "must have at least one channel");
    std::set<Channel> seen;
    for (std::size_t i = 0; i < type_.channels.size(); ++i) {
      const ChannelPlan& plan = type_.channels[i];
      if (!seen.insert(plan.channel).second) {
        add(item("channels", i, "channel"),
            std::string(to_string(plan.channel)) + " is there already; each may occur once");
      }
      if (plan.trigger == Trigger::when_insufficient) {
        if (i == 0) {
          add(item("channels", i, "trigger"),
              "when_insufficient needs a channel before it; the first must be at_start");
        }
        if (plan.delay != base::Duration::zero()) {
          add(item("channels", i, "delay"),
              "must be 0s with when_insufficient, which begins when the channels before it ended");
        }
      }
      if (plan.delay < base::Duration::zero() || plan.delay >= type_.timeout) {
        add(item("channels", i, "delay"),
            "must be less than timeout (" + base::format_duration(type_.timeout) + ")");
      }
    }
  }

  void times() {
    if (type_.timeout < kShortestTimeout || type_.timeout > kLongestTimeout)
      add("timeout", "must be from 1h to 365d");
    if (type_.task_time < kShortestTaskTime || type_.task_time > kLongestTaskTime)
      add("task_time", "must be from 1h to 90d");
  }

  void reminders() {
    if (type_.reminders.size() > kReminders) add("reminders", "must be at most 10");
    base::Duration before{};
    for (std::size_t i = 0; i < type_.reminders.size(); ++i) {
      const base::Duration reminder = type_.reminders[i];
      if (reminder <= before || reminder >= type_.task_time) {
        add(item("reminders", i), "must be later than the one before it and less than task_time (" +
                                      base::format_duration(type_.task_time) + ")");
      }
      before = std::max(before, reminder);
    }
  }

  void sufficiency() {
    if (type_.sufficiency.sources < 1 || type_.sufficiency.sources > kMostSources)
      add("sufficiency.sources", "must be from 1 to 100");
    if (type_.sufficiency.facts > kMostFacts) add("sufficiency.facts", "must be from 0 to 10000");
    if (type_.sufficiency.months > kMostMonths) add("sufficiency.months", "must be from 0 to 600");
  }

  void outputs() {
    if (type_.outputs.empty() || type_.outputs.size() > kOutputs)
      add("outputs", "must be 1 to 30 reports");
    for (std::size_t i = 0; i < type_.outputs.size(); ++i) {
      if (!name_and_format(i)) continue;
      base_reports(i);
      for (std::size_t j = 0; j < i; ++j) {
        if (same(type_.outputs[i], type_.outputs[j])) {
          add(item("outputs", i), "is there already; each may occur once");
          break;
        }
      }
    }
  }

  static bool same(const Output& a, const Output& b) {
    return a.name == b.name && a.format == b.format && a.base_reports == b.base_reports;
  }

  bool name_and_format(std::size_t i) {
    const Output& output = type_.outputs[i];
    std::vector<std::string> names;
    std::vector<std::string> formats;
    for (const Output& known : catalog_.known) {
      if (!contains(names, known.name)) names.push_back(known.name);
      if (known.name == output.name) formats.push_back(known.format);
    }
    if (formats.empty()) {
      add(item("outputs", i, "name"), "must be one of [" + base::join(names, ", ") + "]");
      return false;
    }
    if (!contains(formats, output.format)) {
      add(item("outputs", i, "format"),
          "must be one of [" + base::join(formats, ", ") + "] for " + output.name);
      return false;
    }
    return true;
  }

  void base_reports(std::size_t i) {
    const Output& output = type_.outputs[i];
    const std::string key = item("outputs", i, "base_reports");
    if (output.name != kCombined) {
      if (!output.base_reports.empty()) add(key, "is for combined alone");
      return;
    }
    if (output.base_reports.empty()) add(key, "must name the reports that are combined");
    std::set<std::string> seen;
    for (const std::string& name : output.base_reports) {
      const bool is_own = std::any_of(type_.outputs.begin(), type_.outputs.end(),
                                      [&](const Output& own) { return own.name == name; });
      if (!contains(catalog_.bindable, name)) {
        add(key, "must be some of [" + base::join(catalog_.bindable, ", ") + "]");
        return;
      }
      if (!is_own) add(key, name + " must be among the outputs of this order type");
      if (!seen.insert(name).second) add(key, name + " is there already; each may occur once");
    }
  }

  void levels() {
    for (const auto& [id, value] : type_.levels) {
      if (!contains(catalog_.levels, id)) {
        add("levels." + id, "must be one of [" + base::join(catalog_.levels, ", ") + "]");
      } else if (!is_decimal(value)) {
        add("levels." + id, "must be a decimal of at most 10 characters such as \"6.5\"");
      }
    }
  }

  /// Contract C1: without an address nobody could invite the applicant.
  void email() {
    if (!type_.email_required && type_.has(Channel::portal)) {
      add("email_required", "must be true where a channel contacts the applicant (portal)");
    }
  }

  const OrderType& type_;
  const OutputCatalog& catalog_;
  std::vector<TypeFinding> findings_;
};

}  // namespace

std::vector<TypeFinding> check_order_type(const OrderType& type, const OutputCatalog& catalog) {
  return Check(type, catalog).run();
}

const std::set<Field>& usual_needs(Channel channel) {
  static const std::set<Field> none;
  for (const OrderType& type : default_order_types()) {
    for (const ChannelPlan& plan : type.channels) {
      if (plan.channel == channel) return plan.needs;
    }
  }
  return none;
}

}  // namespace chartroom::order
