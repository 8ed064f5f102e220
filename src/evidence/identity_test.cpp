#include "evidence/identity.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "evidence/names.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence {
namespace {

constexpr base::Date kOn{2026, 11, 1};

Person person(const std::string& given, const std::string& family, const base::Date& birth,
              const std::string& sex) {
  Person result;
  result.names.push_back({{given}, family, "", "official"});
  result.birth_date = birth;
  result.sex = sex;
  return result;
}

PostalAddress address(const std::string& line, const std::string& zip) {
  return {{line}, "Springfield", "IL", zip};
}

Person jane() {
  Person result = person("Jane", "Doe", {1968, 2, 13}, "female");
  result.addresses.push_back(address("12 Oak Street", "62704"));
  return result;
}

IdentityDecision network(const Person& ordered, const Person& found) {
  return match_identity(ordered, found, Trust::network, kOn);
}

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

TEST(Identity, AcceptsNameBirthDateSexAndAddress) {
  const auto decision = network(jane(), jane());
  EXPECT_EQ(decision.verdict, Verdict::accept);
  EXPECT_EQ(decision.score, 30 + 20 + 15 + 5 + 12);
  EXPECT_TRUE(has(decision.matched, "date of birth"));
  EXPECT_TRUE(has(decision.matched, "address"));
}

TEST(Identity, NetworkNeedsMoreThanThePortal) {
  Person found = jane();
  found.addresses.clear();
  EXPECT_EQ(network(jane(), found).verdict, Verdict::quarantine);
  EXPECT_EQ(match_identity(jane(), found, Trust::portal, kOn).verdict, Verdict::accept);
}

// Two women of one birthday and family name: a look-alike, never the same.
TEST(Identity, TwoWomenNamedJonesAreQuarantinedWithFifty) {
  const Person isabella = person("Isabella", "Jones", {1947, 5, 1}, "female");
  const Person myra = person("Myra", "Jones", {1947, 5, 1}, "female");
  for (const Trust trust : {Trust::portal, Trust::network}) {
    const auto decision = match_identity(isabella, myra, trust, kOn);
    EXPECT_EQ(decision.score, 50);
    EXPECT_EQ(decision.verdict, Verdict::quarantine);
  }
}

// Twins: everything but the given name agrees.
TEST(Identity, AnotherGivenNameIsNeverAccepted) {
  Person twin = jane();
  twin.names.front().given = {"Carol"};
  Person ordered = jane();
  for (Person* each : {&twin, &ordered}) {
    each->ssn = "212345678";
    each->phones = {"217-555-0100"};
    each->emails = {"doe@example.org"};
  }
  for (const Trust trust : {Trust::portal, Trust::network}) {
    const auto decision = match_identity(ordered, twin, trust, kOn);
    EXPECT_GE(decision.score, 78);
    EXPECT_EQ(decision.verdict, Verdict::quarantine);
  }
}

TEST(Identity, ThreeWomenOfOneBirthdayAreRejected) {
  const std::vector<Person> women{person("Katherine", "Madison", {1970, 6, 1}, "female"),
                                  person("Myra", "Jones Banks", {1970, 6, 1}, "female"),
                                  person("Lindsey", "Pitt", {1970, 6, 1}, "female")};
  for (const Person& a : women) {
    for (const Person& b : women) {
      if (&a == &b) continue;
      EXPECT_EQ(match_identity(a, b, Trust::portal, kOn).verdict, Verdict::reject);
    }
  }
}

TEST(Identity, MaidenNameInAnotherSystemIsFound) {
  Person practice = person("Alice", "Newman", {1970, 5, 1}, "female");
  Person hospital = person("Alice", "Newman", {1970, 5, 1}, "female");
  practice.names.push_back({{"Alicia"}, "Jones", "", "maiden"});
  practice.addresses.push_back(address("1357 Amber Dr", "97006"));
  hospital.addresses.push_back(address("1357 AMBER DRIVE", "97006-1234"));
  EXPECT_EQ(network(practice, hospital).verdict, Verdict::accept);
  EXPECT_EQ(network(person("Alicia", "Jones", {1970, 5, 1}, "female"), practice).score, 70);
}

TEST(Identity, PersonWithoutANameIsQuarantinedAtMost) {
  Person nameless = jane();
  nameless.names.clear();
  nameless.addresses.clear();
  EXPECT_NE(network(jane(), nameless).verdict, Verdict::accept);
  nameless.addresses = jane().addresses;
  nameless.phones = {"217-555-0100"};
  Person ordered = jane();
  ordered.phones = {"(217) 555-0100"};
  EXPECT_EQ(network(ordered, nameless).verdict, Verdict::quarantine);
}

// 30 + 12 points alone would be a rejection, and the record might be hers.
TEST(Identity, ANamelessRecordOfTheSameBirthDateAndHouseIsLookedAt) {
  Person nameless = jane();
  nameless.names.clear();
  nameless.sex.clear();
  EXPECT_EQ(network(jane(), nameless).verdict, Verdict::quarantine);
  EXPECT_EQ(network(jane(), nameless).reason, "the record names nobody");
  nameless.sex = "male";
  EXPECT_EQ(network(jane(), nameless).verdict, Verdict::reject);
  nameless.sex.clear();
  nameless.addresses.clear();
  EXPECT_EQ(network(jane(), nameless).verdict, Verdict::reject);
}

TEST(Identity, GeneratedNamesOfOneBirthdayAreRejected) {
  const Person lucien = person("Lucien408", "Bosco882", {1940, 3, 29}, "male");
  const Person uscore = person("ClientTests", "USCore", {1940, 3, 29}, "male");
  EXPECT_EQ(match_identity(lucien, uscore, Trust::portal, kOn).verdict, Verdict::reject);
}

TEST(Identity, DigitsAreNotStrippedFromNames) {
  const auto decision = network(person("Lucien", "Bosco", {1940, 3, 29}, "male"),
                                person("Lucien408", "Bosco882", {1940, 3, 29}, "male"));
  EXPECT_FALSE(has(decision.matched, "family name"));
  EXPECT_NE(decision.verdict, Verdict::accept);
}

TEST(Identity, BirthDatesThatDifferInTwoPartsAreAHardConflict) {
  Person found = jane();
  found.birth_date = base::Date{1968, 4, 14};
  found.ssn = "212345678";
  Person ordered = jane();
  ordered.ssn = "212345678";
  const auto decision = network(ordered, found);
  EXPECT_EQ(decision.verdict, Verdict::reject);
  EXPECT_EQ(decision.reason, "birth dates differ");
}

TEST(Identity, SwappedDayAndMonthIsPartialAndNeverAccepted) {
  Person ordered = jane();
  ordered.birth_date = base::Date{1968, 2, 3};
  ordered.ssn = "212345678";
  Person found = ordered;
  found.birth_date = base::Date{1968, 3, 2};
  const auto decision = network(ordered, found);
  EXPECT_TRUE(has(decision.partial, "date of birth (day and month swapped)"));
  EXPECT_EQ(decision.score, 10 + 20 + 15 + 5 + 40 + 12);
  EXPECT_EQ(decision.verdict, Verdict::quarantine);
}

TEST(Identity, OneDigitOfTheBirthDateIsPartial) {
  Person found = jane();
  found.birth_date = base::Date{1969, 2, 13};
  EXPECT_TRUE(has(network(jane(), found).partial, "date of birth (one digit differs)"));
  found.birth_date = base::Date{1968, 2, 24};
  EXPECT_TRUE(has(network(jane(), found).disagreed, "date of birth"));
}

TEST(Identity, GivenNamesByGrade) {
  const auto score = [](const std::string& a, const std::string& b) {
    return network(person(a, "Doe", {1968, 2, 13}, "male"), person(b, "Doe", {1968, 2, 13}, "male"))
               .score -
           55;
  };
  EXPECT_EQ(score("Robert", "ROBERT"), 15);
  EXPECT_EQ(score("Robert", "Bob"), 12);
  EXPECT_EQ(score("James", "Robert James"), 8);
  EXPECT_EQ(score("R", "Robert"), 6);
  EXPECT_EQ(score("R", "R"), 6);
  EXPECT_EQ(score("Robert", "Alan"), -5);
}

TEST(Identity, FamilyNamesByGrade) {
  const auto score = [](const std::string& a, const std::string& b) {
    return network(person("Jane", a, {1968, 2, 13}, "female"),
                   person("Jane", b, {1968, 2, 13}, "female"))
               .score -
           50;
  };
  EXPECT_EQ(score("M\xC3\xBCller", "Muller"), 20);
  EXPECT_EQ(score("O'Brien", "OBRIEN"), 20);
  EXPECT_EQ(score("Smith-Jones", "Smith Jones"), 20);
  EXPECT_EQ(score("Smith-Jones", "Jones"), 14);
  EXPECT_EQ(score("Johnson", "Johnsen"), 14);
  EXPECT_EQ(score("De La Cruz", "De La Rosa"), 0);
  EXPECT_EQ(score("Smith", "Jones"), 0);
}

TEST(Identity, SocialSecurityNumbers) {
  Person ordered = jane();
  Person found = jane();
  ordered.ssn = "212-34-5678";
  found.ssn = "212345678";
  EXPECT_EQ(network(ordered, found).score, 82 + 40);
  found.ssn = "5678";
  EXPECT_EQ(network(ordered, found).score, 82 + 15);
  found.ssn = "5679";
  EXPECT_EQ(network(ordered, found).score, 82 - 20);
  found.ssn = "212345679";
  EXPECT_EQ(network(ordered, found).verdict, Verdict::reject);
}

TEST(Identity, MaskedSocialSecurityNumbersNeverMatch) {
  for (const char* masked : {"XXX-XX-6789", "***-**-6789", "999-99-9999", "000-00-0000",
                             "123456789", "111111111", "666-12-3456", "12345", "999996789"}) {
    EXPECT_EQ(usable_ssn(masked), "") << masked;
    Person a = jane();
    Person b = jane();
    a.ssn = b.ssn = masked;
    EXPECT_EQ(network(a, b).score, 82);
  }
}

TEST(Identity, SuffixTellsFatherAndSonApart) {
  Person father = person("John", "Doe", {1940, 1, 2}, "male");
  father.names.front().suffix = "Sr.";
  Person son = person("John", "Doe Jr", {1940, 1, 2}, "male");
  EXPECT_EQ(network(father, son).score, 70 - 20);
  EXPECT_EQ(network(son, son).score, 70 + 3);
}

TEST(Identity, AnotherSexOrAddressOrIdentifier) {
  Person found = jane();
  found.sex = "male";
  EXPECT_EQ(network(jane(), found).score, 82 - 15);
  found = jane();
  found.addresses = {address("99 Elm Road", "62704")};
  EXPECT_EQ(network(jane(), found).score, 70 + 4);
  found.addresses = {address("99 Elm Road", "62999")};
  EXPECT_EQ(network(jane(), found).score, 70 + 2);
  Person ordered = jane();
  ordered.identifiers = {{"urn:oid:1.2.3", "77", "MR"}};
  found = jane();
  found.identifiers = {{"urn:oid:1.2.3", "77", "MR"}};
  EXPECT_EQ(network(ordered, found).score, 82 + 25);
  found.identifiers = {{"urn:oid:1.2.3", "78", "MR"}};
  EXPECT_EQ(network(ordered, found).score, 82 - 5);
  found.identifiers = {{"urn:oid:9.9.9", "77", "MR"}};
  EXPECT_EQ(network(ordered, found).score, 82);
}

TEST(Identity, AddressWithoutPostalCodeStillAgreesByHouseAndTown) {
  Person found = jane();
  found.addresses = {address("12 Oak St. Apt 4", "")};
  EXPECT_EQ(network(jane(), found).score, 82);
  found.addresses = {address("13 Oak St.", "")};
  EXPECT_EQ(network(jane(), found).score, 72);
}

TEST(Identity, DeathBeforeTheOrderIsLookedAtByAPerson) {
  Person found = jane();
  found.is_deceased = true;
  found.deceased = {base::Date{2020, 1, 1}.midnight_utc(), Precision::day, true, false};
  EXPECT_EQ(network(jane(), found).verdict, Verdict::quarantine);
  EXPECT_EQ(match_identity(jane(), found, Trust::network, {2019, 1, 1}).verdict, Verdict::accept);
}

TEST(Identity, BirthAfterTheOrderIsQuarantined) {
  EXPECT_EQ(match_identity(jane(), jane(), Trust::portal, {1960, 1, 1}).verdict,
            Verdict::quarantine);
}

TEST(Identity, ImpossibleFindings) {
  Fact pregnancy;
  pregnancy.kind = Kind::problem;
  pregnancy.codes = {{std::string(kSnomed), "77386006", "Pregnant", false}};
  Person john = person("John", "Doe", {1968, 2, 13}, "male");
  EXPECT_FALSE(impossible_finding(john, {pregnancy}).empty());
  EXPECT_TRUE(impossible_finding(jane(), {pregnancy}).empty());
  pregnancy.negated = true;
  EXPECT_TRUE(impossible_finding(john, {pregnancy}).empty());
  pregnancy.negated = false;
  pregnancy.kind = Kind::family_history;
  EXPECT_TRUE(impossible_finding(john, {pregnancy}).empty());
  Fact early;
  early.kind = Kind::encounter;
  early.when = {base::Date{1950, 1, 1}.midnight_utc(), Precision::day, true, false};
  EXPECT_FALSE(impossible_finding(john, {early}).empty());
}

TEST(Identity, JaroWinklerOfTheTextbook) {
  EXPECT_NEAR(jaro_winkler("martha", "marhta"), 0.961, 0.001);
  EXPECT_NEAR(jaro_winkler("dwayne", "duane"), 0.840, 0.001);
  EXPECT_NEAR(jaro_winkler("dixon", "dicksonx"), 0.813, 0.001);
  EXPECT_EQ(jaro_winkler("abc", ""), 0.0);
}

TEST(Identity, NamePartsAreFolded) {
  EXPECT_EQ(name_parts("O\xE2\x80\x99"
                       "Brien-Garc\xC3\xAD"
                       "a"),
            (std::vector<std::string>{"obrien", "garcia"}));
  EXPECT_EQ(name_parts("  "), std::vector<std::string>{});
}

TEST(Identity, PhonesAndMails) {
  EXPECT_EQ(phone_key("+1 (217) 555-0100 x12"), "2175550100");
  EXPECT_EQ(phone_key("555-5555"), "");
  EXPECT_EQ(mail_key("mailto:Jane@Example.org"), "jane@example.org");
}

// --- properties ---

std::string letters() {
  return *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
}

Person any_person() {
  Person result = person(
      letters(), letters(),
      {*rc::gen::inRange(1930, 2005), *rc::gen::inRange(1U, 13U), *rc::gen::inRange(1U, 29U)},
      *rc::gen::element<std::string>("male", "female", "other", ""));
  if (*rc::gen::arbitrary<bool>()) {
    result.addresses.push_back(address(std::to_string(*rc::gen::inRange(1, 50)) + " Oak Street",
                                       std::to_string(*rc::gen::inRange(62700, 62705))));
  }
  if (*rc::gen::arbitrary<bool>())
    result.ssn = std::to_string(*rc::gen::inRange(200000001, 200000099));
  if (*rc::gen::arbitrary<bool>())
    result.phones.push_back("21755501" + std::to_string(*rc::gen::inRange(10, 99)));
  return result;
}

TEST(IdentityProperty, BothDirectionsGiveTheSameAnswer) {
  EXPECT_TRUE(rc::check([] {
    const Person a = any_person();
    const Person b = *rc::gen::arbitrary<bool>() ? any_person() : a;
    const auto there = network(a, b);
    const auto back = network(b, a);
    RC_ASSERT(there.score == back.score);
    RC_ASSERT(there.verdict == back.verdict);
  }));
}

TEST(IdentityProperty, CaseAndPunctuationChangeNothing) {
  EXPECT_TRUE(rc::check([] {
    const Person a = any_person();
    const Person b = any_person();
    Person shouted = b;
    for (PersonName& name : shouted.names) {
      for (std::string& given : name.given) {
        for (char& c : given) c = static_cast<char>(c - 'a' + 'A');
      }
      name.family.insert(name.family.size() / 2, "'");
    }
    RC_ASSERT(network(a, b).score == network(a, shouted).score);
  }));
}

TEST(IdentityProperty, WithoutTheBirthDateNobodyIsAccepted) {
  EXPECT_TRUE(rc::check([] {
    const Person a = any_person();
    Person b = a;
    b.birth_date.reset();
    RC_ASSERT(match_identity(a, b, Trust::portal, kOn).verdict != Verdict::accept);
  }));
}

}  // namespace
}  // namespace chartroom::evidence
