// Entry of the FHIR reader: which resource belongs to which patient, and who reads it.

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "evidence/fhir/context.hpp"

namespace chartroom::evidence {
namespace fhir {
namespace {

using base::ErrorCode;

struct TypeReader {
  std::string_view type;
  void (*read)(const Context&);
};

constexpr std::array<TypeReader, 22> kReaders{{
    {"AllergyIntolerance", read_allergy},
    {"CarePlan", read_care_plan},
    {"CareTeam", read_care_team},
    {"Condition", read_condition},
    {"Coverage", read_coverage},
    {"Device", read_device},
    {"DiagnosticReport", read_diagnostic_report},
    {"DocumentReference", read_document_reference},
    {"Encounter", read_encounter},
    {"FamilyMemberHistory", read_family_history},
    {"Goal", read_goal},
    {"ImagingStudy", read_imaging_study},
    {"Immunization", read_immunization},
    {"Media", read_media},
    {"MedicationAdministration", read_medication_administration},
    {"MedicationDispense", read_medication_dispense},
    {"MedicationRequest", read_medication_request},
    {"MedicationStatement", read_medication_statement},
    {"Observation", read_observation},
    {"Procedure", read_procedure},
    {"QuestionnaireResponse", read_questionnaire_response},
    {"ServiceRequest", read_service_request},
}};

// Resources that say nothing by themselves and are looked at where others refer to them.
constexpr std::array<std::string_view, 14> kReferencedOnly{
    "Binary",       "Endpoint",         "Group",    "Location",     "Medication",
    "Organization", "OperationOutcome", "Patient",  "Practitioner", "PractitionerRole",
    "Provenance",   "RelatedPerson",    "Specimen", "Substance"};

constexpr std::array<std::string_view, 4> kBilling{"Account", "Claim", "ClaimResponse",
                                                   "ExplanationOfBenefit"};

template <typename List>
bool contains(const List& list, std::string_view type) {
  return std::find(list.begin(), list.end(), type) != list.end();
}

const TypeReader* reader_of(std::string_view type) {
  const auto found = std::find_if(kReaders.begin(), kReaders.end(),
                                  [type](const TypeReader& each) { return each.type == type; });
  return found == kReaders.end() ? nullptr : found;
}

void add_resources(const Json& json, std::string_view full_url, bool own, Index& index) {
  if (json["resourceType"].string() != "Bundle") {
    if (!json["resourceType"].string().empty()) index.add(json, full_url, own);
    return;
  }
  for (const Json& entry : json["entry"]) {
    if (entry["search"]["mode"].string() == "outcome") continue;
    add_resources(entry["resource"], entry["fullUrl"].string(), own, index);
  }
}

// All JSON texts of one call, kept as long as their trees are used.
struct Input {
  std::vector<JsonDocument> documents;
  std::size_t nodes_left = kJsonNodesMost;
  std::vector<std::string> bad_lines;  ///< "line 7"
};

base::Result<void> load_lines(std::string_view bytes, Input& input) {
  std::size_t line_number = 0;
  std::size_t start = 0;
  const std::size_t before = input.documents.size();
  while (start < bytes.size()) {
    const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
    const std::string_view line = base::trim(bytes.substr(start, end - start));
    start = end + 1;
    ++line_number;
    if (line.empty()) continue;
    auto document = JsonDocument::parse(line, input.nodes_left);
    if (document) {
      input.documents.push_back(std::move(*document));
    } else if (document.error().code == ErrorCode::too_large) {
      return base::pass_on(std::move(document.error()));
    } else {
      input.bad_lines.push_back("line " + std::to_string(line_number));
    }
  }
  if (input.documents.size() == before) {
    return base::fail(ErrorCode::corrupt, "The item is no well-formed JSON.");
  }
  return {};
}

base::Result<void> load(std::string_view bytes, Input& input) {
  if (bytes.size() > base::limits::kDocumentBytes) {
    return base::fail(ErrorCode::too_large, "The item is larger than a document may be.");
  }
  if (detect(bytes) == Detected::fhir_ndjson) return load_lines(bytes, input);
  auto document = JsonDocument::parse(bytes, input.nodes_left);
  if (!document) return base::pass_on(std::move(document.error()));
  input.documents.push_back(std::move(*document));
  return {};
}

class Reader {
 public:
  explicit Reader(const Index& index) : index_(index) {}

  std::vector<Reading> read(const std::vector<std::string>& bad_lines) {
    collect_patients();
    collect_groups();
    for (const Resource& resource : index_.resources()) {
      if (resource.own) place(resource);
    }
    for (const std::string& line : bad_lines) lose(line, "it is no well-formed JSON");
    report_unread();
    std::vector<Reading> readings;
    readings.reserve(order_.size());
    for (const Json* patient : order_) readings.push_back(std::move(readings_.at(patient)));
    if (!readings.empty()) {
      Reading& first = readings.front();
      std::move(losses_.begin(), losses_.end(), std::back_inserter(first.losses));
    }
    for (Reading& reading : readings) complete_from_encounters(reading);
    return readings;
  }

 private:
  // The Patient that a resource is about; null when there is none here.
  const Json* patient_of(const Json& resource) const {
    const Json& subject = subject_of(resource);
    if (!subject.exists()) return nullptr;
    const Json* found = index_.resolve(subject, resource);
    if (found == nullptr || (*found)["resourceType"].string() != "Patient") return nullptr;
    // A contained Patient has no identity beyond its resource, so nothing can be matched with it.
    return index_.find(*found) == nullptr ? nullptr : canonical(*found);
  }

  // One Patient may be sent several times (pages of a search); all copies are the same person.
  const Json* canonical(const Json& patient) const {
    const Resource* resource = index_.find(patient);
    const Json* same =
        resource->full_url.empty() ? nullptr : index_.resolve(resource->full_url, patient);
    if (same == nullptr && !resource->id.empty()) {
      same = index_.resolve("Patient/" + resource->id, patient);
    }
    return same == nullptr ? &patient : same;
  }

  Reading& reading_of(const Json* patient) {
    const auto found = readings_.find(patient);
    if (found != readings_.end()) return found->second;
    order_.push_back(patient);
    Reading& reading = readings_[patient];
    reading.person = read_patient(*patient, index_.find(*patient)->locator());
    return reading;
  }

  void collect_patients() {
    std::set<std::string> others;
    for (const Resource& resource : index_.resources()) {
      if (!resource.own) continue;
      if (resource.type == "Patient") {
        reading_of(canonical(*resource.json));
      } else if (reader_of(resource.type) != nullptr) {
        const Json& subject = subject_of(*resource.json);
        const Json* patient = patient_of(*resource.json);
        if (patient != nullptr) {
          reading_of(patient);
        } else if (subject.exists()) {
          others.insert(subject["reference"].text());
        }
      }
    }
    several_people_ = order_.size() + others.size() > 1;
  }

  void collect_groups() {
    for (const char* type : {"DiagnosticReport", "Observation"}) {
      const char* list = type[0] == 'D' ? "result" : "hasMember";
      for (const Resource& resource : index_.resources()) {
        if (resource.type != type) continue;
        for (const Json& reference : (*resource.json)[list]) {
          const Json* member = index_.resolve(reference, *resource.json);
          if (member == nullptr || patient_of(*member) != patient_of(*resource.json)) continue;
          groups_.try_emplace(member,
                              Group{resource.locator(), concept_text((*resource.json)["code"])});
        }
      }
    }
  }

  void place(const Resource& resource) {
    if (contains(kReferencedOnly, resource.type)) return;
    const TypeReader* reader = reader_of(resource.type);
    const Json& subject = subject_of(*resource.json);
    const Json* patient = patient_of(*resource.json);
    if (patient == nullptr && !subject.exists() && !several_people_ && order_.size() == 1) {
      patient = order_.front();
    }
    if (reader == nullptr) {
      ++unread_[resource.type];
      return;
    }
    if (patient == nullptr) {
      lose(resource.locator(), subject.exists() ? "its subject is no patient of this item"
                                                : "it names no subject, so it may be anybody's");
      return;
    }
    reader->read(
        Context{index_, groups_, readings_.at(patient), *resource.json, resource.locator()});
  }

  void lose(std::string locator, std::string reason) {
    losses_.push_back({0, std::move(locator), std::move(reason)});
  }

  void report_unread() {
    for (const auto& [type, count] : unread_) {
      const std::string number = std::to_string(count) + (count == 1 ? " resource" : " resources");
      // A type's name comes from the sender: anything that is no name is not repeated.
      const bool plain = type.size() <= 40 && std::all_of(type.begin(), type.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                         });
      lose(plain ? type : "resource",
           contains(kBilling, type) ? number + " of billing data, which is no clinical evidence"
                                    : number + " of a type that reports do not show");
    }
  }

  // What a resource leaves out, its encounter may say (reports: marked as inferred).
  static void complete_from_encounters(Reading& reading) {
    std::map<std::string, std::size_t> encounters;
    for (std::size_t i = 0; i < reading.facts.size(); ++i) {
      const Fact& fact = reading.facts[i];
      if (fact.kind == Kind::encounter) encounters.emplace(fact.sources.front().locator, i);
    }
    for (Fact& fact : reading.facts) {
      const auto found = encounters.find(fact.encounter_ref);
      if (fact.encounter_ref.empty() || found == encounters.end()) continue;
      const Fact& encounter = reading.facts[found->second];
      if (!fact.when.known() && encounter.when.known()) {
        fact.when = encounter.when;
        fact.when.inferred = true;
      }
      if (fact.organization.empty()) fact.organization = encounter.organization;
    }
  }

  const Index& index_;
  Groups groups_;
  std::map<const Json*, Reading> readings_;
  std::vector<const Json*> order_;  ///< patients in the order of the item
  std::vector<Loss> losses_;
  std::map<std::string, std::size_t> unread_;
  bool several_people_ = false;
};

}  // namespace
}  // namespace fhir

base::Result<std::vector<Reading>> read_fhir(std::string_view bytes,
                                             const std::vector<std::string_view>& supporting) {
  fhir::Input input;
  if (auto loaded = fhir::load(bytes, input); !loaded) {
    return base::pass_on(std::move(loaded.error()));
  }
  fhir::Index index;
  const std::size_t own_documents = input.documents.size();
  for (const fhir::JsonDocument& document : input.documents) {
    fhir::add_resources(document.root(), {}, true, index);
  }
  if (index.resources().empty() && input.documents.size() == 1 &&
      input.documents.front().root()["resourceType"].string() != "Bundle") {
    return base::fail(base::ErrorCode::corrupt, "The JSON holds no FHIR resource.");
  }
  const std::vector<std::string> bad_lines = std::move(input.bad_lines);
  // A supporting file that cannot be read leaves references open; it does not cost this item.
  for (const std::string_view file : supporting) {
    fhir::Input other;
    if (!fhir::load(file, other)) continue;
    std::move(other.documents.begin(), other.documents.end(), std::back_inserter(input.documents));
  }
  for (std::size_t i = own_documents; i < input.documents.size(); ++i) {
    fhir::add_resources(input.documents[i].root(), {}, false, index);
  }
  return fhir::Reader(index).read(bad_lines);
}

}  // namespace chartroom::evidence
