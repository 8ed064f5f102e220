#include "report/rules.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <stdexcept>

#include "report/rules_data.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Attention;

std::string text_of(const json::object& from, const char* key) {
  const json::value* value = from.if_contains(key);
  return value == nullptr ? std::string{} : std::string(value->as_string());
}

std::vector<std::string> list_of(const json::object& from, const char* key) {
  std::vector<std::string> all;
  for (const json::value& each : from.at(key).as_array()) all.emplace_back(each.as_string());
  return all;
}

std::optional<int> years_of(const json::object& from, const char* key) {
  const json::value* value = from.if_contains(key);
  if (value == nullptr) return std::nullopt;
  return static_cast<int>(value->as_int64());
}

Attention level_of(const std::string& word) {
  if (word == "note") return Attention::note;
  if (word == "amber") return Attention::amber;
  if (word == "red") return Attention::red;
  throw std::invalid_argument("a rule has an unknown level");
}

Concern read_group(const json::object& from) {
  return {text_of(from, "id"),      text_of(from, "name"),     list_of(from, "words"),
          list_of(from, "icd10"),   list_of(from, "icd9"),     list_of(from, "medicines"),
          list_of(from, "implies"), list_of(from, "analytes"), list_of(from, "procedures")};
}

AttentionRule read_rule(const json::object& from) {
  AttentionRule rule;
  rule.id = text_of(from, "id");
  rule.text = text_of(from, "text");
  rule.source = text_of(from, "source");
  rule.level = level_of(text_of(from, "level"));
  rule.value = text_of(from, "value");
  rule.above = text_of(from, "when") != "below";
  rule.sex = text_of(from, "sex");
  rule.age_from = years_of(from, "ageFrom");
  rule.age_below = years_of(from, "ageBelow");
  if (const std::string analyte = text_of(from, "analyte"); !analyte.empty()) {
    rule.analyte = evidence::find_analyte_by_id(analyte);
    if (rule.analyte == nullptr) throw std::invalid_argument("a rule has an unknown analyte");
  }
  return rule;
}

// The tables are part of the program: one that cannot be read is a bug that the first test finds.
Rules read_rules() {
  Rules all;
  const json::value groups = json::parse(kConceptGroupsJson);
  all.groups_version = text_of(groups.as_object(), "version");
  for (const json::value& group : groups.at("groups").as_array()) {
    all.groups.push_back(read_group(group.as_object()));
  }
  const json::value attention = json::parse(kAttentionJson);
  all.attention_version = text_of(attention.as_object(), "version");
  for (const json::value& rule : attention.at("measurements").as_array()) {
    all.measurements.push_back(read_rule(rule.as_object()));
  }
  for (const json::value& rule : attention.at("courses").as_array()) {
    all.courses.push_back(read_rule(rule.as_object()));
  }
  return all;
}

}  // namespace

const AttentionRule& Rules::course(std::string_view id) const {
  const auto found = std::find_if(courses.begin(), courses.end(),
                                  [&](const AttentionRule& rule) { return rule.id == id; });
  if (found == courses.end()) throw std::out_of_range("there is no rule of this id");
  return *found;
}

const Rules& rules() {
  static const Rules all = read_rules();
  return all;
}

std::string rules_version() {
  return rules().groups_version + " (concept groups), " + rules().attention_version +
         " (levels), " + std::string(evidence::kTermsVersion) + " (terms)";
}

const char* level_word(Attention level) {
  switch (level) {
    case Attention::none:
      return "none";
    case Attention::note:
      return "note";
    case Attention::amber:
      return "amber";
    case Attention::red:
      return "red";
  }
  return "";
}

}  // namespace chartroom::report
