// What codes mean: code systems, the analytes we know, smoking status.
//
// Constant tables without state, so all functions may be called from any thread. Thresholds are
// defaults for adults with which a reader's eye is guided; none of them is an underwriting
// decision, and a flag of the laboratory always wins over them.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "evidence/model.hpp"

namespace chartroom::evidence {

inline constexpr std::string_view kLoinc = "http://loinc.org";
inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kIcd10Cm = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr std::string_view kIcd9Cm = "http://hl7.org/fhir/sid/icd-9-cm";
inline constexpr std::string_view kRxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view kNdc = "http://hl7.org/fhir/sid/ndc";
inline constexpr std::string_view kCvx = "http://hl7.org/fhir/sid/cvx";
inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";
inline constexpr std::string_view kSsnSystem = "http://hl7.org/fhir/sid/us-ssn";

/// Version of the tables below; reports print it.
inline constexpr std::string_view kTermsVersion = "2026.1";

/// "2.16.840.1.113883.6.1" (with or without "urn:oid:") → "http://loinc.org". An OID that we do
/// not know becomes "urn:oid:…"; words such as "SNOMED" or "LOINC" become their URI; anything else
/// comes back as it is.
[[nodiscard]] std::string system_uri(std::string_view oid_or_uri);
/// The other way, for apidata: "http://loinc.org" → "2.16.840.1.113883.6.1"; empty when unknown.
[[nodiscard]] std::string system_oid(std::string_view uri);
/// "LOINC", "SNOMED CT", "ICD-10-CM", …; empty when unknown.
[[nodiscard]] std::string_view system_name(std::string_view uri);

/// Never are values of two specimen classes put on one line: sugar in urine is not sugar in blood.
enum class Specimen { none, blood, urine, breath };

/// How much a value deserves the reader's eye.
enum class Attention { none, note, amber, red };

/// From `value` on upwards (`above`), or below it; decimal digits in the analyte's unit.
struct AttentionLevel {
  std::string_view value;
  bool above = true;
  Attention attention = Attention::none;
};

/// Bounds of what is usual; empty: no bound on that side.
struct Bounds {
  std::string_view low;
  std::string_view high;
};

/// canonical = value × multiply ÷ divide + add, in exact decimals.
struct UnitConversion {
  std::string_view from;  ///< UCUM
  std::string_view multiply = "1";
  std::string_view divide = "1";
  std::string_view add = "0";
};

/// One measurable quantity in one class of specimen.
///
/// Groups (Analyte::group), in the order in which reports show them: build, bp, vital, lipids,
/// diabetes, kidney, liver, electrolytes, protein, thyroid, cbc, cardiac, tumor, inflammation,
/// infection, vitamins, lung, tobacco, alcohol, score, urine.
struct Analyte {
  std::string_view id;     ///< "hba1c"
  std::string_view name;   ///< "Hemoglobin A1c"
  std::string_view group;  ///< "diabetes"
  Specimen specimen = Specimen::none;
  std::string_view unit;  ///< canonical UCUM unit; empty for texts
  int decimals = 0;       ///< of a converted value; values in the canonical unit stay as written
  std::array<std::string_view, 12> loinc{};  ///< unused places are empty
  Bounds male{};                             ///< default reference range, adults
  Bounds female{};
  std::array<AttentionLevel, 6> levels{};       ///< unused places have Attention::none
  std::array<UnitConversion, 3> conversions{};  ///< beyond those of units.hpp
  Bounds plausible{};  ///< outside of it a value is kept, shown as implausible and not used
};

/// All of them, ordered by group and then as reports list them.
[[nodiscard]] std::span<const Analyte> analytes();
/// By LOINC code of the fact (any of its codes; other code systems are not looked at). Null when
/// we do not know the code. Valid for results, vitals and social history.
[[nodiscard]] const Analyte* find_analyte(const Fact& fact);
[[nodiscard]] const Analyte* find_analyte_by_loinc(std::string_view loinc);
[[nodiscard]] const Analyte* find_analyte_by_id(std::string_view id);

/// Reference range of our table for a person of `sex` ("male", "female"); with another sex, only
/// bounds that are the same for both.
[[nodiscard]] Bounds reference_range(const Analyte& analyte, std::string_view sex);

/// The most severe level that `canonical_number` reaches; none for values without number.
[[nodiscard]] Attention attention_of(const Analyte& analyte, std::string_view canonical_number);

/// What a smoking-status or tobacco-use statement says.
enum class Smoking { current, former, never, unknown };
struct SmokingMeaning {
  Smoking status = Smoking::unknown;
  std::string_view text;  ///< "Smokes every day"
};
/// By SNOMED CT code (449868002, 266919005, …) as used with LOINC 72166-2.
[[nodiscard]] std::optional<SmokingMeaning> smoking_meaning(std::string_view snomed_code);
/// Of a social-history fact: its codes first (answer codes are in Fact::codes after the
/// question's), then words such as "never smoker". Nullopt when the fact does not speak of tobacco
/// smoking.
[[nodiscard]] std::optional<SmokingMeaning> smoking_meaning(const Fact& fact);

}  // namespace chartroom::evidence
