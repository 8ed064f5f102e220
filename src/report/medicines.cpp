#include "report/medicines.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/text.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

// Whole ingredient names, or word endings that a class shares (written with a leading "~").
constexpr std::array<std::string_view, 32> kAntihypertensives = {
    "~pril",      "~sartan",     "~dipine",    "~thiazide",      "chlorthalidone", "indapamide",
    "metolazone", "metoprolol",  "atenolol",   "carvedilol",     "bisoprolol",     "nebivolol",
    "labetalol",  "propranolol", "nadolol",    "acebutolol",     "pindolol",       "verapamil",
    "diltiazem",  "clonidine",   "guanfacine", "methyldopa",     "hydralazine",    "minoxidil",
    "doxazosin",  "prazosin",    "terazosin",  "spironolactone", "eplerenone",     "triamterene",
    "aliskiren",  "amiloride"};
constexpr std::array<std::string_view, 1> kStatins = {"~vastatin"};
constexpr std::array<std::string_view, 16> kAntidiabetics = {
    "metformin",   "insulin",     "~gliptin",  "~gliflozin",  "~glutide",     "tirzepatide",
    "exenatide",   "glipizide",   "glyburide", "glimepiride", "pioglitazone", "rosiglitazone",
    "repaglinide", "nateglinide", "acarbose",  "pramlintide"};
constexpr std::array<std::string_view, 8> kWeightLoss = {"~glutide",    "tirzepatide", "exenatide",
                                                         "phentermine", "orlistat",    "lorcaserin",
                                                         "topiramate",  "naltrexone"};
constexpr std::array<std::string_view, 3> kStopSmoking = {"varenicline", "nicotine", "bupropion"};

std::span<const std::string_view> ingredients(MedicineClass of) {
  switch (of) {
    case MedicineClass::antihypertensive:
      return kAntihypertensives;
    case MedicineClass::statin:
      return kStatins;
    case MedicineClass::antidiabetic:
      return kAntidiabetics;
    case MedicineClass::weight_loss:
      return kWeightLoss;
    case MedicineClass::stop_smoking:
      return kStopSmoking;
  }
  return {};
}

/// Words of letters, folded: "Lisinopril/HCTZ 10 MG" → lisinopril, hctz, mg.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : base::fold(text) + " ") {
    if (c >= 'a' && c <= 'z') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

template <typename Names>
bool names_one_of(const std::string& text, const Names& wanted) {
  for (const std::string& word : words_of(text)) {
    for (const std::string_view name : wanted) {
      const bool is_ending = name.front() == '~';
      if (is_ending ? word.size() > name.size() && word.ends_with(name.substr(1)) : word == name) {
        return true;
      }
    }
  }
  return false;
}

std::string names_in(const evidence::Fact& fact) {
  std::string names = fact.text;
  if (const std::string* product = fact.attribute("product")) names += " " + *product;
  for (const auto& code : fact.codes) names += " " + code.display;
  return names;
}

}  // namespace

bool names_ingredient(const evidence::Fact& medication,
                      const std::vector<std::string>& ingredients) {
  return !ingredients.empty() && names_one_of(names_in(medication), ingredients);
}

std::vector<Item> medicines(const Lens& lens, MedicineClass of) {
  std::vector<Item> found;
  for (const Item& item : lens.of(evidence::Kind::medication)) {
    if (item.fact->negated) continue;
    if (names_one_of(names_in(*item.fact), ingredients(of))) found.push_back(item);
  }
  return found;
}

std::string medicines_text(const std::vector<Item>& found) {
  if (found.empty()) return "none found in the sources";
  // An active one says more than a newer one that was stopped.
  const auto active = std::find_if(found.begin(), found.end(),
                                   [](const Item& item) { return item.fact->status == "active"; });
  const evidence::Fact& fact = *(active == found.end() ? found.front() : *active).fact;
  std::string out = "yes: " + fact.text + " (";
  if (!fact.status.empty()) out += fact.status + ", ";
  out += fact.when.known() ? "since " + fact.when.date_text() : "undated";
  out += ")";
  if (found.size() > 1) out += ", " + count_text(found.size(), "entry", "entries") + " in all";
  return out;
}

}  // namespace chartroom::report
