#include "api/new_order_reader.hpp"

#include <boost/json.hpp>
#include <utility>

#include "api/field_rules.hpp"
#include "api/json_body.hpp"
#include "api/object_reader.hpp"
#include "api/order_fields.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;
namespace limits = base::limits;

/// The flat object as compact JSON: members in their order, numbers as they were spelled.
std::optional<std::string> write_client_data(const json::object& object, const std::string& path,
                                             const std::vector<std::string>& spellings,
                                             Findings& findings) {
  std::string out = "{";
  auto spelling = spellings.begin();
  bool is_wrong = false;
  for (const auto& member : object) {
    const std::string_view name(member.key().data(), member.key().size());
    const auto where = join_path(path, name);
    const auto& value = member.value();
    if (out.size() > 1) out += ',';
    out += json::serialize(json::string(member.key())) + ':';
    if (value.is_string()) {
      is_wrong |= !read_text(value, where, limits::kClientDataCharacters, findings);
      out += json::serialize(value);
    } else if (value.is_bool()) {
      out += json::serialize(value);
    } else if (value.is_number() && spelling != spellings.end()) {
      out += *spelling++;
    } else {
      findings.add(where, "must be one of [string, number, boolean]");
      is_wrong = true;
    }
  }
  out += '}';
  if (base::count_code_points(out) > limits::kClientDataCharacters) {
    findings.add(path, "length must be less than or equal to " +
                           std::to_string(limits::kClientDataCharacters) + " characters long");
    is_wrong = true;
  }
  if (is_wrong) return std::nullopt;
  return out;
}

/// Decision C12: the older name means the same; both at once do not.
std::optional<std::string> read_client_data(ObjectReader& reader, const JsonBody& body,
                                            Findings& findings) {
  constexpr std::string_view kName = "clientData";
  constexpr std::string_view kAlias = "customer_metadata";
  const auto* data = reader.object(kName);
  const auto* alias = reader.object(kAlias);
  if (reader.has(kName) && reader.has(kAlias)) {
    reader.refuse(kAlias, "is not allowed together with \"clientData\"");
    return std::nullopt;
  }
  if (data == nullptr && alias == nullptr) return std::nullopt;
  return write_client_data(data != nullptr ? *data : *alias,
                           reader.path(data != nullptr ? kName : kAlias), body.client_data_numbers,
                           findings);
}

void read_contact(ObjectReader& reader, const NewOrderRules& rules, app::NewOrder& order) {
  order.order_type = reader.choice("orderType", rules.order_types);
  order.client_user_id = reader.required_text("clientUserId", limits::kIdCodePoints).value_or("");
  order.client_user_email = reader.text("clientUserEmail");
  if (order.client_user_email && !is_email(*order.client_user_email)) {
    reader.refuse("clientUserEmail", "must be a valid email");
  }
  if (!reader.has("clientUserEmail") && rules.email_required &&
      rules.email_required(order.order_type)) {
    reader.refuse("clientUserEmail", "is required");
  }
}

void read_person(ObjectReader& reader, const NewOrderRules& rules, app::NewOrder& order) {
  read_demographics(reader, rules.today, order);
  order.middle_name = reader.text("middleName");
  order.suggested_sources = reader.texts("suggestedSources");
  if (const auto text = reader.text("ssn"); text && !is_ssn_placeholder(*text)) {
    if (auto digits = parse_ssn(*text)) {
      order.ssn = base::Sensitive<std::string>(*std::move(digits));
    } else {
      reader.refuse("ssn", kPatternRule);
    }
  }
}

}  // namespace

tl::expected<app::NewOrder, Validation> read_new_order(std::string_view body,
                                                       const NewOrderRules& rules) {
  Validation broken;
  const auto json = parse_body(body, broken);
  if (!json) return tl::unexpected<Validation>(std::move(broken));
  Findings findings;
  ObjectReader reader(json->object, "", findings);
  app::NewOrder order;
  read_contact(reader, rules, order);
  read_person(reader, rules, order);
  order.address = read_address(reader, rules.address, findings);
  order.conditions = reader.texts("conditions");
  read_providers(reader, rules.address, findings, order);
  read_attachments(reader, findings, order);
  order.client_data_json = read_client_data(reader, *json, findings);
  order.auto_invite = reader.boolean("autoInvite");
  reader.refuse_unknown();
  if (!findings.empty()) return tl::unexpected<Validation>(findings.validation());
  return order;
}

}  // namespace chartroom::api
