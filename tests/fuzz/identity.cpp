// Two people: fields of the first, an empty line, fields of the second. A field is a letter and its
// value: n given names, f family name, s suffix, m another name, b birth date, x sex, a street,
// z ZIP, c city, t state, p phone, e e-mail, q SSN, i identifier.
#include "evidence/identity.hpp"

#include "base/text.hpp"
#include "evidence/names.hpp"
#include "fuzz.hpp"

namespace {

using namespace chartroom;
using evidence::IdentityDecision;
using evidence::Person;
using evidence::Trust;
using evidence::Verdict;

constexpr base::Date kOrdered{2026, 3, 1};

evidence::PostalAddress& address_of(Person& person) {
  if (person.addresses.empty()) person.addresses.emplace_back();
  return person.addresses.back();
}

evidence::PersonName& name_of(Person& person) {
  if (person.names.empty()) person.names.emplace_back();
  return person.names.back();
}

void add_field(Person& person, char field, const std::string& value) {
  switch (field) {
    case 'n':
      name_of(person).given = base::split(value, ' ');
      return;
    case 'f':
      name_of(person).family = value;
      return;
    case 's':
      name_of(person).suffix = value;
      return;
    case 'm':
      person.names.push_back({{}, value, "", "maiden"});
      return;
    case 'b':
      person.birth_date = base::parse_date(value);
      return;
    case 'x':
      person.sex = value;
      return;
    case 'a':
      address_of(person).lines.push_back(value);
      return;
    case 'z':
      address_of(person).zip = value;
      return;
    case 'c':
      address_of(person).city = value;
      return;
    case 't':
      address_of(person).state = value;
      return;
    case 'p':
      person.phones.push_back(value);
      return;
    case 'e':
      person.emails.push_back(value);
      return;
    case 'q':
      person.ssn = value;
      return;
    case 'i':
      person.identifiers.push_back({"urn:oid:1.2.3", value, "MR"});
      return;
    default:
      return;
  }
}

void check(const Person& ordered, const Person& found, Trust trust) {
  const IdentityDecision decision = evidence::match_identity(ordered, found, trust, kOrdered);
  const IdentityDecision again = evidence::match_identity(ordered, found, trust, kOrdered);
  fuzz::must(decision.score == again.score && decision.verdict == again.verdict,
             "the same question has the same answer");
  const IdentityDecision back = evidence::match_identity(found, ordered, trust, kOrdered);
  fuzz::must(decision.score == back.score, "points do not depend on who is asked for");
  fuzz::must(!decision.reason.empty() && base::is_valid_utf8(decision.reason), "a reason is given");
  if (decision.verdict != Verdict::accept) return;
  // Rules that no sum of points may outvote (docs/identity.md).
  fuzz::must(ordered.birth_date && ordered.birth_date == found.birth_date,
             "nobody is accepted without the same birth date");
  fuzz::must(!ordered.names.empty() && !found.names.empty(), "nobody is accepted without a name");
  fuzz::must(decision.score >= (trust == Trust::portal ? 70 : 78), "acceptance needs its points");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Person people[2];
  std::size_t which = 0;
  for (const std::string& line : base::split(fuzz::as_text(data, size), '\n')) {
    if (line.empty()) {
      which = 1;
    } else {
      add_field(people[which], line.front(), line.substr(1));
    }
  }
  for (const Trust trust : {Trust::portal, Trust::network}) check(people[0], people[1], trust);
  const double alike = evidence::jaro_winkler(people[0].ssn, people[1].ssn);
  fuzz::must(alike >= 0 && alike <= 1.000001, "similarity lies between 0 and 1");
  return 0;
}
