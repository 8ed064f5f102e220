// Scores of reports.md §4.8 (docs/identity.md), one function per field.

#include "evidence/identity.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.hpp"
#include "evidence/names.hpp"

namespace chartroom::evidence {
namespace {

constexpr int kPortalAccept = 70;
constexpr int kNetworkAccept = 78;
constexpr int kReject = 50;

// What the comparison has found so far.
struct Tally {
  IdentityDecision decision;
  std::string conflict;  ///< reason of a hard conflict; empty: none
  bool birth_agrees = false;
  bool given_agrees = false;  ///< at least in part
  bool family_known = false;  ///< on both sides
  bool anchored = false;      ///< address, phone, e-mail, SSN or identifier agrees
  bool sex_differs = false;

  void agree(int points, const char* field) {
    decision.score += points;
    decision.matched.emplace_back(field);
  }
  void partly(int points, const char* field) {
    decision.score += points;
    decision.partial.emplace_back(field);
  }
  void disagree(int points, const char* field) {
    decision.score += points;
    decision.disagreed.emplace_back(field);
  }
};

std::string two_digits(unsigned value) {
  return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
}

// One digit of the eight differs.
bool one_digit_off(const base::Date& a, const base::Date& b) {
  const std::string left = std::to_string(a.year) + two_digits(a.month) + two_digits(a.day);
  const std::string right = std::to_string(b.year) + two_digits(b.month) + two_digits(b.day);
  if (left.size() != right.size()) return false;
  int different = 0;
  for (std::size_t i = 0; i < left.size(); ++i) different += left[i] != right[i] ? 1 : 0;
  return different == 1;
}

void compare_birth_dates(const Person& a, const Person& b, Tally& tally) {
  if (!a.birth_date || !b.birth_date) return;
  const base::Date& left = *a.birth_date;
  const base::Date& right = *b.birth_date;
  if (left == right) {
    tally.birth_agrees = true;
    return tally.agree(30, "date of birth");
  }
  const bool swapped =
      left.year == right.year && left.month == right.day && left.day == right.month;
  if (swapped) return tally.partly(10, "date of birth (day and month swapped)");
  const int parts = (left.year != right.year ? 1 : 0) + (left.month != right.month ? 1 : 0) +
                    (left.day != right.day ? 1 : 0);
  if (parts >= 2) tally.conflict = "birth dates differ";
  if (parts == 1 && one_digit_off(left, right)) {
    return tally.partly(10, "date of birth (one digit differs)");
  }
  tally.disagree(0, "date of birth");
}

struct Grade {
  int points = 0;
  const char* field = "";
  bool full = false;
};

void keep_better(Grade& best, const Grade& other) {
  if (other.points > best.points) best = other;
}

std::string squeezed(const std::vector<std::string>& parts) { return base::join(parts, ""); }

Grade grade_family(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return {};
  if (squeezed(a) == squeezed(b)) return {20, "family name", true};
  Grade best;
  const bool is_double = a.size() > 1 || b.size() > 1;
  if (is_double) {
    for (const std::string& part : a) {
      // Particles ("de", "van") and initials are shared by strangers.
      if (part.size() < 4 || is_name_particle(part)) continue;
      if (std::find(b.begin(), b.end(), part) != b.end()) {
        keep_better(best, {14, "family name (one part of a double name)", false});
      }
    }
  }
  if (jaro_winkler(squeezed(a), squeezed(b)) >= 0.92) {
    keep_better(best, {14, "family name (similar spelling)", false});
  }
  return best;
}

void compare_family_names(const Person& a, const Person& b, Tally& tally) {
  Grade best;
  bool both_known = false;
  for (const PersonName& left : a.names) {
    for (const PersonName& right : b.names) {
      const auto left_parts = split_name(left).family;
      const auto right_parts = split_name(right).family;
      both_known |= !left_parts.empty() && !right_parts.empty();
      keep_better(best, grade_family(left_parts, right_parts));
    }
  }
  tally.family_known = both_known;
  if (best.full) return tally.agree(best.points, best.field);
  if (best.points > 0) return tally.partly(best.points, best.field);
  if (both_known) tally.disagree(0, "family name");
}

Grade grade_given(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return {};
  // "Mary Ann" against "Maryann", "Jean-Luc" against "Jean Luc".
  const bool initial = a.front().size() == 1 || b.front().size() == 1;
  if ((a.front() == b.front() && !initial) || squeezed(a) == squeezed(b)) {
    return {squeezed(a).size() > 1 ? 15 : 6, "given name", true};
  }
  Grade best;
  if (are_nicknames(a.front(), b.front())) keep_better(best, {12, "given name (nickname)", false});
  const auto among_later = [](const std::string& first, const std::vector<std::string>& parts) {
    return first.size() > 1 && std::find(parts.begin() + 1, parts.end(), first) != parts.end();
  };
  if (among_later(a.front(), b) || among_later(b.front(), a)) {
    keep_better(best, {8, "given name (middle name used)", false});
  }
  if (initial && a.front().front() == b.front().front()) {
    keep_better(best, {6, "given name (initial)", false});
  }
  return best;
}

void compare_given_names(const Person& a, const Person& b, Tally& tally) {
  Grade best;
  bool both_known = false;
  for (const PersonName& left : a.names) {
    for (const PersonName& right : b.names) {
      const auto left_parts = split_name(left).given;
      const auto right_parts = split_name(right).given;
      both_known |= !left_parts.empty() && !right_parts.empty();
      keep_better(best, grade_given(left_parts, right_parts));
    }
  }
  tally.given_agrees = best.points > 0;
  if (best.full) return tally.agree(best.points, best.field);
  if (best.points > 0) return tally.partly(best.points, best.field);
  if (both_known) tally.disagree(-5, "given name");
}

void compare_suffixes(const Person& a, const Person& b, Tally& tally) {
  std::set<std::string> left;
  std::set<std::string> right;
  for (const PersonName& name : a.names) left.insert(split_name(name).suffix);
  for (const PersonName& name : b.names) right.insert(split_name(name).suffix);
  left.erase("");
  right.erase("");
  if (left.empty() || right.empty()) return;
  for (const std::string& suffix : left) {
    if (right.count(suffix) > 0) return tally.agree(3, "suffix");
  }
  tally.disagree(-20, "suffix");
}

void compare_sexes(const Person& a, const Person& b, Tally& tally) {
  const auto known = [](const std::string& sex) { return !sex.empty() && sex != "unknown"; };
  if (!known(a.sex) || !known(b.sex)) return;
  if (a.sex == b.sex) return tally.agree(5, "sex");
  // "other" on one side alone contradicts nothing: systems and times differ in what they offer.
  if (a.sex == "other" || b.sex == "other") return;
  tally.sex_differs = true;
  tally.disagree(-10, "sex");
}

void compare_ssns(const Person& a, const Person& b, Tally& tally) {
  const std::string left = usable_ssn(a.ssn);
  const std::string right = usable_ssn(b.ssn);
  if (left.empty() || right.empty()) return;
  if (left.size() == 9 && right.size() == 9) {
    if (left == right) {
      tally.anchored = true;
      return tally.agree(40, "social security number");
    }
    tally.conflict = "social security numbers differ";
    return tally.disagree(0, "social security number");
  }
  if (left.substr(left.size() - 4) == right.substr(right.size() - 4)) {
    tally.anchored = true;
    return tally.agree(15, "social security number (last four)");
  }
  tally.disagree(-20, "social security number (last four)");
}

// Same house: number and street, or the whole line where there is no number ("PO Box 7").
bool same_house(const AddressKey& a, const AddressKey& b) {
  return !a.street.empty() && a.number == b.number && a.street == b.street;
}

Grade grade_address(const AddressKey& a, const AddressKey& b) {
  const bool same_town =
      !a.city.empty() && a.city == b.city && !a.state.empty() && a.state == b.state;
  if (!a.zip.empty() && a.zip == b.zip) {
    return same_house(a, b) ? Grade{12, "address", true} : Grade{4, "postal code", true};
  }
  if (!same_town) return {};
  // Many records leave the postal code out; town and state stand in for it, never against it.
  const bool zip_missing = a.zip.empty() || b.zip.empty();
  if (zip_missing && same_house(a, b)) return {12, "address", true};
  return {2, "city and state", true};
}

void compare_addresses(const Person& a, const Person& b, Tally& tally) {
  Grade best;
  bool both_known = false;
  for (const PostalAddress& left : a.addresses) {
    for (const PostalAddress& right : b.addresses) {
      both_known = true;
      keep_better(best, grade_address(address_key(left), address_key(right)));
    }
  }
  if (best.points > 0) {
    // A town is no anchor: many strangers live there.
    if (best.points == 12) tally.anchored = true;
    tally.agree(best.points, best.field);
  } else if (both_known) {
    tally.disagree(0, "address");
  }
}

bool share(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&b](const std::string& each) {
    return !each.empty() && std::find(b.begin(), b.end(), each) != b.end();
  });
}

void compare_contacts(const Person& a, const Person& b, Tally& tally) {
  const auto phones = [](const Person& person) {
    std::vector<std::string> keys;
    keys.reserve(person.phones.size());
    for (const std::string& phone : person.phones) keys.push_back(phone_key(phone));
    return keys;
  };
  const auto mails = [](const Person& person) {
    std::vector<std::string> keys;
    keys.reserve(person.emails.size());
    for (const std::string& mail : person.emails) keys.push_back(mail_key(mail));
    return keys;
  };
  if (share(phones(a), phones(b))) {
    tally.anchored = true;
    tally.agree(8, "phone");
  }
  if (share(mails(a), mails(b))) {
    tally.anchored = true;
    tally.agree(8, "e-mail");
  }
}

// Only identifiers of the same organisation can be compared.
void compare_identifiers(const Person& a, const Person& b, Tally& tally) {
  bool comparable = false;
  for (const Identifier& left : a.identifiers) {
    for (const Identifier& right : b.identifiers) {
      if (left.system.empty() || left.system != right.system) continue;
      if (left.type != right.type && !left.type.empty() && !right.type.empty()) continue;
      comparable = true;
      if (!left.value.empty() && left.value == right.value) {
        tally.anchored = true;
        return tally.agree(25, "identifier");
      }
    }
  }
  if (comparable) tally.disagree(-5, "identifier");
}

// A death before the order, or a birth after it: the record may be right and the order wrong, or
// the other way round. A person has to look.
std::string contradiction(const Person& ordered, const Person& found, const base::Date& on) {
  if (found.birth_date && *found.birth_date > on) return "the record's birth lies after the order";
  if (ordered.birth_date && *ordered.birth_date > on) return "the birth lies after the order";
  if (!found.is_deceased && !found.deceased.known()) return {};
  if (!found.deceased.known()) return "the record says that the person has died";
  if (base::Date::from(found.deceased.value) < on) {
    return "the record says that the person died before the order";
  }
  return {};
}

void decide(const Person& ordered, const Person& found, Trust trust, const base::Date& on,
            Tally& tally) {
  IdentityDecision& decision = tally.decision;
  const int needed = trust == Trust::portal ? kPortalAccept : kNetworkAccept;
  if (!tally.conflict.empty()) {
    decision.verdict = Verdict::reject;
    decision.reason = tally.conflict;
  } else if (found.names.empty() && tally.birth_agrees && tally.anchored && !tally.sex_differs) {
    // What else is there agrees, and the name can neither help nor harm: a person has to look.
    decision.verdict = Verdict::quarantine;
    decision.reason = "the record names nobody";
  } else if (decision.score < kReject) {
    decision.verdict = Verdict::reject;
    decision.reason = "too little agrees";
  } else if (decision.score < needed) {
    decision.verdict = Verdict::quarantine;
    decision.reason = "not enough agrees to be certain";
  } else if (!tally.birth_agrees) {
    decision.verdict = Verdict::quarantine;
    decision.reason = "the date of birth does not fully agree";
  } else if (!tally.family_known || !tally.given_agrees) {
    // Twins share birth date, family name, address and phone, and families share numbers that were
    // typed once: without the given name no sum of points is enough.
    decision.verdict = Verdict::quarantine;
    decision.reason = tally.family_known ? "the given name does not agree" : "a name is missing";
  } else if (trust == Trust::network && !tally.anchored) {
    decision.verdict = Verdict::quarantine;
    decision.reason = "no address, phone, e-mail, social security number or identifier agrees";
  } else if (std::string why = contradiction(ordered, found, on); !why.empty()) {
    decision.verdict = Verdict::quarantine;
    decision.reason = std::move(why);
  } else {
    decision.verdict = Verdict::accept;
    decision.reason = "name, date of birth and further fields agree";
  }
}

}  // namespace

IdentityDecision match_identity(const Person& ordered, const Person& found, Trust trust,
                                const base::Date& on) {
  Tally tally;
  compare_birth_dates(ordered, found, tally);
  compare_family_names(ordered, found, tally);
  compare_given_names(ordered, found, tally);
  compare_sexes(ordered, found, tally);
  compare_ssns(ordered, found, tally);
  compare_addresses(ordered, found, tally);
  compare_contacts(ordered, found, tally);
  compare_identifiers(ordered, found, tally);
  compare_suffixes(ordered, found, tally);
  decide(ordered, found, trust, on, tally);
  return std::move(tally.decision);
}

}  // namespace chartroom::evidence
