// Findings that cannot be true of the applicant: a sign of a mixed-up record (docs/identity.md).

#include <algorithm>
#include <array>

#include "evidence/identity.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence {
namespace {

// ICD-10-CM: chapter XV and the pregnancy codes of chapter XXI.
bool is_pregnancy_icd10(std::string_view code) {
  return code.starts_with('O') || code.starts_with("Z33") || code.starts_with("Z34") ||
         code.starts_with("Z3A");
}

// SNOMED CT: pregnancy and its care, prenatal visit, normal and other deliveries, pre-eclampsia,
// miscarriage, gestational diabetes.
constexpr auto kPregnancySnomed = std::to_array<std::string_view>(
    {"77386006", "72892002", "47200007", "424441002", "424619006", "11687002", "398254007",
     "19169002", "65588006", "79586000", "6096002", "11466000", "237001001", "169762003"});

// ICD-10-CM of the prostate and SNOMED CT: neoplasm, carcinoma in situ and cancer of the prostate.
bool is_prostate(const Code& code) {
  if (code.system == kIcd10Cm) return code.code.starts_with("C61") || code.code.starts_with("N40");
  if (code.system != kSnomed) return false;
  constexpr auto kProstate =
      std::to_array<std::string_view>({"126906006", "92691004", "399068003", "266569009"});
  return std::find(kProstate.begin(), kProstate.end(), code.code) != kProstate.end();
}

bool is_pregnancy(const Code& code) {
  if (code.system == kIcd10Cm) return is_pregnancy_icd10(code.code);
  return code.system == kSnomed && std::find(kPregnancySnomed.begin(), kPregnancySnomed.end(),
                                             code.code) != kPregnancySnomed.end();
}

// Facts that speak of the person's own body.
bool is_own_finding(const Fact& fact) {
  if (fact.negated || fact.hidden) return false;
  return fact.kind == Kind::problem || fact.kind == Kind::procedure ||
         fact.kind == Kind::encounter || fact.kind == Kind::result ||
         fact.kind == Kind::social_history;
}

}  // namespace

std::string impossible_finding(const Person& ordered, const std::vector<Fact>& facts) {
  for (const Fact& fact : facts) {
    if (!is_own_finding(fact)) continue;
    if (ordered.sex == "male" && std::any_of(fact.codes.begin(), fact.codes.end(), is_pregnancy)) {
      return "a pregnancy is recorded for a male";
    }
    if (ordered.sex == "female" && std::any_of(fact.codes.begin(), fact.codes.end(), is_prostate)) {
      return "a disease of the prostate is recorded for a female";
    }
    if (ordered.birth_date && fact.when.known() && !fact.when.inferred &&
        fact.when.precision >= Precision::day) {
      // A day of grace for time zones.
      if (fact.when.value + std::chrono::hours(24) < ordered.birth_date->midnight_utc()) {
        return "a finding is dated before the birth";
      }
    }
  }
  return {};
}

}  // namespace chartroom::evidence
