// The fields of forms as template data.
#include "app/authorization_form.hpp"
#include "pages/view.hpp"

namespace chartroom::pages {
namespace {

using order::Field;

/// What fields are filled with, and what is wrong with them.
class Fields {
 public:
  Fields(const Form* form, const std::vector<FieldError>& errors) : form_(form), errors_(errors) {}

  /// What was typed before, or else what is known.
  [[nodiscard]] std::string value(const std::string& id,
                                  const std::optional<std::string>& known = {}) const {
    return form_ != nullptr ? form_->text(id) : known.value_or("");
  }
  [[nodiscard]] std::string error(const std::string& id) const {
    for (const FieldError& error : errors_) {
      if (error.field == id) return error.message;
    }
    return {};
  }

 private:
  const Form* form_;
  const std::vector<FieldError>& errors_;
};

struct TextField {
  std::string id;
  std::string label;
  std::string hint{};
  std::string autocomplete{};
  std::size_t most = kNameCodePoints;
  bool optional = false;
  bool numeric = false;
  std::string width{};
  std::string type = "text";
};

Data text_field(const Fields& fields, const TextField& field,
                const std::optional<std::string>& known = {}) {
  const auto error = fields.error(field.id);
  std::string described;
  if (!field.hint.empty()) described = field.id + "-hint";
  if (!error.empty()) described += (described.empty() ? "" : " ") + field.id + "-error";
  Data data;
  data.set("id", field.id);
  data.set("label", field.label);
  data.set("hint", optional(field.hint));
  data.set("error", optional(error));
  data.set("described", optional(described));
  data.set("value", fields.value(field.id, known));
  data.set("autocomplete", optional(field.autocomplete));
  data.set("most", std::to_string(field.most));
  data.set("optional", field.optional);
  data.set("numeric", field.numeric);
  data.set("width", optional(field.width));
  data.set("type", field.type);
  data.set("spelled", false);
  return data;
}

Data state_field(const Fields& fields, const std::string& id, bool is_optional,
                 const std::string& autocomplete, const std::optional<std::string>& known = {}) {
  const auto chosen = fields.value(id, known);
  Data options = list();
  for (const auto& [code, name] : states()) {
    Data option;
    option.set("code", std::string(code));
    option.set("state_name", std::string(name));
    option.set("chosen", chosen == code);
    options.push_back(option);
  }
  Data data;
  data.set("id", id);
  data.set("error", optional(fields.error(id)));
  data.set("autocomplete", optional(autocomplete));
  data.set("optional", is_optional);
  data.set("options", options);
  return data;
}

Data name_data(const Fields& fields, const app::NewOrder& known) {
  Data data;
  data.set(
      "first_name",
      text_field(fields, {.id = "first_name", .label = "First name", .autocomplete = "given-name"},
                 known.first_name));
  data.set(
      "last_name",
      text_field(fields, {.id = "last_name", .label = "Last name", .autocomplete = "family-name"},
                 known.last_name));
  return data;
}

Data birth_data(const Fields& fields) {
  struct Part {
    const char* id;
    const char* label;
    const char* most;
    const char* width;
    const char* autocomplete;
  };
  constexpr Part kParts[] = {{"birth_month", "Month", "2", "two", "bday-month"},
                             {"birth_day", "Day", "2", "two", "bday-day"},
                             {"birth_year", "Year", "4", "four", "bday-year"}};
  Data data;
  Data parts = list();
  std::string error;
  for (const Part& part : kParts) {
    const auto own = fields.error(part.id);
    if (error.empty()) error = own;
    Data one;
    one.set("id", part.id);
    one.set("label", part.label);
    one.set("most", part.most);
    one.set("width", part.width);
    one.set("autocomplete", part.autocomplete);
    one.set("value", fields.value(part.id));
    one.set("part_wrong", !own.empty());
    parts.push_back(one);
  }
  data.set("parts", parts);
  data.set("error", optional(error));
  return data;
}

Data gender_data(const Fields& fields) {
  Data choices = list();
  const auto chosen = fields.value("gender");
  const auto add = [&](const char* id, const char* value, const char* label) {
    Data choice;
    choice.set("id", id);
    choice.set("value", value);
    choice.set("label", label);
    choice.set("chosen", chosen == value);
    choices.push_back(choice);
  };
  // The first bears the group's id, so that the error summary leads to it.
  add("gender", "female", "Female");
  add("gender-male", "male", "Male");
  add("gender-other", "other", "Other");
  Data data;
  data.set("choices", choices);
  data.set("error", optional(fields.error("gender")));
  return data;
}

Data address_data(const Fields& fields, const app::Address& known) {
  Data data;
  data.set("street1", text_field(fields,
                                 {.id = "street1",
                                  .label = "Street and house number",
                                  .autocomplete = "address-line1",
                                  .most = kAddressCodePoints},
                                 known.street1));
  data.set("street2", text_field(fields,
                                 {.id = "street2",
                                  .label = "Apartment, suite or unit",
                                  .autocomplete = "address-line2",
                                  .most = kAddressCodePoints,
                                  .optional = true},
                                 known.street2));
  data.set("city", text_field(fields,
                              {.id = "city",
                               .label = "City",
                               .autocomplete = "address-level2",
                               .most = kAddressCodePoints},
                              known.city));
  data.set("state", state_field(fields, "state", false, "address-level1", known.state));
  data.set("zip", text_field(fields,
                             {.id = "zip",
                              .label = "ZIP code",
                              .autocomplete = "postal-code",
                              .most = 10,
                              .numeric = true,
                              .width = "zip"},
                             known.zip));
  return data;
}

Data providers_data(const Fields& fields) {
  Data rows = list();
  for (unsigned number = 1; number <= kProviderRows; ++number) {
    const std::string id = "provider" + std::to_string(number) + "_";
    Data row;
    row.set("doctor",
            text_field(fields, {.id = id + "name", .label = "Doctor’s name", .optional = true}));
    row.set("clinic", text_field(fields, {.id = id + "organization",
                                          .label = "Name of the clinic, practice or hospital",
                                          .optional = true}));
    row.set("place", text_field(fields, {.id = id + "city",
                                         .label = "City",
                                         .most = kAddressCodePoints,
                                         .optional = true}));
    row.set("province", state_field(fields, id + "state", true, ""));
    row.set("telephone", text_field(fields, {.id = id + "phone",
                                             .label = "Telephone",
                                             .most = 30,
                                             .optional = true,
                                             .type = "tel"}));
    bool is_open = false;
    for (const char* name : {"name", "organization", "city", "state", "phone"}) {
      is_open = is_open || !fields.value(id + name).empty() || !fields.error(id + name).empty();
    }
    row.set("extra", number == 1
                         ? Data(false)
                         : Data(number == 2 ? "Add a second doctor or clinic" : "Add a third one"));
    row.set("extra_open", is_open);
    rows.push_back(row);
  }
  Data data;
  data.set("rows", rows);
  return data;
}

}  // namespace

void add_authorization(Data& data, const app::TaskList& session, const std::string& discloser,
                       const Form* form, const std::vector<FieldError>& errors) {
  const Fields fields(form, errors);
  app::AuthorizationForm authorization;
  authorization.recipient = session.organization_name;
  authorization.discloser = discloser;
  Data paragraphs = list();
  for (const std::string& text : app::authorization_text(authorization)) paragraphs.push_back(text);
  data.set("paragraphs", paragraphs);
  data.set("signature", text_field(fields, {.id = "signature",
                                            .label = "Your full name",
                                            .hint = "Typing it here counts as your signature.",
                                            .autocomplete = "name",
                                            .most = 2 * kNameCodePoints,
                                            .width = "signature"}));
  Data agree;
  agree.set("chosen", fields.value("agree") == "yes");
  agree.set("error", optional(fields.error("agree")));
  data.set("agree", agree);
  Data document;
  document.set("error", optional(fields.error("document")));
  data.set("document", document);
}

Data information_data(const app::TaskList& session, const order::Task& task, const Form* form,
                      const std::vector<FieldError>& errors) {
  const Fields fields(form, errors);
  const auto wants = [&task](Field field) { return task.fields.count(field) != 0; };
  Data data;
  data.set("name", wants(Field::name) ? name_data(fields, session.known) : Data(false));
  data.set("birth", wants(Field::date_of_birth) ? birth_data(fields) : Data(false));
  data.set("gender", wants(Field::gender) ? gender_data(fields) : Data(false));
  data.set("address", wants(Field::address)
                          ? address_data(fields, session.known.address.value_or(app::Address()))
                          : Data(false));
  data.set("providers", wants(Field::providers) ? providers_data(fields) : Data(false));
  const bool is_signed = wants(Field::hipaa_authorization);
  data.set("authorization", is_signed);
  if (is_signed) add_authorization(data, session, "", form, errors);
  data.set("submit", is_signed ? "Sign and send" : "Send");
  return data;
}

}  // namespace chartroom::pages
