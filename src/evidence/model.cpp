#include "evidence/model.hpp"

#include <array>
#include <cstdio>

namespace chartroom::evidence {
namespace {

struct SectionNames {
  const char* name;
  const char* title;
};

// In the order of Kind.
constexpr std::array<SectionNames, kKindCount> kSections{{
    {"issues", "Problems"},
    {"medications", "Medications"},
    {"allergies", "Allergies"},
    {"test_results", "Test results"},
    {"vitals", "Vital signs"},
    {"procedures", "Procedures"},
    {"encounters", "Encounters"},
    {"immunizations", "Immunizations"},
    {"social_history", "Social history"},
    {"family_history", "Family history"},
    {"narratives", "Documents and notes"},
    {"functional_statuses", "Functional status"},
    {"plans_of_care", "Plan of care"},
    {"devices", "Devices"},
    {"coverages", "Coverage"},
    {"care_team", "Care team"},
}};

}  // namespace

const char* section_name(Kind kind) { return kSections.at(static_cast<std::size_t>(kind)).name; }
const char* section_title(Kind kind) { return kSections.at(static_cast<std::size_t>(kind)).title; }

std::string When::date_text() const {
  if (!known()) return {};
  std::string iso = base::Date::from(value).iso();
  if (precision == Precision::year) return iso.substr(0, 4);
  if (precision == Precision::month) return iso.substr(0, 7);
  return iso;
}

std::string When::text() const {
  std::string result = date_text();
  if (precision != Precision::minute && precision != Precision::second) return result;
  const std::string iso = base::format_iso(value);  // "2016-03-14T14:05:00.000Z"
  return result + " " + iso.substr(11, 5);
}

const std::string* Fact::attribute(const char* name) const {
  for (const Attribute& each : attributes) {
    if (each.name == name) return &each.value;
  }
  return nullptr;
}

void Fact::set(const char* name, std::string text_value) {
  if (text_value.empty()) return;
  for (Attribute& each : attributes) {
    if (each.name == name) {
      each.value = std::move(text_value);
      return;
    }
  }
  attributes.push_back({name, std::move(text_value)});
}

std::string Person::display_name() const {
  if (names.empty()) return {};
  // A current official name is shown before whatever the source happens to list first.
  const PersonName* chosen = &names.front();
  for (const PersonName& each : names) {
    if (each.use == "official") {
      chosen = &each;
      break;
    }
  }
  std::string result;
  const auto append = [&result](const std::string& part) {
    if (part.empty()) return;
    if (!result.empty()) result += ' ';
    result += part;
  };
  for (const std::string& given : chosen->given) append(given);
  append(chosen->family);
  append(chosen->suffix);
  return result;
}

}  // namespace chartroom::evidence
