// Everything that deserves the reader's eye, by the rules of rules/attention.json.
#include <algorithm>
#include <cmath>

#include "report/concern_findings.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/highlights.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

using evidence::Kind;

constexpr std::size_t kReadings = 3;   // of a mean
constexpr double kMeanSystolic = 140;  // mmHg
constexpr double kMeanDiastolic = 90;  // mmHg
constexpr double kEgfrFall = 5;        // mL/min/1.73 m² a year
constexpr double kDaysOfYear = 365.25;
constexpr double kLeastYears = 1;  // between two eGFRs that say something of a course

Signal signal_of(const char* rule, std::string text, std::vector<Item> evidence) {
  const AttentionRule& found = rules().course(rule);
  Signal signal{found.level, found.id, std::move(text), found.source, {}, std::move(evidence)};
  if (!signal.evidence.empty()) signal.when = signal.evidence.front().fact->when;
  return signal;
}

/// The newest value of each analyte, when it reaches a level.
void add_measurements(const Lens& lens, std::vector<Signal>& signals) {
  for (const evidence::Analyte& analyte : evidence::analytes()) {
    if (analyte.loinc.front().empty()) continue;
    const std::vector<Item> items = lens.of_loinc(std::string(analyte.loinc.front()).c_str());
    const Item* newest = newest_number(items);
    if (newest == nullptr) continue;
    const AttentionRule* rule = rule_reached(lens, *newest);
    if (rule == nullptr) continue;
    signals.push_back({rule->level,
                       rule->id,
                       rule->text + ": " + value_line(*newest),
                       rule->source,
                       newest->fact->when,
                       {*newest}});
  }
}

/// Mean of the newest `kReadings` numbers; nullopt when there are fewer.
std::optional<double> newest_mean(const std::vector<Item>& items, std::vector<Item>& used) {
  double sum = 0;
  std::size_t count = 0;
  for (const Item& item : items) {
    if (!item.number || !item.fact->when.known() || count == kReadings) continue;
    sum += *item.number;
    used.push_back(item);
    ++count;
  }
  return count == kReadings ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

void add_pressure(const Lens& lens, std::vector<Signal>& signals) {
  std::vector<Item> used;
  const auto systolic = newest_mean(lens.of_loinc("8480-6"), used);
  const auto diastolic = newest_mean(lens.of_loinc("8462-4"), used);
  if (!systolic || !diastolic || (*systolic < kMeanSystolic && *diastolic < kMeanDiastolic)) return;
  std::sort(used.begin(), used.end(), newer_first);
  signals.push_back(signal_of("bp-mean-140",
                              rules().course("bp-mean-140").text + ": " +
                                  format_fixed(*systolic, 0) + "/" + format_fixed(*diastolic, 0) +
                                  " mmHg",
                              std::move(used)));
}

void add_weight(const Lens& lens, std::vector<Signal>& signals) {
  const auto loss = weight_loss_of(lens);
  if (!loss) return;
  signals.push_back(signal_of("weight-loss-5",
                              "Weight loss of " + format_fixed(loss->percent, 1) + " % since " +
                                  loss->from.fact->when.date_text() + ", " +
                                  (loss->explained.empty() ? "unexplained" : loss->explained),
                              {loss->to, loss->from}));
}

void add_kidney(const Lens& lens, std::vector<Signal>& signals) {
  const evidence::Analyte* egfr = evidence::find_analyte_by_id("egfr");
  if (egfr == nullptr) return;
  std::vector<Item> items = lens.of_loinc(std::string(egfr->loinc.front()).c_str());
  std::erase_if(items, [](const Item& item) { return !item.number || !item.fact->when.known(); });
  if (items.size() < 2) return;
  const Item& newest = items.front();
  // The oldest one of the five years before: a course, not a single bad day.
  const base::TimePoint from = months_before(newest.fact->when.value, 60);
  const Item* oldest = nullptr;
  for (const Item& item : items) {
    if (item.fact->when.value >= from) oldest = &item;
  }
  const double days = std::chrono::duration<double, std::ratio<86400>>(newest.fact->when.value -
                                                                       oldest->fact->when.value)
                          .count();
  if (days < kLeastYears * kDaysOfYear) return;
  const double yearly = (*oldest->number - *newest.number) / (days / kDaysOfYear);
  if (yearly <= kEgfrFall) return;
  signals.push_back(signal_of("egfr-fall-5",
                              "eGFR fell by " + format_fixed(yearly, 1) +
                                  " mL/min/1.73 m² a year, from " + value_line(*oldest) + " on " +
                                  oldest->fact->when.date_text(),
                              {newest, *oldest}));
}

bool is_high(const Item& item, const std::string& sex) {
  if (item.fact->flag.code == "H" || item.fact->flag.code == "HH") return true;
  if (!item.fact->flag.code.empty() || item.analyte == nullptr || !item.number) return false;
  const auto high = parse_number(evidence::reference_range(*item.analyte, sex).high);
  return high && *item.number > *high;
}

/// Bilirubin that is high by itself: the other liver tests of the same draw are not.
void add_bilirubin(const Lens& lens, std::vector<Signal>& signals) {
  const std::vector<Item> bilirubins = lens.of_loinc("1975-2");
  const Item* newest = newest_number(bilirubins);
  if (newest == nullptr || !is_high(*newest, lens.sex())) return;
  std::vector<Item> evidence{*newest};
  for (const char* loinc : {"1742-6", "1920-8", "2324-2"}) {
    for (const Item& other : lens.of_loinc(loinc)) {
      if (!other.number || other.fact->when.date_text() != newest->fact->when.date_text()) continue;
      if (is_high(other, lens.sex())) return;
      evidence.push_back(other);
      break;
    }
  }
  if (evidence.size() < 3) return;  // isolated means that the others were looked at
  signals.push_back(signal_of(
      "bilirubin-isolated", rules().course("bilirubin-isolated").text + ": " + value_line(*newest),
      std::move(evidence)));
}

void add_courses(const Lens& lens, std::vector<Signal>& signals) {
  if (const Tobacco tobacco = tobacco_of(lens); !tobacco.against_never.empty()) {
    signals.push_back(signal_of("tobacco-contradiction",
                                "Tobacco: newest status \"" + tobacco.text +
                                    "\", contradicted by " +
                                    count_text(tobacco.against_never.size(), "entry", "entries"),
                                tobacco.against_never));
  }
  for (Implied& implied : implied_conditions(lens)) {
    std::string text =
        implied.medicines.front().fact->text + ", and no entry on " + implied.group->name;
    signals.push_back(signal_of("medicine-implies", std::move(text), std::move(implied.medicines)));
  }
  const auto add = [&](const char* rule, std::vector<Item> items, const char* what,
                       const char* plural = "") {
    if (items.empty()) return;
    std::string text = count_text(items.size(), what, plural) +
                       ", newest: " + items.front().fact->text + " (" +
                       date_or_undated(items.front().fact->when) + ")";
    signals.push_back(signal_of(rule, std::move(text), std::move(items)));
  };
  add("hospital-5y", hospital_visits(lens), "hospital stay or emergency visit in five years",
      "hospital stays or emergency visits in five years");
  add("family-60", early_family(lens), "first-degree relative affected before 60",
      "first-degree relatives affected before 60");
  add("against-advice", against_advice(lens), "entry on advice not followed or a missed visit",
      "entries on advice not followed or missed visits");
  add("unfinished", unfinished(lens), "planned test or procedure without a result",
      "planned tests or procedures without a result");
  add("not-retrieved", not_retrieved(lens), "document without its content",
      "documents without their content");
  const auto& visits = lens.of(Kind::encounter);
  if (!visits.empty() && visits.front().fact->when.known() &&
      visits.front().fact->when.value < months_before(lens.as_of(), 24)) {
    signals.push_back(signal_of(
        "last-visit-24",
        rules().course("last-visit-24").text + ": " + visits.front().fact->when.date_text(),
        {visits.front()}));
  }
}

}  // namespace

std::vector<Signal> signals(const Lens& lens) {
  std::vector<Signal> all;
  add_measurements(lens, all);
  add_pressure(lens, all);
  add_weight(lens, all);
  add_kidney(lens, all);
  add_bilirubin(lens, all);
  add_courses(lens, all);
  std::stable_sort(all.begin(), all.end(), [](const Signal& a, const Signal& b) {
    if (a.level != b.level) return a.level > b.level;
    if (a.when.known() != b.when.known()) return a.when.known();
    if (a.when.known() && a.when.value != b.when.value) return a.when.value > b.when.value;
    return a.rule < b.rule;
  });
  return all;
}

}  // namespace chartroom::report
