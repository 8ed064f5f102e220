// The evidence record: what every report is made from (one per order).
//
// A fact is never deleted. Duplicates point at the fact that is shown in their place, conflicts
// stand side by side, and every fact names the raw item that it was read from.
//
// Plain data; no thread-safety of its own. Text is valid UTF-8. Numbers keep the digits of their
// source: they are text here, and decimals wherever they are computed with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace chartroom::evidence {

/// The sections of a medical record, in the order in which reports show them.
enum class Kind {
  problem,  ///< problem list item, encounter diagnosis (see Fact::category)
  medication,
  allergy,
  result,  ///< laboratory, imaging and other test results
  vital,
  procedure,
  encounter,
  immunization,
  social_history,
  family_history,
  document,  ///< clinical note or other document, text in Fact::narrative
  functional_status,
  plan_of_care,
  device,
  coverage,
  care_team,
};
inline constexpr std::size_t kKindCount = 16;

/// Section name as apidata writes it ("issues", "test_results", …; contract.md §8.4).
[[nodiscard]] const char* section_name(Kind kind);
/// Heading for people ("Problems", "Test results", …).
[[nodiscard]] const char* section_title(Kind kind);

/// One coding. `system` is a FHIR URI ("http://loinc.org"); an OID without one is "urn:oid:…".
struct Code {
  std::string system;
  std::string code;
  std::string display;
  bool inferred = false;  ///< true when we added the code, false when the source carries it

  friend bool operator==(const Code&, const Code&) = default;
};

enum class Precision { none, year, month, day, minute, second };

/// When something happened, as exactly as the source says and no more exactly.
struct When {
  base::TimePoint value{};  ///< UTC; the start of the year, month or day at those precisions
  Precision precision = Precision::none;
  bool zone_known = false;  ///< false: local to the organisation
  bool inferred = false;    ///< taken from the enclosing organizer or encounter

  [[nodiscard]] bool known() const { return precision != Precision::none; }
  /// "2016", "2016-03", "2016-03-14"; empty when unknown.
  [[nodiscard]] std::string date_text() const;
  /// As above, with " 14:05" when the time of day is known.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const When&, const When&) = default;
};

/// A result's or vital's value. `raw` is what the source wrote; the rest is set where it applies.
struct Value {
  std::string raw;         ///< "12.50", "Negative", "Never smoker"
  std::string number;      ///< decimal digits as in the source; empty for text values
  std::string comparator;  ///< "", "<", "<=", ">", ">="
  std::string unit_raw;
  std::string unit_ucum;         ///< empty: unknown unit, so no flag and no trend
  std::string canonical_number;  ///< converted for the analyte, empty when not convertible
  std::string canonical_unit;

  [[nodiscard]] bool empty() const { return raw.empty() && number.empty(); }
  friend bool operator==(const Value&, const Value&) = default;
};

struct Range {
  std::string low;
  std::string high;
  std::string text;
  [[nodiscard]] bool empty() const { return low.empty() && high.empty() && text.empty(); }
  friend bool operator==(const Range&, const Range&) = default;
};

/// Who says that a value is out of range. Flags of the lab win over ours on display.
enum class FlagOrigin { none, lab, lab_range, our_table };

struct Flag {
  std::string code;  ///< "H", "L", "HH", "LL", "A", "N"; empty: none
  FlagOrigin origin = FlagOrigin::none;
  friend bool operator==(const Flag&, const Flag&) = default;
};

/// Where a fact was read. `source` is an index into Record::sources.
struct SourceRef {
  std::size_t source = 0;
  std::string locator;  ///< "Observation/123" or an XPath-like "component[3]/entry[2]"
  friend bool operator==(const SourceRef&, const SourceRef&) = default;
};

/// Name = value pairs for what only one kind of fact has. Names are those listed at Fact.
struct Attribute {
  std::string name;
  std::string value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// Narrative of a C-CDA section or note, as blocks that any renderer can draw safely: no markup of
/// the source survives, so neither can a script.
struct NarrativeSpan {
  std::string text;
  bool bold = false;
  bool italic = false;
  bool underline = false;
  bool superscript = false;
  bool subscript = false;
  bool line_break = false;  ///< a <br/>; text is empty
};
struct NarrativeCell {
  std::vector<NarrativeSpan> spans;
  bool header = false;
  unsigned column_span = 1;
  unsigned row_span = 1;
};
struct NarrativeBlock {
  enum class Type { paragraph, heading, list_item, table, preformatted, image };
  Type type = Type::paragraph;
  unsigned level = 0;    ///< nesting of list items, from 0
  bool ordered = false;  ///< list items: numbered
  unsigned ordinal = 0;  ///< list items: the number, from 1
  std::vector<NarrativeSpan> spans;
  std::string caption;                           ///< tables, images
  std::vector<std::vector<NarrativeCell>> rows;  ///< tables
  std::string media_type;                        ///< images: "image/png", "image/jpeg"
  std::string media_bytes;                       ///< images: decoded
};

/// One clinical statement.
///
/// Attributes by kind (all optional):
///   problem        onset, abated (ISO dates), clinical_status, severity, category
///   medication     product, dose, route, frequency, instructions, start, end, refills, reason,
///   prescriber allergy        allergen, reaction, severity, criticality, type result, vital panel,
///   specimen, method, body_site, interpretation_text procedure      performer, site, outcome
///   encounter      class, type, reason, location, start, end, disposition, diagnosis
///   immunization   lot, dose_number, manufacturer
///   social_history question, value
///   family_history relationship, age_at_onset, deceased
///   document       title, media_type, author
struct Fact {
  Kind kind = Kind::problem;
  std::string category;  ///< "problem-list-item", "encounter-diagnosis", "laboratory", …
  std::vector<Code> codes;
  std::string text;  ///< what a person reads: "Essential hypertension"
  When when;         ///< clinically relevant time; onset for problems, start for meds
  When until;        ///< abatement, end of period
  Value value;
  Range range;
  Flag flag;
  std::string status;      ///< "active", "final", "completed", … in FHIR's words
  bool negated = false;    ///< "no known allergies", "does not have diabetes"
  std::string group_id;    ///< facts of one panel or organizer share it; empty: none
  std::string group_text;  ///< name of that panel: "Lipid panel"
  std::string author;
  std::string performer;
  std::string organization;
  std::string encounter_ref;  ///< locator of the encounter in the same source
  std::vector<Attribute> attributes;
  std::vector<NarrativeBlock> narrative;    ///< documents: the text itself
  std::vector<SourceRef> sources;           ///< never empty; the first is the one that is displayed
  std::string sensitivity;                  ///< confidentiality code: "", "R", "V"
  std::optional<std::size_t> duplicate_of;  ///< index into Record::facts of the fact shown instead
  bool conflict = false;                    ///< another fact has the same key and another value
  bool hidden = false;                      ///< entered in error, refuted, …: counted, not shown
  std::string hidden_reason;
  std::string implausible;  ///< reason why the value is not used; empty: plausible

  [[nodiscard]] const std::string* attribute(const char* name) const;
  void set(const char* name, std::string value);  ///< an empty value is ignored
};

/// A name as a source or an order gives it.
struct PersonName {
  std::vector<std::string> given;
  std::string family;
  std::string suffix;
  std::string use;  ///< "official", "maiden", "nickname", …
};

struct PostalAddress {
  std::vector<std::string> lines;
  std::string city;
  std::string state;
  std::string zip;
};

struct Identifier {
  std::string system;  ///< URI or "urn:oid:…"
  std::string value;
  std::string type;  ///< "MR", "SS", …
};

/// Demographics of one person as one source knows them, or as ordered. Race and ethnicity are
/// left out on purpose: they are not for underwriting reports.
struct Person {
  std::vector<PersonName> names;
  std::optional<base::Date> birth_date;
  std::string birth_date_raw;  ///< as written, when it is no full date
  std::string sex;             ///< "male", "female", "other", "unknown" or empty
  std::vector<PostalAddress> addresses;
  std::vector<std::string> phones;
  std::vector<std::string> emails;
  std::string ssn;  ///< nine digits, or the last four, or empty
  std::vector<Identifier> identifiers;
  std::string language;
  std::string marital_status;
  When deceased;  ///< known() when a date of death is given
  bool is_deceased = false;
  std::string locator;  ///< "Patient/85", "recordTarget[1]"

  /// "Jane A. Doe" of the first name; empty when there is none.
  [[nodiscard]] std::string display_name() const;
};

/// Narrative of a document's section together with its title and code, for ccdraw.
struct DocumentSection {
  std::string title;
  Code code;
  std::string locator;
  unsigned depth = 0;
  std::vector<NarrativeBlock> blocks;
  std::size_t entries = 0;  ///< coded entries in the section
  std::string sensitivity;
};

/// One C-CDA document with everything that ccdraw shows of its header and body.
struct ClinicalDocument {
  std::size_t source = 0;  ///< index into Record::sources
  std::string id;
  std::string set_id;
  std::string version;
  std::string replaces_id;  ///< id of the document that this one replaces
  bool replaced = false;
  Code type;
  std::string title;
  When effective;
  std::string author;
  std::string custodian;
  std::string encounter;
  std::vector<DocumentSection> sections;
  std::string unstructured_media_type;  ///< of a nonXMLBody
  std::string unstructured_bytes;
};

enum class SourceFormat { fhir_json, fhir_ndjson, ccda, pdf, tiff, other };

/// A retrieved item (file, Bundle, document) and the provider that it came from.
struct Source {
  std::string id;             ///< stable within the order: the id of the stored raw record
  std::string provider_id;    ///< id of the provider as the API shows it
  std::string provider_name;  ///< "Cedar Valley Family Medicine"
  std::string channel;        ///< "portal", "ehr", "offline"
  SourceFormat format = SourceFormat::other;
  std::string media_type;
  std::string sha256;  ///< of the raw bytes
  base::TimePoint retrieved_at{};
  std::string label;  ///< file name or resource reference without PHI, for coverage
};

/// Something that we could not place: kept, named and shown, never dropped silently.
struct Loss {
  std::size_t source = 0;
  std::string locator;
  std::string reason;  ///< a sentence for people, without PHI
};

/// What became of one retrieved item; a row of the coverage table.
struct SourceOutcome {
  enum class Status { read, empty, unreadable, rejected_identity, quarantined };
  std::size_t source = 0;
  Status status = Status::read;
  std::string reason;                       ///< for people, without PHI; empty when read
  std::vector<std::string> matched_fields;  ///< identity panel: "date of birth", "family name", …
  int identity_score = 0;
  Person person;  ///< as this source knows the person
};

/// Everything that is known for one order.
struct Record {
  Person applicant;  ///< as ordered
  std::vector<Source> sources;
  std::vector<SourceOutcome> outcomes;  ///< one per source
  std::vector<Fact> facts;
  std::vector<ClinicalDocument> documents;
  std::vector<Loss> losses;
};

}  // namespace chartroom::evidence
