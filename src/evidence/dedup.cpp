// Which facts say the same thing twice, and which contradict each other. Nothing is removed: a
// duplicate points at the fact that is shown, whose row then names both sources.

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.hpp"
#include "evidence/decimal.hpp"
#include "evidence/merge.hpp"
#include "evidence/terms.hpp"

namespace chartroom::evidence {
namespace {

using std::chrono::hours;

constexpr double kSameText = 0.95;
constexpr std::size_t kWordsCompared = 20'000;
// A key with more primaries than this (a monitor's pulse every second) is compared with the last
// ones only: they stand in time order, so duplicates are near.
constexpr std::size_t kCandidatesMost = 400;

enum class Relation { different, duplicate, conflict };

bool is_timed(const When& when) {
  return when.precision == Precision::minute || when.precision == Precision::second;
}

base::Date day_of(const When& when) { return base::Date::from(when.value); }

// Equal within the coarser precision of the two.
bool same_time(const When& a, const When& b) {
  if (!a.known() || !b.known()) return a.known() == b.known();
  const Precision coarser = std::min(a.precision, b.precision);
  switch (coarser) {
    case Precision::year:
      return day_of(a).year == day_of(b).year;
    case Precision::month:
      return day_of(a).year == day_of(b).year && day_of(a).month == day_of(b).month;
    case Precision::day:
      return day_of(a) == day_of(b);
    default:
      return std::chrono::abs(a.value - b.value) < std::chrono::minutes(1);
  }
}

bool same_day(const When& a, const When& b) {
  return a.known() && b.known() && day_of(a) == day_of(b);
}

bool within(const When& a, const When& b, hours most) {
  return a.known() && b.known() && std::chrono::abs(a.value - b.value) <= most;
}

std::string attribute_of(const Fact& fact, const char* name) {
  const std::string* value = fact.attribute(name);
  return value == nullptr ? std::string{} : base::fold(*value);
}

// 92.4 and 92 are one measurement, printed with different care.
bool same_value(const Value& a, const Value& b) {
  if (a.comparator != b.comparator) return false;
  const bool canonical = !a.canonical_number.empty() && !b.canonical_number.empty();
  const auto left = Decimal::parse(canonical ? a.canonical_number : a.number);
  const auto right = Decimal::parse(canonical ? b.canonical_number : b.number);
  if (left && right) {
    if (!canonical && a.unit_ucum != b.unit_ucum) return false;
    const int places = std::min(left->places(), right->places());
    return left->rounded(places) == right->rounded(places);
  }
  return base::fold(a.raw) == base::fold(b.raw) && left.has_value() == right.has_value();
}

bool share_code(const Fact& a, const Fact& b) {
  return std::any_of(a.codes.begin(), a.codes.end(), [&b](const Code& code) {
    return std::any_of(b.codes.begin(), b.codes.end(), [&code](const Code& other) {
      return code.code == other.code && code.system == other.system;
    });
  });
}

Relation compare_measurements(const Fact& a, const Fact& b) {
  if (!same_time(a.when, b.when)) return Relation::different;
  const bool same_source = a.sources.front().source == b.sources.front().source;
  const bool same_code = share_code(a, b) || (a.codes.empty() && b.codes.empty());
  if (same_source && !same_code) return Relation::different;
  if (a.value.empty() != b.value.empty()) return Relation::different;
  if (same_value(a.value, b.value)) return Relation::duplicate;
  // Two values of one day in one source are two measurements; so are two methods.
  const bool timed = is_timed(a.when) && is_timed(b.when);
  const bool contradict = same_code && a.when.known() && (timed || !same_source);
  return contradict ? Relation::conflict : Relation::different;
}

std::string medication_class(const Fact& fact) {
  return fact.category == "dispense" || fact.category == "administration" ? fact.category
                                                                          : std::string{};
}

Relation compare_medications(const Fact& a, const Fact& b) {
  if (medication_class(a) != medication_class(b)) return Relation::different;
  if (!a.when.known() && !b.when.known()) return Relation::duplicate;
  if (within(a.when, b.when, hours(72)) || same_time(a.when, b.when)) return Relation::duplicate;
  const bool periods = a.when.known() && b.when.known() && a.until.known() && b.until.known();
  const bool overlap = periods && a.when.value <= b.until.value && b.when.value <= a.until.value;
  const bool same_sig = attribute_of(a, "instructions") == attribute_of(b, "instructions") &&
                        attribute_of(a, "dose") == attribute_of(b, "dose") &&
                        attribute_of(a, "frequency") == attribute_of(b, "frequency");
  return overlap && same_sig ? Relation::duplicate : Relation::different;
}

// An entry's date of recording is no onset: it contradicts none.
Relation compare_problems(const Fact& a, const Fact& b) {
  const bool open = !a.when.known() || !b.when.known() || a.when.inferred || b.when.inferred;
  if (open && a.category == b.category) return Relation::duplicate;
  return same_time(a.when, b.when) ? Relation::duplicate : Relation::different;
}

Relation compare_encounters(const Fact& a, const Fact& b) {
  const std::string left = base::fold(a.organization);
  const std::string right = base::fold(b.organization);
  if (!left.empty() && !right.empty() && left != right) return Relation::different;
  const bool timed = is_timed(a.when) && is_timed(b.when);
  if (timed) return within(a.when, b.when, hours(1)) ? Relation::duplicate : Relation::different;
  return same_day(a.when, b.when) ? Relation::duplicate : Relation::different;
}

std::multiset<std::string> words_of(const Fact& fact) {
  std::multiset<std::string> words;
  const auto take = [&words](const std::vector<NarrativeSpan>& spans) {
    for (const NarrativeSpan& span : spans) {
      for (std::string& word : base::split(span.text, ' ')) {
        if (!word.empty() && words.size() < kWordsCompared) words.insert(std::move(word));
      }
    }
  };
  for (const NarrativeBlock& block : fact.narrative) {
    take(block.spans);
    for (const auto& row : block.rows) {
      for (const NarrativeCell& cell : row) take(cell.spans);
    }
  }
  return words;
}

// Share of words that both texts have (Dice), with their number.
double similarity(const Fact& a, const Fact& b) {
  const auto left = words_of(a);
  const auto right = words_of(b);
  if (left.empty() || right.empty()) return 0;
  std::vector<std::string> common;
  std::set_intersection(left.begin(), left.end(), right.begin(), right.end(),
                        std::back_inserter(common));
  return 2.0 * static_cast<double>(common.size()) / static_cast<double>(left.size() + right.size());
}

Relation compare_documents(const Fact& a, const Fact& b) {
  if (!same_day(a.when, b.when)) return Relation::different;
  if (!a.author.empty() && !b.author.empty() && base::fold(a.author) != base::fold(b.author)) {
    return Relation::different;
  }
  return similarity(a, b) >= kSameText ? Relation::duplicate : Relation::different;
}

Relation compare_others(const Fact& a, const Fact& b) {
  if (!same_time(a.when, b.when) || a.category != b.category) return Relation::different;
  return same_value(a.value, b.value) && base::fold(a.text) == base::fold(b.text)
             ? Relation::duplicate
             : Relation::different;
}

Relation compare(const Fact& a, const Fact& b) {
  if (a.negated != b.negated) return Relation::different;
  switch (a.kind) {
    case Kind::result:
    case Kind::vital:
      return compare_measurements(a, b);
    case Kind::social_history:
      return same_time(a.when, b.when) && same_value(a.value, b.value) ? Relation::duplicate
                                                                       : Relation::different;
    case Kind::medication:
      return compare_medications(a, b);
    case Kind::problem:
      return compare_problems(a, b);
    case Kind::procedure:
    case Kind::immunization:
      return same_day(a.when, b.when) || same_time(a.when, b.when) ? Relation::duplicate
                                                                   : Relation::different;
    case Kind::allergy:
      return Relation::duplicate;
    case Kind::encounter:
      return compare_encounters(a, b);
    case Kind::family_history:
      return attribute_of(a, "relationship") == attribute_of(b, "relationship")
                 ? Relation::duplicate
                 : Relation::different;
    case Kind::document:
      return compare_documents(a, b);
    default:
      return compare_others(a, b);
  }
}

// Under which a fact is looked for. Two facts are compared when they share one.
std::vector<std::string> keys_of(const Fact& fact, const std::vector<Source>& sources) {
  std::string prefix = std::to_string(static_cast<int>(fact.kind)) + "|";
  // Every provider keeps its own problem list: agreement and difference both tell something.
  if (fact.kind == Kind::problem) {
    prefix += sources.at(fact.sources.front().source).provider_id + "|";
  }
  if (fact.kind == Kind::encounter) {
    return {prefix + (fact.when.known() ? day_of(fact.when).iso() : std::string{})};
  }
  std::vector<std::string> keys;
  const bool measured = fact.kind == Kind::result || fact.kind == Kind::vital;
  if (measured) {
    if (const Analyte* analyte = find_analyte(fact)) {
      keys.push_back(prefix + "analyte|" + std::string(analyte->id));
      return keys;
    }
  }
  // Answer codes follow the question's code and would join different questions.
  const bool question_only =
      measured || fact.kind == Kind::social_history || fact.kind == Kind::functional_status;
  for (const Code& code : fact.codes) {
    if (code.system.empty()) continue;
    keys.push_back(prefix + code.system + "|" + code.code);
    if (question_only) break;
  }
  const std::string text = base::fold(base::trim(fact.text));
  if (!text.empty() && (!question_only || keys.empty())) keys.push_back(prefix + "text|" + text);
  return keys;
}

// By source: the organizations whose own records these are, folded.
std::vector<std::set<std::string>> owners_of(const Record& record) {
  std::vector<std::set<std::string>> owners(record.sources.size());
  const auto add = [&](std::size_t source, const std::string& name) {
    if (std::string own = base::fold(base::trim(name)); !own.empty()) {
      owners.at(source).insert(std::move(own));
    }
  };
  for (std::size_t i = 0; i < record.sources.size(); ++i) add(i, record.sources[i].provider_name);
  for (const ClinicalDocument& document : record.documents) {
    add(document.source, document.custodian);
  }
  return owners;
}

// Whether an entry was written elsewhere and only passed on by its source. Who is not named wrote
// it himself.
bool is_passed_on(const Fact& fact, const std::vector<std::set<std::string>>& owners) {
  const std::string author = base::fold(base::trim(fact.organization));
  return !author.empty() && owners.at(fact.sources.front().source).count(author) == 0;
}

// Smaller is better: whom to show.
auto rank(const Fact& fact, const std::vector<Source>& sources, bool passed_on) {
  const bool preliminary = fact.status == "preliminary" || fact.status == "registered" ||
                           fact.status == "partial" || fact.status == "unknown";
  return std::tuple(preliminary, fact.codes.empty(), passed_on, fact.when.inferred,
                    -static_cast<int>(fact.when.precision),
                    -base::to_unix_ms(sources.at(fact.sources.front().source).retrieved_at));
}

void add_sources(Fact& shown, const Fact& duplicate) {
  for (const SourceRef& ref : duplicate.sources) {
    if (std::find(shown.sources.begin(), shown.sources.end(), ref) == shown.sources.end()) {
      shown.sources.push_back(ref);
    }
  }
}

// For each source the first one that holds the same document: the same bytes, or a document of the
// same id and version. Itself when there is none before it.
std::vector<std::size_t> first_deliveries(const Record& record) {
  std::vector<std::size_t> first(record.sources.size());
  std::map<std::string, std::size_t> known;
  std::map<std::size_t, std::vector<const ClinicalDocument*>> documents;
  for (const ClinicalDocument& each : record.documents) documents[each.source].push_back(&each);
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = i;
    std::vector<std::string> names;
    if (!record.sources[i].sha256.empty()) names.push_back("bytes|" + record.sources[i].sha256);
    // An attached document is a part of its item, not the item.
    const auto of_source = documents.find(i);
    const bool whole = record.sources[i].format == SourceFormat::ccda;
    if (whole && of_source != documents.end() && of_source->second.size() == 1) {
      const ClinicalDocument& document = *of_source->second.front();
      if (!document.id.empty()) names.push_back("id|" + document.id + "|" + document.version);
    }
    for (const std::string& name : names) {
      const auto [at, is_new] = known.emplace(name, first[i]);
      if (!is_new) first[i] = std::min(first[i], at->second);
    }
  }
  return first;
}

// What a document says that was delivered before, in the same words and at the same place: fact →
// fact of the first delivery. Ids are reused by mistake, so only what is equal counts as a copy.
std::map<std::size_t, std::size_t> copies_of(const Record& record) {
  const std::vector<std::size_t> first = first_deliveries(record);
  const auto place = [](std::size_t source, const Fact& fact) {
    return std::tuple(source, fact.kind, fact.sources.front().locator, fact.text, fact.value.raw,
                      fact.when.text());
  };
  std::map<decltype(place(0, Fact{})), std::size_t> originals;
  std::map<std::size_t, std::size_t> copies;
  for (std::size_t i = 0; i < record.facts.size(); ++i) {
    const std::size_t source = record.facts[i].sources.front().source;
    if (first[source] == source) originals.emplace(place(source, record.facts[i]), i);
  }
  for (std::size_t i = 0; i < record.facts.size(); ++i) {
    const std::size_t source = record.facts[i].sources.front().source;
    if (first[source] == source || record.facts[i].hidden) continue;
    const auto original = originals.find(place(first[source], record.facts[i]));
    if (original == originals.end() || record.facts[original->second].hidden) continue;
    copies.emplace(i, original->second);
  }
  return copies;
}

class Linker {
 public:
  explicit Linker(Record& record) : record_(record) {}

  void run() {
    const std::map<std::size_t, std::size_t> copies = copies_of(record_);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < record_.facts.size(); ++i) {
      if (!record_.facts[i].hidden && copies.count(i) == 0) order.push_back(i);
    }
    const auto owners = owners_of(record_);
    std::vector<bool> passed_on;
    for (const Fact& fact : record_.facts) passed_on.push_back(is_passed_on(fact, owners));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return rank(record_.facts[a], record_.sources, passed_on[a]) <
             rank(record_.facts[b], record_.sources, passed_on[b]);
    });
    for (const std::size_t position : order) place(position);
    for (const auto& [copy, original] : copies) {
      const std::size_t shown = record_.facts[original].duplicate_of.value_or(original);
      record_.facts[copy].duplicate_of = shown;
      add_sources(record_.facts[shown], record_.facts[copy]);
    }
  }

 private:
  void place(std::size_t position) {
    Fact& fact = record_.facts[position];
    const auto keys = keys_of(fact, record_.sources);
    bool conflict = false;
    for (const std::string& key : keys) {
      const auto& candidates = shown_[key];
      const std::size_t from =
          candidates.size() > kCandidatesMost ? candidates.size() - kCandidatesMost : 0;
      for (std::size_t i = from; i < candidates.size(); ++i) {
        Fact& other = record_.facts[candidates[i]];
        const Relation relation = compare(fact, other);
        if (relation == Relation::duplicate) {
          fact.duplicate_of = candidates[i];
          add_sources(other, fact);
          return;
        }
        if (relation == Relation::conflict) conflict = other.conflict = true;
      }
    }
    fact.conflict = fact.conflict || conflict;
    for (const std::string& key : keys) shown_[key].push_back(position);
  }

  Record& record_;
  std::unordered_map<std::string, std::vector<std::size_t>> shown_;
};

}  // namespace

void link_duplicates(Record& record) { Linker(record).run(); }

}  // namespace chartroom::evidence
