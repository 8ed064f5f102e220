#include "pages/information.hpp"

#include <algorithm>
#include <charconv>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace chartroom::pages {
namespace {

using order::Field;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads text fields and collects what is wrong with them.
class Reader {
 public:
  explicit Reader(const Form& form) : form_(form) {}

  std::optional<std::string> required(const std::string& field, std::size_t most,
                                      const char* message) {
    auto text = optional(field, most);
    if (!text && form_.text(field).empty()) refuse(field, message);
    return text;
  }

  std::optional<std::string> optional(const std::string& field, std::size_t most) {
    auto text = form_.text(field);
    if (text.empty()) return std::nullopt;
    if (base::count_code_points(text) <= most) return text;
    refuse(field, "Use at most " + std::to_string(most) + " characters");
    return std::nullopt;
  }

  void refuse(std::string field, std::string message) {
    errors.push_back({std::move(field), std::move(message)});
  }

  [[nodiscard]] std::string text(std::string_view field) const { return form_.text(field); }

  std::vector<FieldError> errors;

 private:
  const Form& form_;
};

std::optional<int> number(std::string_view text, std::size_t most_digits) {
  if (text.empty() || text.size() > most_digits ||
      !std::all_of(text.begin(), text.end(), is_digit)) {
    return std::nullopt;
  }
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void read_name(Reader& reader, app::ApplicantInput& input) {
  input.first_name = reader.required("first_name", kNameCodePoints, "Enter your first name");
  input.last_name = reader.required("last_name", kNameCodePoints, "Enter your last name");
}

void read_birth_date(Reader& reader, const base::Date& today, app::ApplicantInput& input) {
  constexpr int kOldest = 150;
  const auto month_text = reader.text("birth_month");
  const auto day_text = reader.text("birth_day");
  const auto year_text = reader.text("birth_year");
  if (month_text.empty() && day_text.empty() && year_text.empty()) {
    return reader.refuse("birth_month", "Enter your date of birth");
  }
  const auto month = number(month_text, 2);
  const auto day = number(day_text, 2);
  const auto year = number(year_text, 4);
  constexpr int kMonths = 12;
  constexpr int kDays = 31;
  if (!month || *month < 1 || *month > kMonths) {
    return reader.refuse("birth_month", "The month of your birth must be a number from 1 to 12");
  }
  if (!day || *day < 1 || *day > kDays) {
    return reader.refuse("birth_day", "The day of your birth must be a number from 1 to 31");
  }
  if (!year || year_text.size() != 4) {
    return reader.refuse("birth_year",
                         "The year of your birth must have four digits, such as 1968");
  }
  const base::Date date{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)};
  if (!date.exists())
    return reader.refuse("birth_day", "That day does not exist. Check your date of birth");
  if (date > today) return reader.refuse("birth_year", "Your date of birth must be in the past");
  if (date.year < today.year - kOldest)
    return reader.refuse("birth_year", "Check the year of your birth");
  input.date_of_birth = date;
}

void read_gender(Reader& reader, app::ApplicantInput& input) {
  const auto gender = reader.text("gender");
  if (gender == "male" || gender == "female" || gender == "other") {
    input.gender = gender;
  } else {
    reader.refuse("gender", "Choose one of the answers");
  }
}

bool is_state(std::string_view code) {
  return std::any_of(states().begin(), states().end(),
                     [&](const auto& state) { return state.first == code; });
}

/// "12345" or "12345-6789".
bool is_zip(std::string_view zip) {
  constexpr std::size_t kShort = 5;
  constexpr std::size_t kLong = 10;
  if (zip.size() != kShort && zip.size() != kLong) return false;
  for (std::size_t i = 0; i < zip.size(); ++i) {
    if (i == kShort ? zip[i] != '-' : !is_digit(zip[i])) return false;
  }
  return true;
}

void read_address(Reader& reader, app::ApplicantInput& input) {
  app::Address address;
  address.street1 =
      reader.required("street1", kAddressCodePoints, "Enter your street and house number");
  address.street2 = reader.optional("street2", kAddressCodePoints);
  address.city = reader.required("city", kAddressCodePoints, "Enter your city");
  if (const auto state = reader.text("state"); is_state(state)) {
    address.state = state;
  } else {
    reader.refuse("state", "Choose your state");
  }
  const auto zip = reader.text("zip");
  if (is_zip(zip)) {
    address.zip = zip;
  } else {
    reader.refuse(
        "zip", zip.empty() ? "Enter your ZIP code" : "A ZIP code has five digits, such as 94107");
  }
  input.address = std::move(address);
}

/// Ten digits, however they are set apart; a leading 1 is the country's.
std::optional<std::string> read_phone(std::string_view text) {
  constexpr std::size_t kDigits = 10;
  std::string digits;
  for (const char c : text) {
    if (is_digit(c)) {
      digits += c;
    } else if (std::string_view(" ()-.+").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (digits.size() == kDigits + 1 && digits.front() == '1') digits.erase(0, 1);
  if (digits.size() != kDigits) return std::nullopt;
  return digits;
}

void read_providers(Reader& reader, app::ApplicantInput& input) {
  for (unsigned row = 1; row <= kProviderRows; ++row) {
    const auto id = [row](const char* name) {
      return "provider" + std::to_string(row) + "_" + name;
    };
    app::Provider provider;
    provider.name = reader.optional(id("name"), kNameCodePoints);
    provider.organization_name = reader.optional(id("organization"), kNameCodePoints);
    app::Address address;
    address.city = reader.optional(id("city"), kAddressCodePoints);
    if (const auto state = reader.text(id("state")); is_state(state)) address.state = state;
    const auto phone = reader.text(id("phone"));
    if (!phone.empty()) {
      provider.phone = read_phone(phone);
      if (!provider.phone)
        reader.refuse(id("phone"), "A telephone number has ten digits, such as 415 555 0100");
    }
    const bool is_named =
        !reader.text(id("name")).empty() || !reader.text(id("organization")).empty();
    const bool is_started = is_named || address.city || address.state || !phone.empty();
    if (!is_named && (row == 1 || is_started)) {
      reader.refuse(id("name"), "Enter the name of a doctor, or of a clinic or hospital");
    }
    if (!is_started) continue;
    if (address.city || address.state) provider.address = std::move(address);
    input.providers.push_back(std::move(provider));
  }
}

/// By content, not by name: what a file calls itself says nothing.
const char* document_type(std::string_view bytes) {
  using namespace std::string_view_literals;
  constexpr std::size_t kPdfSearch = 1'024;  // ISO 32000-1, annex H, implementation note 13
  if (bytes.substr(0, kPdfSearch).find("%PDF-") != std::string_view::npos) return "application/pdf";
  if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv)) return "image/tiff";
  return nullptr;
}

void read_document(Reader& reader, std::string_view bytes, app::ApplicantInput& input) {
  if (bytes.empty()) return reader.refuse("document", "The chosen file is empty");
  if (bytes.size() > base::limits::kAttachmentBytes) {
    return reader.refuse("document", "The chosen file is larger than 10 MB");
  }
  const char* type = document_type(bytes);
  if (type == nullptr) return reader.refuse("document", "The file must be a PDF or a TIFF image");
  input.authorization =
      app::Attachment{"hipaaAuthorization", type, base::Sensitive<std::string>(std::string(bytes))};
}

/// A signature is a name: it holds at least two letters.
bool is_signature(std::string_view text) {
  const auto folded = base::fold(text);
  return std::count_if(folded.begin(), folded.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
         }) >= 2;
}

void read_signature(Reader& reader, const Form& form, app::ApplicantInput& input) {
  if (const auto document = form.file("document")) return read_document(reader, *document, input);
  auto signature = reader.required("signature", 2 * kNameCodePoints,
                                   "Type your full name to sign, or choose a signed form to send");
  if (signature && !is_signature(*signature)) {
    reader.refuse("signature", "Type your full name, as you would sign it");
  } else if (signature && reader.text("agree") != "yes") {
    reader.refuse("agree", "Tick the box to say that you agree");
  }
  input.typed_signature = std::move(signature);
}

}  // namespace

ReadInput read_information(const Form& form, const std::set<Field>& wanted,
                           const base::Date& today) {
  Reader reader(form);
  ReadInput out;
  if (wanted.count(Field::name) != 0) read_name(reader, out.input);
  if (wanted.count(Field::date_of_birth) != 0) read_birth_date(reader, today, out.input);
  if (wanted.count(Field::gender) != 0) read_gender(reader, out.input);
  if (wanted.count(Field::address) != 0) read_address(reader, out.input);
  if (wanted.count(Field::providers) != 0) read_providers(reader, out.input);
  if (wanted.count(Field::hipaa_authorization) != 0) read_signature(reader, form, out.input);
  out.errors = std::move(reader.errors);
  return out;
}

ReadInput read_authorization(const Form& form) {
  Reader reader(form);
  ReadInput out;
  read_signature(reader, form, out.input);
  out.errors = std::move(reader.errors);
  return out;
}

const std::vector<std::pair<std::string_view, std::string_view>>& states() {
  static const std::vector<std::pair<std::string_view, std::string_view>> kStates = {
      {"AL", "Alabama"},        {"AK", "Alaska"},
      {"AS", "American Samoa"}, {"AZ", "Arizona"},
      {"AR", "Arkansas"},       {"CA", "California"},
      {"CO", "Colorado"},       {"CT", "Connecticut"},
      {"DE", "Delaware"},       {"DC", "District of Columbia"},
      {"FL", "Florida"},        {"GA", "Georgia"},
      {"GU", "Guam"},           {"HI", "Hawaii"},
      {"ID", "Idaho"},          {"IL", "Illinois"},
      {"IN", "Indiana"},        {"IA", "Iowa"},
      {"KS", "Kansas"},         {"KY", "Kentucky"},
      {"LA", "Louisiana"},      {"ME", "Maine"},
      {"MD", "Maryland"},       {"MA", "Massachusetts"},
      {"MI", "Michigan"},       {"MN", "Minnesota"},
      {"MS", "Mississippi"},    {"MO", "Missouri"},
      {"MT", "Montana"},        {"NE", "Nebraska"},
      {"NV", "Nevada"},         {"NH", "New Hampshire"},
      {"NJ", "New Jersey"},     {"NM", "New Mexico"},
      {"NY", "New York"},       {"NC", "North Carolina"},
      {"ND", "North Dakota"},   {"MP", "Northern Mariana Islands"},
      {"OH", "Ohio"},           {"OK", "Oklahoma"},
      {"OR", "Oregon"},         {"PA", "Pennsylvania"},
      {"PR", "Puerto Rico"},    {"RI", "Rhode Island"},
      {"SC", "South Carolina"}, {"SD", "South Dakota"},
      {"TN", "Tennessee"},      {"TX", "Texas"},
      {"UT", "Utah"},           {"VT", "Vermont"},
      {"VI", "Virgin Islands"}, {"VA", "Virginia"},
      {"WA", "Washington"},     {"WV", "West Virginia"},
      {"WI", "Wisconsin"},      {"WY", "Wyoming"}};
  return kStates;
}

}  // namespace chartroom::pages
