// A synthetic patient's whole history, before anybody writes it down as FHIR or C-CDA.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "channel/sandbox/catalog.hpp"

namespace chartroom::channel {

/// The applicant as the synthetic providers know them: exactly as ordered.
struct Identity {
  std::vector<std::string> given;
  std::string family;
  base::Date birth;
  std::string sex;  ///< "male", "female", "other"; empty when it was not ordered
  std::vector<std::string> street;
  std::string city;
  std::string state;
  std::string zip;
  std::string phone;
  std::string email;
  std::string ssn;  ///< nine digits, only when ordered
};

struct Clinician {
  std::string id;
  std::string npi;  ///< begins with 9: never assigned to anybody
  std::string given;
  std::string family;
  [[nodiscard]] std::string name() const { return given + ' ' + family + ", MD"; }
};

enum class FacilityKind { primary, specialist, hospital, archive };

struct Facility {
  FacilityKind kind = FacilityKind::primary;
  std::string id;  ///< 24 hex digits, by name and place
  std::string name;
  std::string street;
  std::string city;
  std::string state;
  std::string zip;
  std::string phone;
  Clinician clinician;
};

enum class VisitKind { checkup, follow_up, sick, video, specialist, emergency };

struct Vitals {
  std::string height_cm, weight_kg, bmi, systolic, diastolic, pulse, respiration, temperature_c,
      oxygen;
};

struct LabValue {
  const Test* test = nullptr;
  std::string value;
  std::string flag;  ///< "H", "L", "N"
};

struct LabReport {
  const Panel* panel = nullptr;
  std::vector<LabValue> values;
};

struct Prescription {
  const Drug* drug = nullptr;
  std::string reason;  ///< text of the condition
  base::TimePoint start{};
  std::optional<base::TimePoint> end;
};

/// A condition as a facility has it on its list.
struct Problem {
  std::string_view key, text, snomed, icd10;
  base::TimePoint onset{};
  std::optional<base::TimePoint> resolved;
};

struct SmokingStatement {
  std::string_view snomed, text;
};

struct Visit {
  std::size_t facility = 0;
  VisitKind kind = VisitKind::checkup;
  base::TimePoint start{};
  base::TimePoint end{};
  std::string reason;
  std::optional<Vitals> vitals;
  std::vector<LabReport> labs;
  std::vector<Problem> new_problems;  ///< first written down here
  std::vector<Problem> diagnoses;     ///< what the visit was about
  std::vector<Prescription> prescriptions;
  std::vector<const Vaccine*> vaccines;
  std::vector<const Act*> acts;
  std::optional<SmokingStatement> smoking;
  int drinks_a_week = 0;
  std::string note;
};

/// A copy of a result that another provider sent: same collection time, same values.
struct LabCopy {
  std::size_t facility = 0;  ///< that received it
  std::size_t visit = 0;
  std::size_t report = 0;
};

struct Relative {
  std::string_view role_code, role;  ///< HL7 RoleCode, "father"
  std::string_view snomed, condition;
  int age = 0;  ///< at onset
  bool deceased = false;
};

struct Chart {
  std::string seed;
  Identity who;
  std::vector<Facility> facilities;
  std::vector<Visit> visits;  ///< by start
  std::vector<LabCopy> copies;
  std::vector<const Allergen*> allergies;  ///< empty: no known allergy
  std::vector<Relative> relatives;
};

}  // namespace chartroom::channel
