// The parts of the healthcheck report (reports.md, "healthcheck"), in the order in which an
// underwriter reads them. Each part is made by one function from the lens alone.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "report/blocks.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

// health_envelope.cpp: who was asked about, by whom, and what must be known before reading on
[[nodiscard]] Section order_section(const Lens& lens);
[[nodiscard]] Section identity_section(const Lens& lens);
[[nodiscard]] Section concerns_section(const Lens& lens);
// health_coverage.cpp
[[nodiscard]] Section coverage_section(const Lens& lens);
[[nodiscard]] Section notes_section(const Lens& lens);
/// Shown entries with a confidentiality mark of their source.
[[nodiscard]] std::size_t restricted_entries(const Lens& lens);
[[nodiscard]] Section sources_section(const Lens& lens);
// health_profile.cpp
[[nodiscard]] Section profile_section(const Lens& lens);
// health_build.cpp
[[nodiscard]] Section build_section(const Lens& lens);
// health_pressure.cpp
[[nodiscard]] Section pressure_section(const Lens& lens);
// health_labs.cpp
[[nodiscard]] Section lipids_section(const Lens& lens);
[[nodiscard]] Section diabetes_section(const Lens& lens);
[[nodiscard]] Section chemistries_section(const Lens& lens);
[[nodiscard]] Section substances_section(const Lens& lens);
[[nodiscard]] Section other_vitals_section(const Lens& lens);
// health_heart.cpp
[[nodiscard]] Section heart_section(const Lens& lens);
// health_tobacco.cpp
[[nodiscard]] Section tobacco_section(const Lens& lens);
// health_history.cpp: everything else that the record holds, one section per kind of fact
[[nodiscard]] std::vector<Section> history_sections(const Lens& lens);
/// One of them. Measurements have no section of this form: results, vitals.
[[nodiscard]] Section kind_section(const Lens& lens, evidence::Kind kind);
[[nodiscard]] Section social_section(const Lens& lens);

/// Sentences that a reader must see before anything else; also in the JSON report.
struct Warning {
  Tone tone = Tone::caution;
  std::string text;
};
[[nodiscard]] std::vector<Warning> warnings(const Lens& lens);

/// First and last clinical date of all facts that are shown; unknown when none has a date.
struct Window {
  evidence::When first;
  evidence::When last;
};
[[nodiscard]] Window window_of(const Lens& lens);

/// Tobacco status by the newest statement, and what contradicts it.
struct Tobacco {
  std::optional<evidence::Smoking> status;  ///< empty: no statement
  std::optional<Item> newest;               ///< the statement that gives it
  std::string text;                         ///< "Never smoker"
  std::vector<Item> statements;             ///< newest first
  std::vector<Item> against_never;          ///< what contradicts "never" in the last five years
};
[[nodiscard]] Tobacco tobacco_of(const Lens& lens);

/// The newest measurement with a usable number; null when there is none.
[[nodiscard]] const Item* newest_number(const std::vector<Item>& items);
const Item* newest_number(std::vector<Item>&& items) = delete;  // the answer points into `items`

/// Date of birth as ordered or as written; an address on one line.
[[nodiscard]] std::string birth_text(const evidence::Person& person);
[[nodiscard]] std::string address_text(const evidence::PostalAddress& address);

/// "Health Check Summary" as a document and as JSON.
[[nodiscard]] Document healthcheck_document(const Lens& lens);
[[nodiscard]] boost::json::object healthcheck_json(const Lens& lens);

}  // namespace chartroom::report
