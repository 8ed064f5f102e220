#include "report/lens.hpp"

#include <algorithm>
#include <cassert>

#include "report/blocks.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

using evidence::Fact;
using evidence::SourceRef;

constexpr std::size_t kLongestId = 20;    // characters of an id that a tag shows in full
constexpr std::size_t kShortIdStart = 8;  // characters that stand for a longer one
constexpr std::size_t kMostTags = 2;      // per row; the JSON report has all of them

/// "Observation/0b1c2d3e-…" → "Observation/0b1c2d3e…"; XPath-like locators keep their end.
/// "component[7]/section/entry[25]/organizer/component[1]/observation" as "§7.25.1": the positions
/// alone find the entry, and a table has no room for the rest.
std::string path_numbers(const std::string& path) {
  std::string numbers;
  std::size_t open = 0;
  while ((open = path.find('[', open)) != std::string::npos) {
    const std::size_t close = path.find(']', open);
    if (close == std::string::npos) break;
    numbers += (numbers.empty() ? "§" : ".") + path.substr(open + 1, close - open - 1);
    open = close;
  }
  return numbers;
}

std::string abbreviated(const std::string& locator) {
  const std::size_t slash = locator.rfind('/');
  const bool is_path = locator.find('[') != std::string::npos;
  if (is_path) return path_numbers(locator);
  const std::size_t id_at = slash == std::string::npos ? 0 : slash + 1;
  if (locator.size() - id_at <= kLongestId) return locator;
  return shorten(locator, id_at + kShortIdStart);
}

std::optional<double> usable_number(const Fact& fact, const evidence::Analyte* analyte) {
  if (!fact.implausible.empty() || fact.value.number.empty()) return std::nullopt;
  if (!fact.value.canonical_number.empty()) return parse_number(fact.value.canonical_number);
  // Scores and ratios have no unit; any other value without a known one is not comparable.
  const bool unitless = analyte != nullptr && (analyte->unit.empty() || analyte->unit == "1");
  if (fact.value.unit_ucum.empty() && !unitless) return std::nullopt;
  if (analyte != nullptr && !unitless && fact.value.unit_ucum != analyte->unit) return std::nullopt;
  return parse_number(fact.value.number);
}

}  // namespace

bool newer_first(const Item& a, const Item& b) {
  const evidence::When& x = a.fact->when;
  const evidence::When& y = b.fact->when;
  if (x.known() != y.known()) return x.known();
  if (x.known() && x.value != y.value) return x.value > y.value;
  return a.index < b.index;
}

namespace {

std::vector<AttentionRule> levels_with(const std::map<std::string, std::string>& own) {
  std::vector<AttentionRule> levels;
  if (own.empty()) return levels;
  levels = rules().measurements;
  for (AttentionRule& rule : levels) {
    const auto set = own.find(rule.id);
    if (set == own.end()) continue;
    rule.text += " (level of this order type: " + set->second + ")";
    rule.source = "set by the order type in place of " + rule.value + ", " + rule.source;
    rule.value = set->second;
  }
  return levels;
}

}  // namespace

Lens::Lens(const evidence::Record& record, const OrderContext& context, std::string provider_id)
    : record_(record),
      context_(context),
      provider_id_(std::move(provider_id)),
      levels_(levels_with(context.levels)) {
  blocked_.resize(record.sources.size(), false);
  for (const evidence::SourceOutcome& outcome : record.outcomes) {
    using Status = evidence::SourceOutcome::Status;
    if (outside(outcome.source)) continue;
    if (outcome.status == Status::read || outcome.status == Status::empty) anything_read_ = true;
    // Whoever built the record should have left these out; this is the last door before paper.
    if (outcome.source < blocked_.size() &&
        (outcome.status == Status::rejected_identity || outcome.status == Status::quarantined)) {
      blocked_[outcome.source] = true;
    }
  }
  for (std::size_t i = 0; i < record.facts.size(); ++i) take(record.facts[i], i);
  for (auto& items : items_) std::sort(items.begin(), items.end(), newer_first);
}

void Lens::take(const Fact& fact, std::size_t index) {
  assert(!fact.sources.empty());
  if (outside(fact.sources.front().source)) return;
  if (blocked(fact.sources.front().source)) {
    ++unshown_.hidden["identity of the record not confirmed"];
    return;
  }
  anything_read_ = true;
  if (fact.hidden) {
    ++unshown_.hidden[fact.hidden_reason.empty() ? "withdrawn by the source" : fact.hidden_reason];
    return;
  }
  if (const auto shown = shown_instead(fact, index)) {
    ++unshown_.duplicates;
    auto& copies = copies_[*shown];
    copies.insert(copies.end(), fact.sources.begin(), fact.sources.end());
    return;
  }
  if (fact.conflict) ++unshown_.conflicts;
  if (!fact.implausible.empty()) ++unshown_.implausible;
  Item item{&fact, index, evidence::find_analyte(fact), std::nullopt};
  item.number = usable_number(fact, item.analyte);
  items_.at(static_cast<std::size_t>(fact.kind)).push_back(item);
  for (const SourceRef& ref : fact.sources) {
    const auto [form, is_new] =
        short_forms_.emplace(std::pair{ref.source, abbreviated(ref.locator)}, ref.locator);
    if (!is_new && form->second != ref.locator) form->second.clear();
  }
}

std::vector<const evidence::SourceOutcome*> Lens::outcomes() const {
  std::vector<const evidence::SourceOutcome*> found;
  for (const evidence::SourceOutcome& outcome : record_.outcomes) {
    if (!outside(outcome.source)) found.push_back(&outcome);
  }
  return found;
}

std::vector<const evidence::Loss*> Lens::losses() const {
  std::vector<const evidence::Loss*> found;
  for (const evidence::Loss& loss : record_.losses) {
    if (!outside(loss.source) && !blocked(loss.source)) found.push_back(&loss);
  }
  return found;
}

std::optional<std::size_t> Lens::shown_instead(const Fact& fact, std::size_t index) {
  if (!fact.duplicate_of || *fact.duplicate_of >= record_.facts.size()) return std::nullopt;
  const Fact& shown = record_.facts[*fact.duplicate_of];
  const std::size_t source = shown.sources.front().source;
  if (!blocked(source) && !outside(source)) return fact.duplicate_of;
  const auto [stand_in, is_first] = stand_ins_.emplace(*fact.duplicate_of, index);
  return is_first ? std::nullopt : std::optional(stand_in->second);
}

bool Lens::outside(std::size_t source) const {
  if (provider_id_.empty()) return false;
  return source >= record_.sources.size() || record_.sources[source].provider_id != provider_id_;
}

bool Lens::blocked(std::size_t source) const {
  return source < blocked_.size() && blocked_[source];
}

const std::vector<Item>& Lens::of(evidence::Kind kind) const {
  return items_.at(static_cast<std::size_t>(kind));
}

namespace {

template <typename Wanted>
std::vector<Item> measured(const Lens& lens, Wanted wanted) {
  std::vector<Item> found;
  for (const auto kind : {evidence::Kind::result, evidence::Kind::vital,
                          evidence::Kind::social_history, evidence::Kind::functional_status}) {
    for (const Item& item : lens.of(kind)) {
      if (item.analyte != nullptr && wanted(*item.analyte)) found.push_back(item);
    }
  }
  std::sort(found.begin(), found.end(), newer_first);
  return found;
}

}  // namespace

std::vector<Item> Lens::of_loinc(const char* loinc) const {
  const evidence::Analyte* wanted = evidence::find_analyte_by_loinc(loinc);
  if (wanted == nullptr) return {};
  return measured(*this, [&](const evidence::Analyte& analyte) { return &analyte == wanted; });
}

std::vector<Item> Lens::of_group(std::string_view group) const {
  return measured(*this, [&](const evidence::Analyte& analyte) { return analyte.group == group; });
}

Wording Lens::empty_text() const {
  if (anything_read_) return "None found in the sources.";
  return "Not retrieved.";
}

std::string Lens::source_name(std::size_t source) { return "S" + std::to_string(source + 1); }

std::string Lens::source_anchor(std::size_t source) { return "source-" + source_name(source); }

std::string Lens::short_locator(const SourceRef& ref) const {
  std::string shorter = abbreviated(ref.locator);
  const auto form = short_forms_.find({ref.source, shorter});
  // Two entries that would read the same are written out.
  const bool ambiguous = form != short_forms_.end() && form->second.empty();
  return ambiguous ? ref.locator : shorter;
}

Spans Lens::tags(const std::vector<SourceRef>& sources) const {
  Spans spans;
  const std::size_t shown = std::min(sources.size(), kMostTags);
  for (std::size_t i = 0; i < shown; ++i) {
    Span tag;
    tag.text = "[" + source_name(sources[i].source);
    if (!sources[i].locator.empty()) {
      const std::string place = short_locator(sources[i]);
      // "S2 §7.25" is one word; long ids may go to the next line.
      tag.text += (place.starts_with("§") ? "\u00a0" : " ") + place;
    }
    tag.text += "]";
    tag.target = source_anchor(sources[i].source);
    if (!sources[i].locator.empty()) {
      tag.raw = source_name(sources[i].source) + " " + sources[i].locator;
    }
    if (i > 0) spans.push_back(plain(" "));
    spans.push_back(std::move(tag));
  }
  if (sources.size() > shown) {
    spans.push_back(muted(" +" + std::to_string(sources.size() - shown) + " more"));
  }
  return spans;
}

std::vector<SourceRef> Lens::all_sources(const Item& item) const {
  std::vector<SourceRef> all = item.fact->sources;
  const auto copies = copies_.find(item.index);
  std::vector<SourceRef> others;
  if (copies != copies_.end()) others = copies->second;
  std::sort(others.begin(), others.end(), [](const SourceRef& a, const SourceRef& b) {
    return a.source != b.source ? a.source < b.source : a.locator < b.locator;
  });
  for (const SourceRef& ref : others) {
    if (std::find(all.begin(), all.end(), ref) == all.end()) all.push_back(ref);
  }
  std::erase_if(
      all, [this](const SourceRef& ref) { return blocked(ref.source) || outside(ref.source); });
  return all;
}

std::optional<int> Lens::age() const {
  if (!record_.applicant.birth_date) return std::nullopt;
  return base::age_in_years(*record_.applicant.birth_date, base::Date::from(as_of()));
}

}  // namespace chartroom::report
