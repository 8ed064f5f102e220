// NewOrder and what else is sealed of an order as JSON. Names are those of the members; what is
// absent is left out.
#include <boost/json.hpp>
#include <utility>

#include "app/store.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;
using base::Result;

// ── writing ─────────────────────────────────────────────────────────────────────────────────────

void put(json::object& object, const char* name, const std::optional<std::string>& value) {
  if (value) object.emplace(name, *value);
}

void put(json::object& object, const char* name, const std::vector<std::string>& list) {
  if (list.empty()) return;
  json::array array;
  for (const std::string& entry : list) array.emplace_back(entry);
  object.emplace(name, std::move(array));
}

json::object address_to_json(const Address& address) {
  json::object object;
  put(object, "street1", address.street1);
  put(object, "street2", address.street2);
  put(object, "city", address.city);
  put(object, "state", address.state);
  put(object, "zip", address.zip);
  return object;
}

json::object provider_to_json(const Provider& provider) {
  json::object object;
  put(object, "name", provider.name);
  put(object, "organization_name", provider.organization_name);
  put(object, "client_provider_id", provider.client_provider_id);
  put(object, "npi", provider.npi);
  put(object, "phone", provider.phone);
  put(object, "fax", provider.fax);
  put(object, "mrn", provider.mrn);
  if (provider.address) object.emplace("address", address_to_json(*provider.address));
  return object;
}

// ── reading ─────────────────────────────────────────────────────────────────────────────────────

/// Takes members out of an object, remembers whether one had the wrong type, and in the end
/// whether one was left that nobody asked for. Error messages name no value.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  void take(const char* name, std::optional<std::string>& into) {
    const json::value* value = find(name);
    if (value == nullptr) return;
    if (value->is_string()) {
      into = std::string(value->get_string());
    } else {
      broken_ = true;
    }
  }

  void take(const char* name, std::vector<std::string>& into) {
    const json::value* value = find(name);
    if (value == nullptr) return;
    if (!value->is_array()) {
      broken_ = true;
      return;
    }
    for (const json::value& entry : value->get_array()) {
      if (entry.is_string()) {
        into.emplace_back(entry.get_string());
      } else {
        broken_ = true;
      }
    }
  }

  void take(const char* name, std::optional<bool>& into) {
    const json::value* value = find(name);
    if (value == nullptr) return;
    if (value->is_bool()) {
      into = value->get_bool();
    } else {
      broken_ = true;
    }
  }

  /// The member as it is; nullptr when absent.
  const json::value* find(const char* name) {
    const json::value* value = object_.if_contains(name);
    if (value != nullptr) ++taken_;
    return value;
  }

  void spoil() { broken_ = true; }
  [[nodiscard]] bool good() const { return !broken_ && taken_ == object_.size(); }

 private:
  const json::object& object_;
  std::size_t taken_ = 0;
  bool broken_ = false;
};

bool address_from_json(const json::value& value, std::optional<Address>& into) {
  if (!value.is_object()) return false;
  Reader reader(value.get_object());
  Address address;
  reader.take("street1", address.street1);
  reader.take("street2", address.street2);
  reader.take("city", address.city);
  reader.take("state", address.state);
  reader.take("zip", address.zip);
  into = std::move(address);
  return reader.good();
}

bool provider_from_json(const json::value& value, Provider& provider) {
  if (!value.is_object()) return false;
  Reader reader(value.get_object());
  reader.take("name", provider.name);
  reader.take("organization_name", provider.organization_name);
  reader.take("client_provider_id", provider.client_provider_id);
  reader.take("npi", provider.npi);
  reader.take("phone", provider.phone);
  reader.take("fax", provider.fax);
  reader.take("mrn", provider.mrn);
  const json::value* address = reader.find("address");
  if (address != nullptr && !address_from_json(*address, provider.address)) return false;
  return reader.good();
}

bool providers_from_json(const json::value& value, std::vector<Provider>& into) {
  if (!value.is_array()) return false;
  for (const json::value& entry : value.get_array()) {
    Provider provider;
    if (!provider_from_json(entry, provider)) return false;
    into.push_back(std::move(provider));
  }
  return true;
}

/// Members that are more than a text: each has its own rule.
void take_special(Reader& reader, NewOrder& order) {
  std::optional<std::string> client_user_id;
  reader.take("client_user_id", client_user_id);
  if (client_user_id) {
    order.client_user_id = std::move(*client_user_id);
  } else {
    reader.spoil();
  }
  std::optional<std::string> birth;
  reader.take("date_of_birth", birth);
  if (birth) {
    order.date_of_birth = base::parse_date(*birth);
    if (!order.date_of_birth) reader.spoil();
  }
  std::optional<std::string> ssn;
  reader.take("ssn", ssn);
  if (ssn) order.ssn = base::Sensitive<std::string>(std::move(*ssn));
  const json::value* address = reader.find("address");
  if (address != nullptr && !address_from_json(*address, order.address)) reader.spoil();
  const json::value* providers = reader.find("providers");
  if (providers != nullptr && !providers_from_json(*providers, order.providers)) reader.spoil();
}

bool question_from_json(const json::value& value, VendorQuestion& question) {
  if (!value.is_object()) return false;
  Reader reader(value.get_object());
  std::optional<std::string> task_id;
  std::optional<std::string> text;
  reader.take("task_id", task_id);
  reader.take("text", text);
  reader.take("choices", question.choices);
  reader.take("answer", question.answer);
  if (!task_id || !text) return false;
  question.task_id = std::move(*task_id);
  question.text = std::move(*text);
  return reader.good();
}

bool questions_from_json(const json::value& value, std::vector<VendorQuestion>& into) {
  if (!value.is_array()) return false;
  for (const json::value& entry : value.get_array()) {
    VendorQuestion question;
    if (!question_from_json(entry, question)) return false;
    into.push_back(std::move(question));
  }
  return true;
}

json::object question_to_json(const VendorQuestion& question) {
  json::object object;
  object.emplace("task_id", question.task_id);
  object.emplace("text", question.text);
  put(object, "choices", question.choices);
  put(object, "answer", question.answer);
  return object;
}

json::object to_object(const NewOrder& order) {
  json::object object;
  put(object, "order_type", order.order_type);
  object.emplace("client_user_id", order.client_user_id);
  put(object, "client_user_email", order.client_user_email);
  put(object, "first_name", order.first_name);
  put(object, "middle_name", order.middle_name);
  put(object, "last_name", order.last_name);
  put(object, "gender", order.gender);
  if (order.date_of_birth) object.emplace("date_of_birth", order.date_of_birth->iso());
  put(object, "suggested_sources", order.suggested_sources);
  if (order.ssn) object.emplace("ssn", order.ssn->reveal());
  put(object, "phone", order.phone);
  if (order.address) object.emplace("address", address_to_json(*order.address));
  put(object, "conditions", order.conditions);
  if (!order.providers.empty()) {
    json::array providers;
    for (const Provider& provider : order.providers)
      providers.push_back(provider_to_json(provider));
    object.emplace("providers", std::move(providers));
  }
  put(object, "client_data_json", order.client_data_json);
  if (order.auto_invite) object.emplace("auto_invite", *order.auto_invite);
  return object;
}

bool take_all(Reader& reader, NewOrder& order) {
  reader.take("order_type", order.order_type);
  reader.take("client_user_email", order.client_user_email);
  reader.take("first_name", order.first_name);
  reader.take("middle_name", order.middle_name);
  reader.take("last_name", order.last_name);
  reader.take("gender", order.gender);
  reader.take("suggested_sources", order.suggested_sources);
  reader.take("phone", order.phone);
  reader.take("conditions", order.conditions);
  reader.take("client_data_json", order.client_data_json);
  reader.take("auto_invite", order.auto_invite);
  take_special(reader, order);
  return reader.good();
}

tl::unexpected<base::Error> broken() {
  return base::fail(base::ErrorCode::corrupt, "a stored order request cannot be read");
}

}  // namespace

std::string new_order_to_json(const NewOrder& order) { return json::serialize(to_object(order)); }

Result<NewOrder> new_order_from_json(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return broken();
  Reader reader(value.get_object());
  NewOrder order;
  if (!take_all(reader, order)) return broken();
  return order;
}

std::string sealed_part_to_json(const StoredOrder& order) {
  json::object object = to_object(order.request);
  if (!order.questions.empty()) {
    json::array questions;
    for (const VendorQuestion& question : order.questions)
      questions.push_back(question_to_json(question));
    object.emplace("questions", std::move(questions));
  }
  return json::serialize(object);
}

Result<void> read_sealed_part(std::string_view text, StoredOrder& order) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return broken();
  Reader reader(value.get_object());
  const json::value* questions = reader.find("questions");
  if (questions != nullptr && !questions_from_json(*questions, order.questions)) return broken();
  if (!take_all(reader, order.request)) return broken();
  return {};
}

}  // namespace chartroom::app
