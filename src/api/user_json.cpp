#include "api/user_json.hpp"

#include <boost/json.hpp>
#include <optional>

#include "api/json_values.hpp"
#include "base/time.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;

/// Deprecated and constant: clients are told to ignore it.
constexpr const char* kStatus = "Invited";

void put(json::object& out, const char* name, const std::optional<std::string>& value) {
  if (value) out[name] = *value;
}

void put_name_and_birth(json::object& out, const app::NewOrder& profile) {
  put(out, "firstName", profile.first_name);
  put(out, "lastName", profile.last_name);
  if (profile.date_of_birth) {
    out["dateOfBirth"] = base::format_iso(profile.date_of_birth->midnight_utc());
  }
}

/// What §3.3 and §3.5 have in common, before suggestedSources.
json::object common(const app::User& user) {
  json::object out;
  put_name_and_birth(out, user.profile);
  out["humanId"] = user.human_id;
  out["clientUserId"] = user.client_user_id;
  put(out, "clientUserEmail", user.profile.client_user_email);
  out["createdAt"] = base::format_iso(user.created_at);
  out["updatedAt"] = base::format_iso(user.updated_at);
  return out;
}

json::object order_object(const app::OrderView& order) {
  json::object out;
  out["orderId"] = order.order_id;
  out["orderType"] = order.order_type;
  out["orderTypeAlias"] = order.order_type_alias;
  out["orderStatus"] = order::title_case(order.state);
  out["reportsAvailable"] = order.reports_available;
  out["dataAvailable"] = order.data_available;
  return out;
}

json::object report_object(const app::StoredReport& report, bool is_combined,
                           const std::string& public_url) {
  json::object out;
  out["fileExtension"] = report.file_extension;
  out["id"] = report.id;
  out["uri"] = public_url + "/api/v1/user/reports/" + report.id;
  out["createdAt"] = base::format_iso(report.created_at);
  out["createdByOrderId"] = report.order_id;
  out["orderIds"] = json::array{json::string(report.order_id)};
  out["providerIds"] = texts(report.provider_ids);
  out["clientProviderIds"] = json::array();
  if (is_combined) out["groupBy"] = "user_id";
  return out;
}

}  // namespace

std::string created_user_json(const app::UserView& view, bool with_order_id) {
  const auto& user = view.user;
  json::object out;
  out["clientUserId"] = user.client_user_id;
  out["humanId"] = user.human_id;
  put_name_and_birth(out, user.profile);
  out["suggestedSources"] = texts(user.profile.suggested_sources);
  out["createdAt"] = base::format_iso(user.created_at);
  out["updatedAt"] = base::format_iso(user.updated_at);
  out["status"] = kStatus;
  out["consumerLink"] = view.consumer_link;
  put(out, "clientUserEmail", user.profile.client_user_email);
  if (with_order_id && !view.orders.empty()) out["orderId"] = view.orders.front().order_id;
  return json::serialize(out);
}

std::string user_json(const app::UserView& view) {
  auto out = common(view.user);
  out["suggestedSources"] = texts(view.user.profile.suggested_sources);
  json::array orders;
  for (const auto& order : view.orders) orders.push_back(order_object(order));
  out["orders"] = std::move(orders);
  return json::serialize(out);
}

std::string users_json(const std::vector<app::UserView>& views) {
  json::array out;
  for (const auto& view : views) {
    auto user = common(view.user);
    user["status"] = kStatus;
    user["suggestedSources"] = texts(view.user.profile.suggested_sources);
    out.push_back(std::move(user));
  }
  return json::serialize(out);
}

std::string reports_json(const std::vector<app::ReportGroup>& groups,
                         const std::string& public_url) {
  json::array out;
  for (const auto& group : groups) {
    const bool is_combined = !group.base_report_names.empty();
    json::object entry;
    entry["name"] = group.name;
    if (is_combined) entry["baseReportNames"] = texts(group.base_report_names);
    json::array reports;
    for (const auto& report : group.reports) {
      reports.push_back(report_object(report, is_combined, public_url));
    }
    entry["reports"] = std::move(reports);
    out.push_back(std::move(entry));
  }
  return json::serialize(out);
}

std::string order_types_json(const std::vector<order::OrderType>& types) {
  json::array out;
  for (const auto& type : types) {
    json::object entry;
    entry["orderType"] = type.code;
    entry["orderTypeAlias"] = type.alias;
    entry["orderTypeDescription"] = type.description;
    out.push_back(std::move(entry));
  }
  return json::serialize(out);
}

}  // namespace chartroom::api
