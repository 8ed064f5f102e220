// Prints what our readers find in clinical files, for scripts/oracle: one line of JSON a file.
//
// usage: oracle_dump FILE...
//   {"file":"…","refused":"…"} or {"file":"…","facts":[…],"losses":[…]}
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "evidence/read.hpp"

namespace {

using namespace chartroom;  // NOLINT: a program of one file
namespace json = boost::json;

json::object to_json(const evidence::Fact& fact) {
  json::array codes;
  for (const evidence::Code& code : fact.codes) {
    codes.push_back(json::array{code.system, code.code, code.display});
  }
  json::object attributes;
  for (const evidence::Attribute& each : fact.attributes) attributes[each.name] = each.value;
  return {{"section", evidence::section_name(fact.kind)},
          {"category", fact.category},
          {"text", fact.text},
          {"codes", std::move(codes)},
          {"date", fact.when.text()},
          {"until", fact.until.text()},
          {"value", fact.value.raw},
          {"number", fact.value.number},
          {"unit", fact.value.unit_raw},
          {"status", fact.status},
          {"negated", fact.negated},
          {"hidden", fact.hidden},
          {"group", fact.group_text},
          {"attributes", std::move(attributes)},
          {"locator", fact.sources.front().locator}};
}

void print(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  json::object line{{"file", path}};
  if (const auto readings = evidence::read_item(bytes)) {
    json::array facts;
    json::array losses;
    for (const evidence::Reading& reading : *readings) {
      for (const evidence::Fact& fact : reading.facts) facts.push_back(to_json(fact));
      for (const evidence::Loss& loss : reading.losses) {
        losses.push_back(json::array{loss.locator, loss.reason});
      }
    }
    line["facts"] = std::move(facts);
    line["losses"] = std::move(losses);
  } else {
    line["refused"] = readings.error().message;
  }
  std::cout << json::serialize(line) << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) print(argv[i]);
  return 0;
}
