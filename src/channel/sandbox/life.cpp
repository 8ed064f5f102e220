#include "channel/sandbox/life.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "channel/sandbox/body.hpp"
#include "channel/sandbox/chance.hpp"
#include "channel/sandbox/note.hpp"

namespace chartroom::channel {
namespace {

using std::chrono::days;
using std::chrono::minutes;

/// A record leaves its provider when it is signed.
constexpr days kSigned{14};

enum class Smoker { never, former, current };

class Life {
 public:
  Life(const Identity& who, const std::vector<std::string>& concerns) {
    chart_.seed = seed_of(who);
    chart_.who = who;
    chart_.facilities = facilities_of(who);
    body_.seed = chart_.seed;
    body_.birth = who.birth;
    body_.sex = who.sex == "male" ? Sex::male : who.sex == "female" ? Sex::female : Sex::any;
    for (const std::string& concern : concerns) concerns_.push_back(base::fold(concern));
    draw_smoking();
    draw_conditions();
    draw_family();
  }

  Chart until(base::TimePoint now) && {
    const int last = std::min(base::Date::from(now).year, kLastYear);
    for (int year = kArchiveYear; year <= last; ++year) plan_year(year);
    std::erase_if(plans_, [&](const Plan& plan) {
      return plan.at + kSigned > now || plan.at < chart_.who.birth.midnight_utc() + days{3};
    });
    std::stable_sort(plans_.begin(), plans_.end(),
                     [](const Plan& a, const Plan& b) { return a.at < b.at; });
    for (const Plan& plan : plans_) happen(plan);
    return std::move(chart_);
  }

 private:
  struct Plan {
    std::size_t facility = 0;
    VisitKind kind = VisitKind::checkup;
    base::TimePoint at{};
  };

  [[nodiscard]] std::size_t archive() const { return chart_.facilities.size() - 1; }
  [[nodiscard]] std::size_t current() const { return chart_.facilities.size() - 1; }

  [[nodiscard]] bool concerns(std::string_view words) const {
    for (const std::string& word : base::split(words, '|')) {
      for (const std::string& concern : concerns_) {
        if (!word.empty() && concern.find(word) != std::string::npos) return true;
      }
    }
    return false;
  }

  [[nodiscard]] base::TimePoint birthday(double age) const {
    const double whole_days = age * 365.2425;
    return chart_.who.birth.midnight_utc() + days{static_cast<int>(whole_days)};
  }

  void draw_smoking() {
    Chance chance(chart_.seed, "tobacco");
    const bool asked = concerns("tobacco|smok|nicotine|copd|chronic obstructive");
    const double draw = chance.unit();
    smoker_ = draw < (asked ? .15 : .58)   ? Smoker::never
              : draw < (asked ? .55 : .84) ? Smoker::former
                                           : Smoker::current;
    began_ = birthday(chance.between(16, 21));
    stopped_ = birthday(chance.between(26, 50));
    drinks_a_week_ = chance.likely(.35) ? 0 : chance.between(1, 9);
  }

  void draw_conditions() {
    for (const Condition& condition : conditions()) {
      if (condition.sex != Sex::any && condition.sex != body_.sex) continue;
      Chance chance(chart_.seed, std::string("condition:") + std::string(condition.key));
      double draw = chance.unit();
      if (concerns(condition.concern)) draw *= 0.3;
      if (condition.key == "copd" && smoker_ == Smoker::never) continue;
      // The share of people who have it grows with age on a straight line: where the draw meets
      // the line is this person's age at onset.
      double age = 0;
      if (draw < condition.at_25) {
        age = condition.from_age + chance.unit() * std::max(2, 30 - condition.from_age);
      } else if (condition.at_75 > condition.at_25 && draw < condition.at_75) {
        age = 25 + 50 * (draw - condition.at_25) / (condition.at_75 - condition.at_25);
      } else {
        continue;
      }
      age = std::max(age, static_cast<double>(condition.from_age)) + chance.unit();
      body_.onsets[condition.key] = birthday(age);
    }
    if (smoker_ == Smoker::current) body_.onsets["tobacco"] = began_ + days{365};
    if (body_.onsets.contains("diabetes")) body_.onsets.erase("prediabetes");
    draw_obesity();
  }

  void draw_obesity() {
    for (int year = kArchiveYear; year <= kLastYear; ++year) {
      const base::TimePoint june = base::Date{year, 6, 1}.midnight_utc();
      if (body_.age_at(june) >= 18 && body_.body_mass_index(june) >= 30) {
        body_.onsets["obesity"] = june;
        return;
      }
    }
  }

  void draw_family() {
    constexpr std::array kRelatives = {
        Relative{"FTH", "father", "22298006", "Myocardial infarction", 61, true},
        Relative{"MTH", "mother", "44054006", "Type 2 diabetes mellitus", 58, false},
        Relative{"FTH", "father", "59621000", "Essential hypertension", 49, false},
        Relative{"MTH", "mother", "254837009", "Malignant neoplasm of breast", 66, false},
        Relative{"BRO", "brother", "195967001", "Asthma", 12, false},
    };
    Chance chance(chart_.seed, "family");
    const auto first = static_cast<std::size_t>(chance.between(0, 1));
    for (std::size_t i = first; i < kRelatives.size(); i += 2) {
      Relative relative = kRelatives[i];
      if (relative.role_code != "BRO") relative.age += chance.between(-6, 8);
      chart_.relatives.push_back(relative);
    }
    if (chance.likely(.35)) chart_.allergies.push_back(&chance.pick(allergens()));
  }

  [[nodiscard]] static base::TimePoint moment(Chance& chance, int year, int month_low,
                                              int month_high) {
    const auto month = static_cast<unsigned>(chance.between(month_low, month_high));
    const auto day = static_cast<unsigned>(chance.between(1, 28));
    auto date = std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                                      static_cast<int>(day)};
    const std::chrono::weekday weekday{date};
    if (weekday == std::chrono::Saturday) date += days{2};
    if (weekday == std::chrono::Sunday) date += days{1};
    return base::TimePoint{date} + minutes{14 * 60 + 10 * chance.between(0, 40)};
  }

  void plan_year(int year) {
    Chance chance(chart_.seed, "year:" + std::to_string(year));
    if (year < kFirstYear) {
      plans_.push_back({archive(), VisitKind::checkup, moment(chance, year, 2, 10)});
      return;
    }
    plans_.push_back({0, VisitKind::checkup, moment(chance, year, 1, 5)});
    const base::TimePoint follow_up = moment(chance, year, 7, 11);
    const bool video = year >= 2020 && chance.likely(.3);
    if (has_chronic(follow_up)) {
      plans_.push_back({0, video ? VisitKind::video : VisitKind::follow_up, follow_up});
    }
    // The first year always has an illness, so that nobody's list of medicines is empty.
    const bool sick = chance.likely(.5) || year == kFirstYear;
    const base::TimePoint sick_at = moment(chance, year, 1, 12);
    const bool hospital = current() > 2;
    const bool badly = chance.likely(.15) || year == kFirstYear + 2;
    if (hospital && badly) {
      plans_.push_back({2, VisitKind::emergency, sick_at});
    } else if (sick) {
      plans_.push_back({0, VisitKind::sick, sick_at});
    }
    if (current() > 1 && (year == kFirstYear + 1 || chance.likely(.7))) {
      plans_.push_back({1, VisitKind::specialist, moment(chance, year, 8, 11)});
    }
  }

  [[nodiscard]] bool has_chronic(base::TimePoint at) const {
    for (const auto& [key, onset] : body_.onsets) {
      if (onset <= at && key != "rhinitis" && key != "obesity") return true;
    }
    return false;
  }

  [[nodiscard]] static const Condition& condition_of(std::string_view key) {
    return *std::find_if(conditions().begin(), conditions().end(),
                         [&](const Condition& condition) { return condition.key == key; });
  }

  [[nodiscard]] Problem problem_of(const Condition& condition) const {
    return {condition.key,
            condition.text,
            condition.snomed,
            condition.icd10,
            body_.onsets.at(condition.key),
            std::nullopt};
  }

  void happen(const Plan& plan) {
    Visit visit;
    visit.facility = plan.facility;
    visit.kind = plan.kind;
    visit.start = plan.at;
    visit.end = plan.at + minutes{plan.kind == VisitKind::emergency ? 190 : 30};
    Chance chance(chart_.seed, "visit:" + std::to_string(base::to_unix_ms(plan.at)));
    std::vector<std::string> advice;
    if (plan.kind != VisitKind::video) visit.vitals = body_.vitals(plan.at);
    write_down_conditions(visit, advice);
    if (plan.kind == VisitKind::sick || plan.kind == VisitKind::emergency) {
      fall_ill(visit, chance, advice);
    } else {
      visit.reason = reason_of(visit);
    }
    draw_blood(visit);
    examine(visit);
    ask_habits(visit);
    if (plan.kind == VisitKind::checkup) vaccinate(visit, chance);
    visit.note =
        write_note(visit, chart_.facilities[visit.facility],
                   base::age_in_years(chart_.who.birth, base::Date::from(visit.start)), advice);
    chart_.visits.push_back(std::move(visit));
    copy_results();
  }

  void write_down_conditions(Visit& visit, std::vector<std::string>& advice) {
    auto& known = known_[visit.facility];
    const bool routine = visit.kind != VisitKind::sick && visit.kind != VisitKind::emergency;
    for (const Condition& condition : conditions()) {
      if (!body_.has(condition.key, visit.start)) continue;
      const bool is_new = known.insert(condition.key).second;
      if (is_new) visit.new_problems.push_back(problem_of(condition));
      if (!routine) continue;
      if (visit.diagnoses.size() < 4 || is_new) {
        visit.diagnoses.push_back(problem_of(condition));
        advice.emplace_back(condition.advice);
      }
      prescribe(visit, condition);
    }
  }

  /// One order per drug and provider, and a second drug after two years for every other patient:
  /// orders are only ever added.
  void prescribe(Visit& visit, const Condition& condition) {
    if (visit.facility == archive()) return;
    auto& taken = taken_[visit.facility];
    const auto add = [&](std::string_view key) {
      const Drug* drug = find_drug(key);
      if (drug == nullptr || !taken.insert(key).second) return;
      visit.prescriptions.push_back({drug, std::string(condition.text), visit.start, std::nullopt});
    };
    // The specialist leaves everyday drugs to the family doctor and repeats only the first lines.
    if (visit.facility != 0 && condition.key != "hypertension" && condition.key != "copd" &&
        condition.key != "diabetes") {
      return;
    }
    if (!condition.drug.empty()) add(condition.drug);
    if (condition.second_drug.empty() || body_.onsets.at(condition.key) + days{730} > visit.start) {
      return;
    }
    Chance chance(chart_.seed, std::string("second:") + std::string(condition.key));
    if (chance.likely(.5)) add(condition.second_drug);
  }

  void fall_ill(Visit& visit, Chance& chance, std::vector<std::string>& advice) const {
    const bool first = base::Date::from(visit.start).year == kFirstYear;
    const Episode& episode = first ? episodes().front() : chance.pick(episodes());
    visit.reason = episode.reason;
    Problem problem{episode.key,
                    episode.text,
                    episode.snomed,
                    episode.icd10,
                    visit.start - days{chance.between(1, 4)},
                    visit.start + days{episode.days}};
    visit.new_problems.push_back(problem);
    visit.diagnoses.push_back(problem);
    advice.emplace_back(episode.advice);
    const bool adult_dose = body_.age_at(visit.start) >= 12;
    const Drug* drug = find_drug(episode.drug);
    const bool allergic = !chart_.allergies.empty() && chart_.allergies.front()->code == "7980";
    if (drug != nullptr && drug->key == "amoxicillin" && allergic) drug = find_drug("azithromycin");
    if (drug != nullptr && adult_dose) {
      visit.prescriptions.push_back(
          {drug, std::string(episode.text), visit.start, visit.start + days{episode.days}});
    }
  }

  [[nodiscard]] static std::string reason_of(const Visit& visit) {
    if (visit.kind == VisitKind::checkup) return "Yearly preventive examination";
    if (visit.diagnoses.empty()) return "Second opinion, no complaint";
    const char* lead = visit.kind == VisitKind::specialist ? "Consultation for " : "Follow-up of ";
    return lead + base::to_lower_ascii(visit.diagnoses.front().text);
  }

  void draw_blood(Visit& visit) const {
    const double age = body_.age_at(visit.start);
    const int year = base::Date::from(visit.start).year;
    const auto add = [&](std::string_view key) {
      visit.labs.push_back(body_.lab(*find_panel(key), visit.start));
    };
    const bool sugar = body_.has("diabetes", visit.start) || body_.has("prediabetes", visit.start);
    if (visit.kind == VisitKind::checkup) {
      add("blood-count");
      if (age < 18) return;
      add("metabolic");
      add("lipid");
      if (sugar || year % 3 == 0) add("a1c");
      if (body_.has("diabetes", visit.start)) add("urine-albumin");
      if (body_.has("hypothyroidism", visit.start) || year % 4 == 0) add("thyroid");
      if (age >= 50 && body_.sex == Sex::male && year % 2 == 0) add("prostate");
    } else if (visit.kind == VisitKind::follow_up) {
      if (body_.has("diabetes", visit.start)) add("a1c");
      if (body_.has("hyperlipidemia", visit.start)) add("lipid");
    } else if (visit.kind == VisitKind::emergency) {
      add("blood-count");
      if (age >= 18) add("metabolic");
    }
  }

  void examine(Visit& visit) const {
    const double age = body_.age_at(visit.start);
    const int year = base::Date::from(visit.start).year;
    const auto add = [&](std::string_view key) { visit.acts.push_back(&act(key)); };
    const bool lungs = body_.has("copd", visit.start) || body_.has("asthma", visit.start);
    switch (visit.kind) {
      case VisitKind::checkup:
        if (year % 3 == 0 || visit.facility == archive()) add("medication-review");
        if (age >= 50 && year % 10 == 8) add("colonoscopy");
        if (age >= 45 && body_.has("hypertension", visit.start) && year % 2 == 1) add("ecg");
        if (age >= 45 && body_.sex == Sex::female && year % 2 == 0) add("mammography");
        break;
      case VisitKind::specialist:
        add(lungs ? "spirometry" : age >= 40 ? "ecg" : "medication-review");
        break;
      case VisitKind::emergency:
        add("chest-xray");
        if (age >= 40) add("ecg");
        break;
      default:
        break;
    }
  }

  void ask_habits(Visit& visit) const {
    if (body_.age_at(visit.start) < 13) return;
    if (visit.kind != VisitKind::checkup && visit.kind != VisitKind::specialist) return;
    visit.drinks_a_week = body_.age_at(visit.start) >= 21 ? drinks_a_week_ : 0;
    const bool ever = smoker_ != Smoker::never && began_ <= visit.start;
    const bool still = smoker_ == Smoker::current || stopped_ > visit.start;
    visit.smoking = !ever   ? SmokingStatement{"266919005", "Never smoked tobacco"}
                    : still ? SmokingStatement{"449868002", "Smokes tobacco daily"}
                            : SmokingStatement{"8517006", "Ex-smoker"};
  }

  void vaccinate(Visit& visit, Chance& chance) {
    const int age = base::age_in_years(chart_.who.birth, base::Date::from(visit.start));
    const int year = base::Date::from(visit.start).year;
    for (const Vaccine& vaccine : vaccines()) {
      // What an adult got as a child is not in these providers' books.
      const bool missed =
          vaccine.from_age < 12 && vaccine.every_years == 0 && age > vaccine.from_age + 8;
      if (age < vaccine.from_age || missed) continue;
      if (vaccine.cvx == "208" && year < 2021) continue;
      if (vaccine.cvx == "187" && year < 2018) continue;
      const auto last = vaccinated_.find(vaccine.cvx);
      const bool due = last == vaccinated_.end() ||
                       (vaccine.every_years > 0 && year - last->second >= vaccine.every_years);
      if (!due || (vaccine.every_years == 1 && chance.likely(.3))) continue;
      vaccinated_[vaccine.cvx] = year;
      visit.vaccines.push_back(&vaccine);
    }
  }

  /// The specialist asks for the family doctor's last laboratory sheet and files it as it is.
  void copy_results() {
    const std::size_t here = chart_.visits.size() - 1;
    if (chart_.visits[here].kind != VisitKind::specialist) return;
    for (std::size_t i = here; i-- > 0;) {
      const Visit& earlier = chart_.visits[i];
      if (earlier.facility != 0 || earlier.labs.empty()) continue;
      for (std::size_t report = 0; report < earlier.labs.size(); ++report) {
        if (copied_.insert({i, report}).second) {
          chart_.copies.push_back({chart_.visits[here].facility, i, report});
        }
      }
      return;
    }
  }

  Chart chart_;
  Body body_;
  std::vector<std::string> concerns_;
  Smoker smoker_ = Smoker::never;
  base::TimePoint began_{};
  base::TimePoint stopped_{};
  int drinks_a_week_ = 0;
  std::vector<Plan> plans_;
  std::map<std::size_t, std::set<std::string_view>> known_;
  std::map<std::size_t, std::set<std::string_view>> taken_;
  std::map<std::string_view, int> vaccinated_;
  std::set<std::pair<std::size_t, std::size_t>> copied_;
};

}  // namespace

std::string seed_of(const Identity& who) {
  // The number is the version of these lives. It was picked so that the documentation's sample
  // applicant has a chart worth reading; any other number is as good for everybody else.
  std::string key = "chartroom sandbox life 12";
  for (const std::string& given : who.given) key += '|' + base::fold(given);
  key += '|' + base::fold(who.family) + '|' + who.birth.iso() + '|' + who.sex + '|' +
         who.zip.substr(0, 5);
  return base::sha256_hex(key);
}

Chart live(const Identity& who, const std::vector<std::string>& concerns, base::TimePoint now) {
  return Life(who, concerns).until(now);
}

}  // namespace chartroom::channel
