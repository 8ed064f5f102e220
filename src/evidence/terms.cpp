#include "evidence/terms.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/text.hpp"
#include "evidence/decimal.hpp"

namespace chartroom::evidence {
namespace {

struct System {
  std::string_view oid;
  std::string_view uri;
  std::string_view name;
};

// The first line of a URI or of an OID is the one that is used backwards.
constexpr auto kSystems = std::to_array<System>({
    {"2.16.840.1.113883.6.1", kLoinc, "LOINC"},
    {"2.16.840.1.113883.6.96", kSnomed, "SNOMED CT"},
    {"2.16.840.1.113883.6.90", kIcd10Cm, "ICD-10-CM"},
    {"2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10", "ICD-10"},
    {"2.16.840.1.113883.6.4", "http://www.cms.gov/Medicare/Coding/ICD10", "ICD-10-PCS"},
    {"2.16.840.1.113883.6.103", kIcd9Cm, "ICD-9-CM"},
    {"2.16.840.1.113883.6.104", "http://hl7.org/fhir/sid/icd-9-cm/procedures",
     "ICD-9-CM procedures"},
    {"2.16.840.1.113883.6.88", kRxNorm, "RxNorm"},
    {"2.16.840.1.113883.6.69", kNdc, "NDC"},
    {"2.16.840.1.113883.12.292", kCvx, "CVX"},
    {"2.16.840.1.113883.6.59", kCvx, "CVX"},
    {"2.16.840.1.113883.6.12", "http://www.ama-assn.org/go/cpt", "CPT"},
    {"2.16.840.1.113883.6.285", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
     "HCPCS"},
    {"2.16.840.1.113883.6.8", kUcum, "UCUM"},
    {"2.16.840.1.113883.5.83", "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
     "ObservationInterpretation"},
    {"2.16.840.1.113883.5.1", "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender",
     "AdministrativeGender"},
    {"2.16.840.1.113883.5.4", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "ActCode"},
    {"2.16.840.1.113883.5.25", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
     "Confidentiality"},
    {"2.16.840.1.113883.5.111", "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "RoleCode"},
    {"2.16.840.1.113883.5.2", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus",
     "MaritalStatus"},
    {"2.16.840.1.113883.4.1", kSsnSystem, "SSN"},
    {"2.16.840.1.113883.4.6", "http://hl7.org/fhir/sid/us-npi", "NPI"},
    {"2.16.840.1.113883.4.9", "http://fdasis.nlm.nih.gov", "UNII"},
    {"2.16.840.1.113883.3.26.1.1", "http://ncimeta.nci.nih.gov", "NCI Thesaurus"},
    {"2.16.840.1.113883.6.101", "http://nucc.org/provider-taxonomy", "NUCC"},
    {"2.16.840.1.113883.6.238", "urn:oid:2.16.840.1.113883.6.238", "CDC Race and Ethnicity"},
});

// What senders write instead of an OID.
struct Nickname {
  std::string_view text;  ///< lower case
  std::string_view uri;
};
constexpr auto kNames = std::to_array<Nickname>({
    {"loinc", kLoinc},
    {"ln", kLoinc},
    {"snomed", kSnomed},
    {"snomed ct", kSnomed},
    {"snomed-ct", kSnomed},
    {"snomedct", kSnomed},
    {"sct", kSnomed},
    {"icd-10-cm", kIcd10Cm},
    {"icd10cm", kIcd10Cm},
    {"icd-10", kIcd10Cm},
    {"icd10", kIcd10Cm},
    {"icd-9-cm", kIcd9Cm},
    {"icd9cm", kIcd9Cm},
    {"icd-9", kIcd9Cm},
    {"rxnorm", kRxNorm},
    {"ndc", kNdc},
    {"cvx", kCvx},
    {"ucum", kUcum},
    {"cpt", "http://www.ama-assn.org/go/cpt"},
    {"cpt-4", "http://www.ama-assn.org/go/cpt"},
    {"cpt4", "http://www.ama-assn.org/go/cpt"},
});

bool is_oid(std::string_view text) {
  return text.find('.') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

struct SmokingCode {
  std::string_view code;
  SmokingMeaning meaning;
};
constexpr auto kSmokingCodes = std::to_array<SmokingCode>({
    {"449868002", {Smoking::current, "Smokes every day"}},
    {"428041000124106", {Smoking::current, "Smokes some days"}},
    {"77176002", {Smoking::current, "Smoker, how often is unknown"}},
    {"428071000124103", {Smoking::current, "Heavy smoker"}},
    {"428061000124105", {Smoking::current, "Light smoker"}},
    {"230059006", {Smoking::current, "Occasional smoker"}},
    {"65568007", {Smoking::current, "Cigarette smoker"}},
    {"59978006", {Smoking::current, "Cigar smoker"}},
    {"82302008", {Smoking::current, "Pipe smoker"}},
    {"8517006", {Smoking::former, "Former smoker"}},
    {"281018007", {Smoking::former, "Former cigarette smoker"}},
    {"266919005", {Smoking::never, "Never smoked"}},
    {"8392000", {Smoking::never, "Non-smoker"}},
    {"266927001", {Smoking::unknown, "Unknown if ever smoked"}},
});

struct SmokingWords {
  std::string_view words;  ///< lower case
  SmokingMeaning meaning;
};
// Tried in this order: "never smoker" holds "smoker".
constexpr auto kSmokingWords = std::to_array<SmokingWords>({
    {"unknown if ever", {Smoking::unknown, "Unknown if ever smoked"}},
    {"never", {Smoking::never, "Never smoked"}},
    {"non-smoker", {Smoking::never, "Non-smoker"}},
    {"nonsmoker", {Smoking::never, "Non-smoker"}},
    {"former", {Smoking::former, "Former smoker"}},
    {"ex-smoker", {Smoking::former, "Former smoker"}},
    {"quit", {Smoking::former, "Former smoker"}},
    {"every day", {Smoking::current, "Smokes every day"}},
    {"daily", {Smoking::current, "Smokes every day"}},
    {"some day", {Smoking::current, "Smokes some days"}},
    {"current", {Smoking::current, "Current smoker"}},
    {"heavy", {Smoking::current, "Heavy smoker"}},
    {"light", {Smoking::current, "Light smoker"}},
    {"smoker", {Smoking::current, "Smoker"}},
});

// Questions about smoking itself: status, history of tobacco use, cigarette use, tobacco user.
bool asks_for_smoking(const Fact& fact) {
  for (const Code& code : fact.codes) {
    if (code.system == kLoinc && (code.code == "72166-2" || code.code == "11367-0" ||
                                  code.code == "81229-7" || code.code == "39240-7")) {
      return true;
    }
    if (code.system == kSnomed && (code.code == "229819007" || code.code == "365980008" ||
                                   code.code == "230056004" || code.code == "365981007")) {
      return true;
    }
  }
  const std::string text = base::to_lower_ascii(fact.text);
  return text.find("smok") != std::string::npos;
}

}  // namespace

std::string system_uri(std::string_view text) {
  text = base::trim(text);
  std::string_view oid = text;
  if (oid.starts_with("urn:oid:")) oid.remove_prefix(8);
  if (is_oid(oid)) {
    for (const System& system : kSystems) {
      if (system.oid == oid) return std::string(system.uri);
    }
    return "urn:oid:" + std::string(oid);
  }
  const std::string lower = base::to_lower_ascii(text);
  for (const Nickname& name : kNames) {
    if (name.text == lower) return std::string(name.uri);
  }
  return std::string(text);
}

std::string system_oid(std::string_view uri) {
  for (const System& system : kSystems) {
    if (system.uri == uri) return std::string(system.oid);
  }
  return uri.starts_with("urn:oid:") ? std::string(uri.substr(8)) : std::string{};
}

std::string_view system_name(std::string_view uri) {
  for (const System& system : kSystems) {
    if (system.uri == uri) return system.name;
  }
  return {};
}

const Analyte* find_analyte_by_loinc(std::string_view loinc) {
  static const auto kIndex = [] {
    std::unordered_map<std::string_view, const Analyte*> index;
    for (const Analyte& analyte : analytes()) {
      for (const std::string_view code : analyte.loinc) {
        if (!code.empty()) index.emplace(code, &analyte);
      }
    }
    return index;
  }();
  const auto found = kIndex.find(loinc);
  return found == kIndex.end() ? nullptr : found->second;
}

const Analyte* find_analyte_by_id(std::string_view id) {
  const auto all = analytes();
  const auto found =
      std::find_if(all.begin(), all.end(), [id](const Analyte& each) { return each.id == id; });
  return found == all.end() ? nullptr : &*found;
}

const Analyte* find_analyte(const Fact& fact) {
  for (const Code& code : fact.codes) {
    if (code.system != kLoinc) continue;
    if (const Analyte* analyte = find_analyte_by_loinc(code.code)) return analyte;
  }
  return nullptr;
}

Bounds reference_range(const Analyte& analyte, std::string_view sex) {
  if (sex == "male") return analyte.male;
  if (sex == "female") return analyte.female;
  Bounds common;
  if (analyte.male.low == analyte.female.low) common.low = analyte.male.low;
  if (analyte.male.high == analyte.female.high) common.high = analyte.male.high;
  return common;
}

Attention attention_of(const Analyte& analyte, std::string_view canonical_number) {
  const auto value = Decimal::parse(canonical_number);
  Attention worst = Attention::none;
  if (!value) return worst;
  for (const AttentionLevel& level : analyte.levels) {
    const auto bound = Decimal::parse(level.value);
    if (level.attention == Attention::none || !bound) continue;
    const bool reached = level.above ? *value >= *bound : *value < *bound;
    if (reached) worst = std::max(worst, level.attention);
  }
  return worst;
}

std::optional<SmokingMeaning> smoking_meaning(std::string_view snomed_code) {
  for (const SmokingCode& each : kSmokingCodes) {
    if (each.code == snomed_code) return each.meaning;
  }
  return std::nullopt;
}

std::optional<SmokingMeaning> smoking_meaning(const Fact& fact) {
  for (const Code& code : fact.codes) {
    if (code.system != kSnomed) continue;
    if (auto meaning = smoking_meaning(code.code)) return meaning;
  }
  if (!asks_for_smoking(fact)) return std::nullopt;
  const std::string said =
      base::to_lower_ascii(fact.value.raw.empty() ? fact.text : fact.value.raw);
  for (const SmokingWords& each : kSmokingWords) {
    if (said.find(each.words) != std::string::npos) return each.meaning;
  }
  return SmokingMeaning{Smoking::unknown, "Smoking status not understood"};
}

}  // namespace chartroom::evidence
