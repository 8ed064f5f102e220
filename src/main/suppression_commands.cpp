// The suppression list of an application (contract §12, §14): persons about whom nothing may be
// retrieved or released. Who they are comes in on standard input, since a command line can be read
// by others on the machine; what is stored is a keyed hash.
#include <boost/json.hpp>
#include <iostream>

#include "app/applicant.hpp"
#include "base/text.hpp"
#include "main/commands.hpp"
#include "main/print.hpp"
#include "main/wiring.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostPersons = 5'000;
constexpr std::size_t kLineBytes = 4'096;
constexpr std::size_t kLastDigits = 4;

tl::unexpected<base::Error> wrong(std::size_t line, const std::string& what) {
  return base::fail(base::ErrorCode::invalid_input,
                    "standard input, line " + std::to_string(line) + ": " + what);
}

/// A member that is a text; empty where it is none.
std::string text_of(const json::object& person, std::string_view name) {
  const json::value* value = person.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(base::trim(std::string_view(value->get_string())));
}

bool is_last_four(const std::string& text) {
  return text.size() == kLastDigits && text.find_first_not_of("0123456789") == std::string::npos;
}

/// One line: {"firstName","lastName","dateOfBirth","ssnLastFour"?}. No error repeats a value.
base::Result<app::NewOrder> read_person(const std::string& text, std::size_t line) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (text.size() > kLineBytes || error || !value.is_object()) {
    return wrong(line, "must be a JSON object of at most 4096 bytes");
  }
  const json::object& in = value.get_object();
  for (const auto& member : in) {
    const std::string_view name(member.key().data(), member.key().size());
    if (name != "firstName" && name != "lastName" && name != "dateOfBirth" &&
        name != "ssnLastFour") {
      return wrong(line, "may have firstName, lastName, dateOfBirth and ssnLastFour alone");
    }
  }
  app::NewOrder person;
  person.first_name = text_of(in, "firstName");
  person.last_name = text_of(in, "lastName");
  person.date_of_birth = base::parse_date(text_of(in, "dateOfBirth"));
  if (person.first_name->empty()) return wrong(line, "firstName is required");
  if (person.last_name->empty()) return wrong(line, "lastName is required");
  if (!person.date_of_birth) return wrong(line, "dateOfBirth must be a date such as 1968-02-13");
  if (in.contains("ssnLastFour")) {
    std::string digits = text_of(in, "ssnLastFour");
    if (!is_last_four(digits)) return wrong(line, "ssnLastFour must be four digits");
    person.ssn = base::Sensitive<std::string>(std::move(digits));
  }
  return person;
}

base::Result<std::vector<app::NewOrder>> read_persons(std::istream& in) {
  std::vector<app::NewOrder> persons;
  std::string text;
  for (std::size_t line = 1; std::getline(in, text); ++line) {
    if (base::trim(text).empty()) continue;
    if (persons.size() == kMostPersons) return wrong(line, "takes at most 5000 persons at once");
    auto person = read_person(text, line);
    if (!person) return base::pass_on(person.error());
    persons.push_back(std::move(*person));
  }
  if (persons.empty()) return wrong(1, "is empty; give one JSON object a line");
  return persons;
}

}  // namespace

int suppression_change(const Config& config, const std::string& client_id, bool add) {
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  OpenStore& house = **open;
  const auto application = find_application(*house.store, client_id);
  if (!application) return report_error(application.error());
  const auto persons = read_persons(std::cin);
  if (!persons) return report_error(persons.error());
  app::Commit writes;
  for (const app::NewOrder& person : *persons) {
    // The most telling key: with the last four digits where they are known.
    std::string key = app::suppression_keys(person, *house.sealer).back();
    if (add) {
      writes.emplace_back(app::InsertSuppression{std::move(key)});
    } else {
      writes.emplace_back(app::RemoveSuppression{std::move(key)});
    }
  }
  writes.emplace_back(
      app::InsertAudit{{"", "operator", add ? "suppression.added" : "suppression.removed",
                        std::to_string(persons->size()), house.clock.now()}});
  const auto stored = house.store->tenant(client_id)->commit(writes);
  if (!stored) return report_error(stored.error());
  print({{add ? "added" : "removed", persons->size()}});
  return kDone;
}

}  // namespace chartroom::cli
