// Every person of the shared data against every other: nobody may be taken for somebody else.

#include <gtest/gtest.h>

#include <iostream>

#include "evidence/identity.hpp"
#include "evidence/names.hpp"
#include "evidence/read.hpp"
#include "evidence/shared_data_test.hpp"

namespace chartroom::evidence {
namespace {

constexpr base::Date kAsked{2026, 11, 1};

struct Found {
  std::string file;
  Person person;
};

std::vector<Found> all_people() {
  std::vector<Found> people;
  for (const char* folder : {"fhir", "ccda"}) {
    for (const auto& path : testing::files_under(folder)) {
      const std::string bytes = testing::load(path);
      if (detect(bytes) == Detected::unknown) continue;
      const auto readings = read_item(bytes);
      if (!readings) continue;
      for (const Reading& reading : *readings) {
        if (reading.person.names.empty()) continue;
        people.push_back({path.filename().string(), reading.person});
      }
    }
  }
  return people;
}

Person alive(Person person) {
  person.is_deceased = false;
  person.deceased = {};
  return person;
}

// What an order holds: name, birth date, sex, address.
Person as_ordered(const Person& person) {
  Person ordered;
  ordered.names = {person.names.front()};
  ordered.birth_date = person.birth_date;
  ordered.sex = person.sex;
  if (!person.addresses.empty()) ordered.addresses = {person.addresses.front()};
  return ordered;
}

// Whether a human reader would call two entries of the test data one person: the same birth date
// and given name, and a family name in common.
bool is_one_person(const Person& a, const Person& b) {
  if (!a.birth_date || a.birth_date != b.birth_date) return false;
  for (const PersonName& left : a.names) {
    for (const PersonName& right : b.names) {
      const SplitName l = split_name(left);
      const SplitName r = split_name(right);
      if (l.given.empty() || r.given.empty()) continue;
      const bool given =
          l.given.front() == r.given.front() || are_nicknames(l.given.front(), r.given.front());
      for (const std::string& part : l.family) {
        if (given && std::find(r.family.begin(), r.family.end(), part) != r.family.end()) {
          return true;
        }
      }
    }
  }
  return false;
}

TEST(People, NobodyIsTakenForSomebodyElse) {
  CHARTROOM_NEED_SHARED_DATA();
  const auto people = all_people();
  ASSERT_GE(people.size(), 25U);
  std::size_t pairs = 0;
  for (const Found& ordered : people) {
    for (const Found& found : people) {
      if (is_one_person(ordered.person, found.person)) continue;
      ++pairs;
      for (const Trust trust : {Trust::portal, Trust::network}) {
        const auto decision = match_identity(ordered.person, alive(found.person), trust, kAsked);
        EXPECT_FALSE(decision.verdict == Verdict::accept) << ordered.file << " / " << found.file;
      }
    }
  }
  EXPECT_GE(pairs, 500U);
}

TEST(People, AnOrderAsTheFileSaysIsAccepted) {
  CHARTROOM_NEED_SHARED_DATA();
  std::size_t accepted = 0;
  std::vector<std::string> others;
  const auto people = all_people();
  for (const Found& found : people) {
    const auto decision =
        match_identity(as_ordered(found.person), alive(found.person), Trust::network, kAsked);
    if (decision.verdict == Verdict::accept) {
      ++accepted;
    } else {
      others.push_back(found.file + " " + found.person.locator + ": " +
                       std::to_string(decision.score) + ", " + decision.reason);
      // Only a record that lacks one of the four fields may fall short.
      const bool lacking = !found.person.birth_date || found.person.sex.empty() ||
                           found.person.sex == "unknown" || found.person.addresses.empty() ||
                           address_key(found.person.addresses.front()).street.empty() ||
                           found.person.names.front().family.empty();
      EXPECT_TRUE(lacking) << others.back();
    }
  }
  for (const std::string& line : others) std::cout << "  cannot be accepted: " << line << "\n";
  EXPECT_GE(accepted * 10, people.size() * 7);
}

}  // namespace
}  // namespace chartroom::evidence
