// What can happen to a synthetic patient: codes, ranges and texts. Constant tables.
//
// Codes: SNOMED CT, ICD-10-CM, LOINC, RxNorm (SCD), CVX. Only codes that we are sure of are here.
#pragma once

#include <span>
#include <string_view>

namespace chartroom::channel {

enum class Sex { any, female, male };

struct Drug {
  std::string_view key;
  std::string_view rxnorm;
  std::string_view text;
  std::string_view dose;        ///< number of `dose_unit`
  std::string_view dose_unit;   ///< UCUM annotation such as "{tbl}"
  std::string_view route_ncit;  ///< NCI Thesaurus code of the route
  std::string_view route;
  int times_a_day = 1;
  std::string_view sig;
};

struct Condition {
  std::string_view key;
  std::string_view text;
  std::string_view snomed;
  std::string_view icd10;
  Sex sex = Sex::any;
  int from_age = 18;
  double at_25 = 0;              ///< share of people who have it at 25 …
  double at_75 = 0;              ///< … and at 75
  std::string_view drug;         ///< key of the first prescription
  std::string_view second_drug;  ///< added after two years, for some
  std::string_view concern;      ///< folded words by which an order may ask for it, '|' between
  std::string_view advice;       ///< plan, for the visit's note
};

/// An illness that brings a patient in once and goes away.
struct Episode {
  std::string_view key;
  std::string_view text;
  std::string_view snomed;
  std::string_view icd10;
  std::string_view reason;  ///< what the patient complains of
  std::string_view drug;    ///< empty: none
  int days = 10;            ///< of treatment and of illness
  std::string_view advice;
};

struct Test {
  std::string_view key;
  std::string_view loinc;
  std::string_view text;
  std::string_view unit;  ///< UCUM
  int decimals = 0;
  double mean = 0;
  double deviation = 0;  ///< between people
  double wobble = 0;     ///< within one person
  double drift = 0;      ///< a year
  std::string_view low;  ///< reference range; empty: none on that side
  std::string_view high;
};

struct Panel {
  std::string_view key;
  std::string_view loinc;
  std::string_view text;
  std::span<const Test> tests;
};

struct Vaccine {
  std::string_view cvx;
  std::string_view text;
  int from_age = 0;
  int every_years = 0;  ///< 0: once
  int month = 10;       ///< given at the first check-up from that age on
};

struct Act {
  std::string_view key;
  std::string_view snomed;
  std::string_view text;
  std::string_view finding;  ///< for the note
};

struct Allergen {
  std::string_view system;  ///< FHIR URI
  std::string_view code;
  std::string_view text;
  std::string_view category;  ///< "medication", "environment"
  std::string_view reaction_snomed;
  std::string_view reaction;
  std::string_view severity;  ///< "mild", "moderate", "severe"
};

[[nodiscard]] std::span<const Drug> drugs();
[[nodiscard]] std::span<const Condition> conditions();
[[nodiscard]] std::span<const Episode> episodes();
[[nodiscard]] std::span<const Panel> panels();
[[nodiscard]] std::span<const Vaccine> vaccines();
[[nodiscard]] std::span<const Allergen> allergens();
/// Null when there is none of that key.
[[nodiscard]] const Drug* find_drug(std::string_view key);
[[nodiscard]] const Panel* find_panel(std::string_view key);
[[nodiscard]] const Act& act(std::string_view key);

}  // namespace chartroom::channel
