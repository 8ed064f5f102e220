#include "api/order_fields.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <utility>

#include "api/field_rules.hpp"
#include "base/limits.hpp"

namespace chartroom::api {
namespace {

namespace json = boost::json;
namespace limits = base::limits;

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

app::Provider read_provider(const json::object& object, const std::string& path, AddressRule rule,
                            Findings& findings) {
  ObjectReader reader(object, path, findings);
  app::Provider provider;
  provider.name = reader.text("name");
  provider.organization_name = reader.text("organizationName");
  if (!reader.has("name") && !reader.has("organizationName")) {
    findings.add(path, "must contain at least one of [name, organizationName]");
  }
  provider.address = read_address(reader, rule, findings);
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

}  // namespace

void read_demographics(ObjectReader& reader, const base::Date& today, app::NewOrder& order) {
  order.first_name = reader.text("firstName");
  order.last_name = reader.text("lastName");
  order.gender = reader.choice("gender", {"male", "female", "other"});
  if (const auto text = reader.text("dateOfBirth")) {
    order.date_of_birth = parse_birth_date(*text, today);
    if (!order.date_of_birth) reader.refuse("dateOfBirth", "must be a valid date");
  }
  order.phone = read_phone(reader, "phone");
}

std::optional<app::Address> read_address(ObjectReader& parent, AddressRule rule,
                                         Findings& findings) {
  const auto* object = parent.object("address");
  if (object == nullptr || object->empty()) return std::nullopt;
  ObjectReader reader(*object, parent.path("address"), findings);
  const auto read = [&](std::string_view name) {
    return rule == AddressRule::city_and_state ? reader.required_text(name) : reader.text(name);
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

void read_providers(ObjectReader& reader, AddressRule rule, Findings& findings,
                    app::NewOrder& order) {
  each_object(reader, "providers", limits::kProviders, findings,
              [&](const json::object& object, const std::string& path) {
                order.providers.push_back(read_provider(object, path, rule, findings));
              });
}

void read_attachments(ObjectReader& reader, Findings& findings, app::NewOrder& order) {
  each_object(reader, "attachments", limits::kAttachments, findings,
              [&](const json::object& object, const std::string& path) {
                auto attachment = read_attachment(object, path, findings);
                if (attachment.content.reveal().empty()) return;
                order.attachments.push_back(std::move(attachment));
              });
}

}  // namespace chartroom::api
