#include "app/setting_rules.hpp"

#include <algorithm>
#include <array>

#include "app/callbacks.hpp"
#include "app/mails.hpp"
#include "base/text.hpp"
#include "report/build.hpp"
#include "report/rules.hpp"

namespace chartroom::app {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using ValueKind = SettingValue::Kind;

constexpr int kMostRetentionDays = 3'650;

SettingValue text_value(std::string text) {
  return {ValueKind::text, std::move(text), 0, false, {}};
}
SettingValue number_value(int number) { return {ValueKind::number, "", number, false, {}}; }
SettingValue flag_value(bool flag) { return {ValueKind::flag, "", 0, flag, {}}; }
SettingValue list_value(std::vector<std::string> list) {
  return {ValueKind::list, "", 0, false, std::move(list)};
}

/// What went wrong; empty: nothing.
using Refusal = std::string;

Refusal set_flag(bool& target, std::string_view text) {
  if (text != "true" && text != "false") return "must be true or false";
  target = text == "true";
  return {};
}

template <bool ApplicationSettings::* member>
Refusal set_flag_of(Application& application, std::string_view text) {
  return set_flag(application.settings.*member, text);
}

template <bool ApplicationSettings::* member>
SettingValue flag_of(const Application& application) {
  return flag_value(application.settings.*member);
}

Refusal set_default_order_type(Application& application, std::string_view text) {
  if (text.empty()) return "must be the code of an order type";
  application.default_order_type = text;
  return {};
}

Refusal set_callback_urls(Application& application, std::string_view text) {
  std::vector<std::string> urls;
  if (!text.empty()) {
    for (const std::string& part : base::split(text, ',')) urls.emplace_back(base::trim(part));
  }
  if (urls.size() > kCallbackPrefixes)
    return "must be at most " + std::to_string(kCallbackPrefixes) + " URLs";
  for (std::size_t i = 0; i < urls.size(); ++i) {
    if (!is_callback_prefix(urls[i])) {
      return "must be a list of URLs such as https://example.com/done, without user, query, "
             "fragment or comma; number " +
             std::to_string(i + 1) + " is none";
    }
  }
  application.settings.callback_urls = std::move(urls);
  return {};
}

Refusal set_task_notifications(Application& application, std::string_view text) {
  const auto value = task_notifications_from(text);
  if (!value) return "must be off, flat or envelope";
  application.settings.task_notifications = *value;
  return {};
}

Refusal set_retention_days(Application& application, std::string_view text) {
  const auto days = base::whole_number<int>(text);
  if (!days || *days < 1 || *days > kMostRetentionDays)
    return "must be a whole number from 1 to " + std::to_string(kMostRetentionDays);
  application.settings.retention_days = *days;
  return {};
}

Refusal set_mails_subscribers(Application& application, std::string_view text) {
  std::vector<ApplicationSettings::MailKind> kinds;
  if (!text.empty()) {
    for (const std::string& part : base::split(text, ',')) {
      const auto kind = mail_kind_from(base::trim(part));
      if (!kind) return "must be a list of order_status, tasks, reminders; empty for none";
      if (std::find(kinds.begin(), kinds.end(), *kind) == kinds.end()) kinds.push_back(*kind);
    }
  }
  application.settings.mails_subscribers = std::move(kinds);
  return {};
}

SettingValue get_mails_subscribers(const Application& application) {
  std::vector<std::string> names;
  names.reserve(application.settings.mails_subscribers.size());
  for (const auto kind : application.settings.mails_subscribers) {
    names.emplace_back(to_string(kind));
  }
  return list_value(std::move(names));
}

Refusal set_mail_from(Application& application, std::string_view text) {
  if (!text.empty() && !is_mail_address(text)) {
    return "must be an address such as records@example.com; empty for the server's own";
  }
  application.settings.mail_from = text;
  return {};
}

struct Setting {
  const char* name;
  Refusal (*set)(Application&, std::string_view);
  SettingValue (*get)(const Application&);
};

/// Every setting there is. docs/operations.md lists the same names.
constexpr std::array<Setting, 12> kSettings{{
    {"default_order_type", set_default_order_type,
     [](const Application& a) { return text_value(a.default_order_type); }},
    {"callback_urls", set_callback_urls,
     [](const Application& a) { return list_value(a.settings.callback_urls); }},
    {"task_notifications", set_task_notifications,
     [](const Application& a) { return text_value(to_string(a.settings.task_notifications)); }},
    {"vendor_notes", set_flag_of<&ApplicationSettings::vendor_notes>,
     flag_of<&ApplicationSettings::vendor_notes>},
    {"retention_days", set_retention_days,
     [](const Application& a) { return number_value(a.settings.retention_days); }},
    {"require_city_and_state", set_flag_of<&ApplicationSettings::require_city_and_state>,
     flag_of<&ApplicationSettings::require_city_and_state>},
    {"order_id_in_answer", set_flag_of<&ApplicationSettings::order_id_in_answer>,
     flag_of<&ApplicationSettings::order_id_in_answer>},
    {"legacy_timestamps", set_flag_of<&ApplicationSettings::legacy_timestamps>,
     flag_of<&ApplicationSettings::legacy_timestamps>},
    {"admin_api", set_flag_of<&ApplicationSettings::admin_api>,
     flag_of<&ApplicationSettings::admin_api>},
    {"mails_applicant", set_flag_of<&ApplicationSettings::mails_applicant>,
     flag_of<&ApplicationSettings::mails_applicant>},
    {"mails_subscribers", set_mails_subscribers, get_mails_subscribers},
    {"mail_from", set_mail_from,
     [](const Application& a) { return text_value(a.settings.mail_from); }},
}};

order::OutputCatalog make_catalog() {
  order::OutputCatalog catalog;
  for (const std::string& name : report::report_names()) {
    const bool is_combined = name == "combined";
    for (const report::Format format : report::all_formats()) {
      report::ReportSpec spec{name, format, {}};
      if (is_combined) spec.base_reports = {"healthcheck"};
      if (report::is_supported(spec))
        catalog.known.push_back({name, report::file_extension(format), {}});
    }
    if (report::is_supported({"combined", report::Format::pdf, {name}}))
      catalog.bindable.push_back(name);
  }
  for (const report::AttentionRule& rule : report::rules().measurements)
    catalog.levels.push_back(rule.id);
  return catalog;
}

}  // namespace

std::vector<std::pair<std::string, SettingValue>> settings_of(const Application& application) {
  std::vector<std::pair<std::string, SettingValue>> all;
  all.reserve(std::size(kSettings));
  for (const Setting& setting : kSettings) all.emplace_back(setting.name, setting.get(application));
  return all;
}

Result<void> set_setting(Application& application, const std::string& name, std::string_view text) {
  std::vector<std::string> names;
  for (const Setting& setting : kSettings) {
    if (name == setting.name) {
      auto refusal = setting.set(application, text);
      if (refusal.empty()) return {};
      return fail(ErrorCode::invalid_input, std::move(refusal), name);
    }
    names.emplace_back(setting.name);
  }
  return fail(ErrorCode::invalid_input, "is no setting; known are " + base::join(names, ", "),
              name);
}

const order::OutputCatalog& output_catalog() {
  static const order::OutputCatalog catalog = make_catalog();
  return catalog;
}

const std::vector<order::OrderType>& effective_order_types(
    const std::vector<order::OrderType>& own) {
  return own.empty() ? order::default_order_types() : own;
}

Result<void> check_default_order_type(const std::string& default_order_type,
                                      const std::vector<order::OrderType>& own) {
  std::vector<std::string> codes;
  for (const order::OrderType& type : effective_order_types(own)) {
    if (type.code == default_order_type) return {};
    codes.push_back(type.code);
  }
  return fail(ErrorCode::invalid_input,
              "\"" + base::to_valid_utf8(default_order_type) + "\" is no order type of this " +
                  "application; must be one of [" + base::join(codes, ", ") + "]",
              "default_order_type");
}

}  // namespace chartroom::app
