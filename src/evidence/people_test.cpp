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

const char* word(Verdict verdict) {
  return verdict == Verdict::accept   ? "accept"
         : verdict == Verdict::reject ? "reject"
                                      : "quarantine";
}

std::string label(const Found& found) { return found.file + "#" + found.person.locator; }

struct Tally {
  std::size_t pairs = 0;
  std::size_t rejected = 0;
  std::size_t quarantined = 0;
  std::size_t accepted = 0;
};

// Every person's order against every record, by both kinds of channel, with an order that holds
// what orders hold and with one that holds all that the person's own record knows.
struct Census {
  Tally strangers;
  Tally same;
  std::string rows;       ///< strangers that are quarantined
  std::string same_rows;  ///< the person's own records that are not accepted
};

Census census_of(const std::vector<Found>& people) {
  Census census;
  for (const Found& ordered : people) {
    for (const Found& found : people) {
      const bool same = is_one_person(ordered.person, found.person);
      Tally& tally = same ? census.same : census.strangers;
      for (const bool full : {false, true}) {
        const Person person = full ? ordered.person : as_ordered(ordered.person);
        for (const Trust trust : {Trust::portal, Trust::network}) {
          const auto decision = match_identity(person, alive(found.person), trust, kAsked);
          ++tally.pairs;
          if (decision.verdict == Verdict::accept) ++tally.accepted;
          if (decision.verdict == Verdict::reject) ++tally.rejected;
          if (decision.verdict == Verdict::quarantine) ++tally.quarantined;
          EXPECT_TRUE(same || decision.verdict != Verdict::accept)
              << label(ordered) << " / " << label(found);
          const std::string row = label(ordered) + "\t" + label(found) + "\t" +
                                  (trust == Trust::portal ? "portal" : "network") + "\t" +
                                  (full ? "all" : "order") + "\t" + std::to_string(decision.score) +
                                  "\t" + word(decision.verdict) + "\t" + decision.reason + "\n";
          if (same && decision.verdict != Verdict::accept) census.same_rows += row;
          if (!same && decision.verdict == Verdict::quarantine) census.rows += row;
        }
      }
    }
  }
  return census;
}

std::string totals(const char* what, const Tally& tally) {
  return std::string("# ") + what + ": " + std::to_string(tally.pairs) + " comparisons, " +
         std::to_string(tally.accepted) + " accepted, " + std::to_string(tally.quarantined) +
         " quarantined, " + std::to_string(tally.rejected) + " rejected\n";
}

TEST(Golden, NobodyIsTakenForSomebodyElse) {
  CHARTROOM_NEED_SHARED_DATA();
  const auto people = all_people();
  ASSERT_GE(people.size(), 25U);
  const Census census = census_of(people);
  EXPECT_EQ(census.strangers.accepted, 0U);
  EXPECT_GE(census.strangers.pairs, 2000U);
  testing::compare_with_golden(
      "identity-pairs.tsv",
      "# Every person of the shared clinical data as applicant, against every record; written by\n"
      "# scripts/golden. Each pair counts four times: portal and network, an order with name, "
      "birth\n"
      "# date, sex and address, and one with all that the person's own record holds.\n" +
          totals("different people", census.strangers) + totals("one person", census.same) +
          "# ordered\tfound\tchannel\twhat the order holds\tpoints\tverdict\treason\n"
          "# Records of somebody else that a person has to look at:\n" +
          census.rows + "# Records of the same person that are not accepted:\n" + census.same_rows);
}

// The look-alikes of the published documents, by name of their file.
TEST(People, LookAlikesOfThePublishedDocuments) {
  CHARTROOM_NEED_SHARED_DATA();
  const auto read = [](const char* file) {
    auto readings = read_item(testing::load(testing::shared_folder() / file));
    EXPECT_TRUE(readings && readings->size() == 1) << file;
    return readings->front().person;
  };
  const Person isabella = read("ccda/onc-cert/170.315_b1_toc_amb_ccd_r11_sample1_v9.xml");
  const Person myra = read("ccda/onc-cert/NT_Bad_DocCode_r11_v2.xml");
  const Person nameless = read("ccda/onc-cert/NT_Missing_PatientName_r11_v2.xml");
  const Person alice = read("ccda/onc-cert/170.315_b8_ds4p_amb_sample1_v8.xml");
  const Person alice_elsewhere = read("ccda/vendor/practice_fusion_alice_newman.xml");
  const auto judge = [](const Person& ordered, const Person& found, Trust trust) {
    return match_identity(as_ordered(ordered), found, trust, kAsked);
  };
  for (const Trust trust : {Trust::portal, Trust::network}) {
    EXPECT_STREQ(word(judge(isabella, myra, trust).verdict), "quarantine");
    EXPECT_STREQ(word(judge(myra, isabella, trust).verdict), "quarantine");
    EXPECT_STREQ(word(judge(myra, nameless, trust).verdict), "quarantine");
    EXPECT_STREQ(word(judge(alice, alice_elsewhere, trust).verdict), "accept");
    EXPECT_STREQ(word(judge(alice_elsewhere, alice, trust).verdict), "accept");
  }
  // Without their address, which the test files share, name and birth date are worth 50 points.
  Person isabella_somewhere = as_ordered(isabella);
  isabella_somewhere.addresses.clear();
  EXPECT_EQ(match_identity(isabella_somewhere, myra, Trust::portal, kAsked).score, 50);
}

// Three women of one birthday, two men of one birthday: rejected, not even looked at.
TEST(People, SharedBirthdaysAloneAreRejected) {
  CHARTROOM_NEED_SHARED_DATA();
  const auto people = all_people();
  std::size_t pairs = 0;
  for (const base::Date birthday : {base::Date{1970, 6, 1}, base::Date{1940, 3, 29}}) {
    for (const Found& ordered : people) {
      for (const Found& found : people) {
        if (ordered.person.birth_date != birthday || found.person.birth_date != birthday) continue;
        if (is_one_person(ordered.person, found.person)) continue;
        if (ordered.person.names.front().family.empty()) continue;
        if (found.person.names.front().family.empty()) continue;
        ++pairs;
        const auto decision =
            match_identity(as_ordered(ordered.person), found.person, Trust::portal, kAsked);
        EXPECT_STREQ(word(decision.verdict), "reject")
            << label(ordered) << " / " << label(found) << " " << decision.score;
      }
    }
  }
  EXPECT_GE(pairs, 6U);
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
