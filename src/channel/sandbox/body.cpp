#include "channel/sandbox/body.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "channel/sandbox/chance.hpp"
#include "channel/sandbox/life.hpp"

namespace chartroom::channel {
namespace {

double years_between(base::TimePoint from, base::TimePoint to) {
  return std::chrono::duration<double, std::ratio<31'556'952>>(to - from).count();
}

double years_known(base::TimePoint t) {
  return years_between(base::Date{kFirstYear, 1, 1}.midnight_utc(), t);
}

std::string stamp(base::TimePoint t) { return std::to_string(base::to_unix_ms(t)); }

/// CKD-EPI creatinine equation of 2021 (no race term), mL/min/1.73 m2.
double filtration(double creatinine, double age, bool female) {
  const double kappa = female ? 0.7 : 0.9;
  const double alpha = female ? -0.241 : -0.302;
  const double ratio = creatinine / kappa;
  return 142 * std::pow(std::min(ratio, 1.0), alpha) * std::pow(std::max(ratio, 1.0), -1.2) *
         std::pow(0.9938, age) * (female ? 1.012 : 1.0);
}

std::string flag_of(const Test& test, const std::string& value) {
  const double number = std::strtod(value.c_str(), nullptr);
  if (!test.low.empty() && number < std::strtod(std::string(test.low).c_str(), nullptr)) return "L";
  if (!test.high.empty() && number > std::strtod(std::string(test.high).c_str(), nullptr)) {
    return "H";
  }
  return "N";
}

}  // namespace

double Body::age_at(base::TimePoint t) const { return years_between(birth.midnight_utc(), t); }

bool Body::has(std::string_view condition, base::TimePoint t) const {
  const auto found = onsets.find(condition);
  return found != onsets.end() && found->second <= t;
}

double Body::height_cm(base::TimePoint t) const {
  Chance chance(seed, "height");
  const double middle = sex == Sex::male ? 176 : sex == Sex::female ? 162.5 : 169;
  const double adult = std::round(chance.normal(middle, 6));
  const double age = age_at(t);
  if (age >= 17) return adult;
  if (age < 2) return 50 + 18.5 * age;
  return 87 + (adult - 87) * (age - 2) / 15;
}

double Body::body_mass_index(base::TimePoint t) const {
  Chance chance(seed, "build");
  const double adult = std::clamp(chance.normal(27, 3.8), 19.5, 41.0);
  const double slope = chance.normal(0.12, 0.12);
  const double age = age_at(t);
  if (age < 18) return 15.5 + (std::min(adult, 27.0) - 4 - 15.5) * std::max(0.0, age - 5) / 13;
  Chance noise(seed, "build:" + stamp(t));
  return std::clamp(adult + slope * years_known(t) + noise.normal(0, 0.25), 17.0, 48.0);
}

Vitals Body::vitals(base::TimePoint t) const {
  Chance person(seed, "pressure");
  Chance now(seed, "vitals:" + stamp(t));
  const double age = age_at(t);
  const double height = height_cm(t);
  const double mass = body_mass_index(t) * height * height / 10'000;
  double systolic =
      age < 18 ? 88 + 1.6 * age
               : 111 + 0.24 * (age - 30) + 0.5 * (body_mass_index(t) - 25) + person.normal(0, 5);
  if (has("hypertension", t)) {
    const double treated = years_between(onsets.at("hypertension"), t);
    systolic += std::max(6.0, 24 - 5 * treated);
  }
  systolic = std::clamp(systolic + now.normal(0, 5), 76.0, 196.0);
  const double diastolic = std::clamp(systolic * 0.6 + 5 + now.normal(0, 3), 42.0, systolic - 22);
  const double resting = age < 10 ? 98 : has("atrial-fibrillation", t) ? 84 : 71;

  Vitals vitals;
  vitals.height_cm = decimal(height, age < 17 ? 1 : 0);
  vitals.weight_kg = decimal(mass, 1);
  // Computed from what is written, so that a reader who computes it again finds the same.
  const double metres = std::strtod(vitals.height_cm.c_str(), nullptr) / 100;
  vitals.bmi = decimal(std::strtod(vitals.weight_kg.c_str(), nullptr) / (metres * metres), 1);
  vitals.systolic = decimal(systolic, 0);
  vitals.diastolic = decimal(diastolic, 0);
  vitals.pulse = decimal(now.normal(resting, 6), 0);
  vitals.respiration = decimal(now.normal(age < 6 ? 24 : 15, 1), 0);
  vitals.temperature_c = decimal(now.normal(36.7, 0.2), 1);
  vitals.oxygen = decimal(std::min(99.0, now.normal(has("copd", t) ? 93.5 : 97.5, 0.7)), 0);
  return vitals;
}

double Body::level(const Test& test, base::TimePoint t) const {
  Chance person(seed, std::string("test:") + std::string(test.key));
  Chance moment(seed, std::string("lab:") + std::string(test.key) + stamp(t));
  double value = person.normal(test.mean, test.deviation) + test.drift * years_known(t) +
                 moment.normal(0, test.wobble);
  const std::string_view key = test.key;
  const bool female = sex == Sex::female;
  const auto since = [&](std::string_view condition) {
    return years_between(onsets.at(condition), t);
  };
  if (has("diabetes", t)) {
    const double a1c = 1.3 + 0.9 / (1 + since("diabetes")) + 0.05 * since("diabetes");
    if (key == "a1c") value += a1c;
    if (key == "glucose") value += 28.7 * a1c;
    if (key == "uacr") value += 3 * since("diabetes");
  } else if (has("prediabetes", t)) {
    if (key == "a1c") value += 0.55;
    if (key == "glucose") value += 15;
  }
  if (has("hyperlipidemia", t) && key == "cholesterol") {
    value += since("hyperlipidemia") < 0.3 ? 52 : -18;
  }
  if (has("obesity", t) && key == "triglyceride") value += 32;
  if (has("obesity", t) && (key == "alt" || key == "ast")) value += 8;
  if (has("hypothyroidism", t) && key == "tsh") value += since("hypothyroidism") < 0.3 ? 6.1 : 0.9;
  if (key == "hemoglobin") value += (female ? -0.9 : 0.6) - (has("iron-deficiency", t) ? 1.9 : 0);
  if (key == "mcv" && has("iron-deficiency", t)) value -= 9;
  if (key == "hdl") value += female ? 6 : -3;
  if (key == "creatinine") value += female ? -0.12 : 0.08;
  return std::max(value, test.decimals > 0 ? 0.1 : 1.0);
}

LabReport Body::lab(const Panel& panel, base::TimePoint t) const {
  LabReport report{&panel, {}};
  std::map<std::string_view, double> seen;  // as written, for what is computed from them
  for (const Test& test : panel.tests) {
    double number = level(test, t);
    if (test.key == "ldl") {
      number = std::max(30.0, seen["cholesterol"] - seen["hdl"] - seen["triglyceride"] / 5);
    } else if (test.key == "egfr") {
      number = filtration(seen["creatinine"], age_at(t), sex == Sex::female);
    } else if (test.key == "hematocrit") {
      number = seen["hemoglobin"] * 3;
    } else if (test.key == "erythrocytes") {
      number = seen["hemoglobin"] / 3;
    }
    LabValue value{&test, decimal(number, test.decimals), {}};
    value.flag = flag_of(test, value.value);
    seen[test.key] = std::strtod(value.value.c_str(), nullptr);
    report.values.push_back(std::move(value));
  }
  return report;
}

}  // namespace chartroom::channel
