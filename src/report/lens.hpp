// The evidence of one order as reports read it: what is shown, in which order, with which tag.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evidence/model.hpp"
#include "evidence/terms.hpp"
#include "report/build.hpp"
#include "report/document.hpp"
#include "report/rules.hpp"

namespace chartroom::report {

/// A fact with what reports need to know about it over and over again.
struct Item {
  const evidence::Fact* fact = nullptr;
  std::size_t index = 0;                       ///< in Record::facts
  const evidence::Analyte* analyte = nullptr;  ///< null: no analyte that we know
  std::optional<double> number;  ///< in the analyte's canonical unit; empty: no trend, no mean
};

/// How many facts are not rows, and why.
struct Unshown {
  std::size_t duplicates = 0;
  std::map<std::string, std::size_t> hidden;  ///< by reason
  std::size_t conflicts = 0;                  ///< shown, and marked
  std::size_t implausible = 0;                ///< shown, and not used
};

/// Keeps references: record and context must outlive it. Immutable after construction.
class Lens {
 public:
  /// With a provider: only what came from its sources, for reports of one provider. An entry that
  /// stands for copies of other providers stands for itself alone.
  Lens(const evidence::Record& record, const OrderContext& context, std::string provider_id = {});

  [[nodiscard]] const evidence::Record& record() const { return record_; }
  [[nodiscard]] const OrderContext& context() const { return context_; }

  /// Facts of a kind that are rows of a report, newest first; undated ones last.
  [[nodiscard]] const std::vector<Item>& of(evidence::Kind kind) const;
  /// Results, vitals and social history of one analyte, newest first.
  [[nodiscard]] std::vector<Item> of_loinc(const char* loinc) const;
  [[nodiscard]] std::vector<Item> of_group(std::string_view group) const;

  /// What became of the sources that the lens looks at, and what could not be placed of them.
  [[nodiscard]] std::vector<const evidence::SourceOutcome*> outcomes() const;
  [[nodiscard]] std::vector<const evidence::Loss*> losses() const;

  [[nodiscard]] const Unshown& unshown() const { return unshown_; }
  /// True when at least one source was read: then an empty section means "none found".
  [[nodiscard]] bool anything_read() const { return anything_read_; }
  [[nodiscard]] Wording empty_text() const;

  /// True when nothing of a source may be shown: its person is not, or not surely, the applicant.
  [[nodiscard]] bool blocked(std::size_t source) const;
  /// True when the lens looks at one provider and the source is another's.
  [[nodiscard]] bool outside(std::size_t source) const;
  /// The provider that the lens looks at; empty: all.
  [[nodiscard]] const std::string& provider_id() const { return provider_id_; }

  /// "S2" for Record::sources[1].
  [[nodiscard]] static std::string source_name(std::size_t source);
  [[nodiscard]] static std::string source_anchor(std::size_t source);
  /// "[S2 Observation/123]", linked to the source index.
  [[nodiscard]] Spans tags(const std::vector<evidence::SourceRef>& sources) const;
  /// Tags of a fact with those of the facts that it stands for.
  [[nodiscard]] Spans tags(const Item& item) const { return tags(all_sources(item)); }
  [[nodiscard]] std::vector<evidence::SourceRef> all_sources(const Item& item) const;

  /// rules().measurements, with the levels of this order in place of their own.
  [[nodiscard]] const std::vector<AttentionRule>& levels() const {
    return levels_.empty() ? rules().measurements : levels_;
  }

  /// The day that "now" is for ages, windows and means: the day of the order.
  [[nodiscard]] base::TimePoint as_of() const { return context_.ordered_at; }
  [[nodiscard]] const std::string& sex() const { return record_.applicant.sex; }
  [[nodiscard]] std::optional<int> age() const;

 private:
  void take(const evidence::Fact& fact, std::size_t index);
  /// The fact that is shown in place of a duplicate; nullopt: the duplicate itself.
  [[nodiscard]] std::optional<std::size_t> shown_instead(const evidence::Fact& fact,
                                                         std::size_t index);
  [[nodiscard]] std::string short_locator(const evidence::SourceRef& ref) const;

  const evidence::Record& record_;
  const OrderContext& context_;
  std::string provider_id_;
  std::vector<bool> blocked_;  ///< by source
  /// Of duplicates whose shown fact is another provider's: the first one of ours, by that fact.
  std::map<std::size_t, std::size_t> stand_ins_;
  std::array<std::vector<Item>, evidence::kKindCount> items_;
  std::map<std::size_t, std::vector<evidence::SourceRef>> copies_;  ///< by index of the shown fact
  /// The locator that a short form stands for; empty: several, so none may be shortened to it.
  std::map<std::pair<std::size_t, std::string>, std::string> short_forms_;
  std::vector<AttentionRule> levels_;  ///< empty: those of rules()
  Unshown unshown_;
  bool anything_read_ = false;
};

/// Order of rows: newest first, undated ones last, then as the record has them.
[[nodiscard]] bool newer_first(const Item& a, const Item& b);

}  // namespace chartroom::report
