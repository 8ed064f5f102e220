// An application's settings as JSON for its row. A field may be added with a default; none may
// change its meaning.
#include <array>
#include <boost/json.hpp>

#include "app/store.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;
using TaskNotifications = ApplicationSettings::TaskNotifications;
using MailKind = ApplicationSettings::MailKind;

constexpr std::array<std::pair<TaskNotifications, const char*>, 3> kTaskNotifications{
    {{TaskNotifications::off, "off"},
     {TaskNotifications::flat, "flat"},
     {TaskNotifications::envelope, "envelope"}}};

constexpr std::array<std::pair<MailKind, const char*>, 3> kMailKinds{
    {{MailKind::order_status, "order_status"},
     {MailKind::tasks, "tasks"},
     {MailKind::reminders, "reminders"}}};

ApplicationSettings read(const json::object& in) {
  ApplicationSettings out;
  for (const auto& member : in) {
    const std::string_view name(member.key().data(), member.key().size());
    const json::value& value = member.value();
    if (name == "callbackUrls") {
      for (const json::value& url : value.as_array())
        out.callback_urls.emplace_back(url.as_string());
    } else if (name == "taskNotifications") {
      out.task_notifications = task_notifications_from(value.as_string()).value();
    } else if (name == "vendorNotes") {
      out.vendor_notes = value.as_bool();
    } else if (name == "retentionDays") {
      out.retention_days = value.to_number<int>();
    } else if (name == "requireCityAndState") {
      out.require_city_and_state = value.as_bool();
    } else if (name == "orderIdInAnswer") {
      out.order_id_in_answer = value.as_bool();
    } else if (name == "legacyTimestamps") {
      out.legacy_timestamps = value.as_bool();
    } else if (name == "adminApi") {
      out.admin_api = value.as_bool();
    } else if (name == "mailsApplicant") {
      out.mails_applicant = value.as_bool();
    } else if (name == "mailsSubscribers") {
      out.mails_subscribers.clear();
      for (const json::value& kind : value.as_array())
        out.mails_subscribers.push_back(mail_kind_from(kind.as_string()).value());
    } else if (name == "mailFrom") {
      out.mail_from = value.as_string();
    } else {
      throw std::invalid_argument("unknown setting");
    }
  }
  return out;
}

}  // namespace

const char* to_string(TaskNotifications value) {
  for (const auto& [known, name] : kTaskNotifications) {
    if (known == value) return name;
  }
  return "off";
}

std::optional<TaskNotifications> task_notifications_from(std::string_view text) {
  for (const auto& [known, name] : kTaskNotifications) {
    if (text == name) return known;
  }
  return std::nullopt;
}

const char* to_string(MailKind value) {
  for (const auto& [known, name] : kMailKinds) {
    if (known == value) return name;
  }
  return "order_status";
}

std::optional<MailKind> mail_kind_from(std::string_view text) {
  for (const auto& [known, name] : kMailKinds) {
    if (text == name) return known;
  }
  return std::nullopt;
}

std::string settings_to_json(const ApplicationSettings& settings) {
  json::array callbacks;
  for (const std::string& url : settings.callback_urls) callbacks.emplace_back(url);
  json::array mails;
  for (const MailKind kind : settings.mails_subscribers) mails.emplace_back(to_string(kind));
  return json::serialize(json::object{{"callbackUrls", std::move(callbacks)},
                                      {"taskNotifications", to_string(settings.task_notifications)},
                                      {"vendorNotes", settings.vendor_notes},
                                      {"retentionDays", settings.retention_days},
                                      {"requireCityAndState", settings.require_city_and_state},
                                      {"orderIdInAnswer", settings.order_id_in_answer},
                                      {"legacyTimestamps", settings.legacy_timestamps},
                                      {"adminApi", settings.admin_api},
                                      {"mailsApplicant", settings.mails_applicant},
                                      {"mailsSubscribers", std::move(mails)},
                                      {"mailFrom", settings.mail_from}});
}

base::Result<ApplicationSettings> settings_from_json(std::string_view text) {
  try {
    return read(json::parse(text).as_object());
  } catch (const std::exception&) {  // Boost.JSON: missing or mistyped; an unknown word
    return base::fail(base::ErrorCode::corrupt, "stored settings cannot be read");
  }
}

}  // namespace chartroom::app
