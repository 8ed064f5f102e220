#include "api/new_order_reader.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <utility>

#include "api/field_rules.hpp"
#include "api/json_body.hpp"
#include "api/object_reader.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;
namespace limits = base::limits;

constexpr std::string_view kPatternRule = "fails to match the required pattern";

/// A whole number that is not negative, in whichever way JSON spells it; nullopt for all else.
std::optional<std::uint64_t> whole_number(const json::value& value) {
  constexpr double kExact = 9'007'199'254'740'992.0;  // 2^53
  if (const auto* number = value.if_int64(); number != nullptr && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  if (const auto* number = value.if_uint64()) return *number;
  if (const auto* number = value.if_double();
      number != nullptr && *number >= 0 && *number < kExact && std::trunc(*number) == *number) {
    return static_cast<std::uint64_t>(*number);
  }
  return std::nullopt;
}

/// Decision C7: a text, or a number that has lost its leading zeros.
std::optional<std::string> read_zip(ObjectReader& reader) {
  constexpr std::uint64_t kMost = 99'999;
  constexpr std::size_t kDigits = 5;
  const auto* value = reader.any("zip");
  if (value == nullptr || !value->is_number()) return reader.text("zip");
  const auto number = whole_number(*value);
  if (!number || *number > kMost) {
    reader.refuse("zip", "must be a string");
    return std::nullopt;
  }
  const auto digits = std::to_string(*number);
  return std::string(kDigits - digits.size(), '0') + digits;
}

/// Decision C6: whatever is given of it, or at least city and state where an application wants them
/// (`is_strict`). An object without members counts as not supplied.
std::optional<app::Address> read_address(ObjectReader& parent, bool is_strict, Findings& findings) {
  const auto* object = parent.object("address");
  if (object == nullptr || object->empty()) return std::nullopt;
  ObjectReader reader(*object, parent.path("address"), findings);
  const auto read = [&](std::string_view name) {
    return is_strict ? reader.required_text(name) : reader.text(name);
  };
  app::Address address;
  address.street1 = reader.text("street1");
  address.street2 = reader.text("street2");
  address.city = read("city");
  address.state = read("state");
  address.zip = read_zip(reader);
  reader.refuse_unknown();
  return address;
}

std::optional<std::string> read_phone(ObjectReader& reader, std::string_view name) {
  auto text = reader.text(name);
  if (!text || is_phone(*text)) return text;
  reader.refuse(name, kPatternRule);
  return std::nullopt;
}

/// The one field where an empty string is allowed; it means none.
std::optional<std::string> read_npi(ObjectReader& reader) {
  const auto* value = reader.any("npi");
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->if_string(); text != nullptr && text->empty()) return std::nullopt;
  if (!value->is_number()) return reader.text("npi");
  const auto number = whole_number(*value);
  if (number) return std::to_string(*number);
  reader.refuse("npi", "must be a string");
  return std::nullopt;
}

app::Provider read_provider(const json::object& object, const std::string& path, bool is_strict,
                            Findings& findings) {
  ObjectReader reader(object, path, findings);
  app::Provider provider;
  provider.name = reader.text("name");
  provider.organization_name = reader.text("organizationName");
  if (!reader.has("name") && !reader.has("organizationName")) {
    findings.add(path, "must contain at least one of [name, organizationName]");
  }
  provider.address = read_address(reader, is_strict, findings);
  provider.client_provider_id = reader.text("clientProviderId", limits::kIdCodePoints);
  provider.npi = read_npi(reader);
  provider.phone = read_phone(reader, "phone");
  provider.fax = read_phone(reader, "fax");
  provider.mrn = reader.text("mrn", limits::kIdCodePoints);
  reader.refuse_unknown();
  return provider;
}

/// The decoded bytes; empty where there are none or they are wrong.
std::string read_content(ObjectReader& reader) {
  const auto* value = reader.any("content", true);
  if (value == nullptr) return {};
  const auto* text = value->if_string();
  if (text == nullptr) {
    reader.refuse("content", "must be a string");
    return {};
  }
  auto bytes = decode_content({text->data(), text->size()});
  if (!bytes) {
    reader.refuse("content", "must be a valid base64 string");
    return {};
  }
  if (bytes->size() > limits::kAttachmentBytes) {
    reader.refuse("content",
                  "must decode to at most " + std::to_string(limits::kAttachmentBytes) + " bytes");
  }
  return *std::move(bytes);
}

app::Attachment read_attachment(const json::object& object, const std::string& path,
                                Findings& findings) {
  ObjectReader reader(object, path, findings);
  app::Attachment attachment;
  attachment.type = reader.choice("type", {"hipaaAuthorization", "other"}, true).value_or("");
  attachment.content_type =
      reader.choice("contentType", {"application/pdf", "image/tiff"}, true).value_or("");
  (void)reader.choice("encoding", {"base64"}, true);
  attachment.content = base::Sensitive<std::string>(read_content(reader));
  reader.refuse_unknown();
  return attachment;
}

/// Calls `read(object, path)` for every object of the array `name`.
template <typename Read>
void each_object(ObjectReader& reader, std::string_view name, std::size_t most, Findings& findings,
                 const Read& read) {
  const auto* array = reader.array(name, most);
  if (array == nullptr) return;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto path = join_path(reader.path(name), std::to_string(i));
    if (const auto* object = (*array)[i].if_object()) {
      read(*object, path);
    } else {
      findings.add(path, "must be an object");
    }
  }
}

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
  order.first_name = reader.text("firstName");
  order.middle_name = reader.text("middleName");
  order.last_name = reader.text("lastName");
  order.gender = reader.choice("gender", {"male", "female", "other"});
  if (const auto text = reader.text("dateOfBirth")) {
    order.date_of_birth = parse_birth_date(*text, rules.today);
    if (!order.date_of_birth) reader.refuse("dateOfBirth", "must be a valid date");
  }
  order.suggested_sources = reader.texts("suggestedSources");
  if (const auto text = reader.text("ssn"); text && !is_ssn_placeholder(*text)) {
    if (auto digits = parse_ssn(*text)) {
      order.ssn = base::Sensitive<std::string>(*std::move(digits));
    } else {
      reader.refuse("ssn", kPatternRule);
    }
  }
  order.phone = read_phone(reader, "phone");
}

void read_lists(ObjectReader& reader, const NewOrderRules& rules, Findings& findings,
                app::NewOrder& order) {
  order.conditions = reader.texts("conditions");
  each_object(reader, "providers", limits::kProviders, findings,
              [&](const json::object& object, const std::string& path) {
                order.providers.push_back(
                    read_provider(object, path, rules.city_and_state_required, findings));
              });
  each_object(reader, "attachments", limits::kAttachments, findings,
              [&](const json::object& object, const std::string& path) {
                auto attachment = read_attachment(object, path, findings);
                if (attachment.content.reveal().empty()) return;
                order.attachments.push_back(std::move(attachment));
              });
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
  order.address = read_address(reader, rules.city_and_state_required, findings);
  read_lists(reader, rules, findings, order);
  order.client_data_json = read_client_data(reader, *json, findings);
  order.auto_invite = reader.boolean("autoInvite");
  reader.refuse_unknown();
  if (!findings.empty()) return tl::unexpected<Validation>(findings.validation());
  return order;
}

}  // namespace chartroom::api
