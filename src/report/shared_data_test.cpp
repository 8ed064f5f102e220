// The healthcheck of a synthetic diabetic against values read straight from the bundle.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "base/testing.hpp"
#include "evidence/read.hpp"
#include "report/health.hpp"
#include "report/sample_record.hpp"

namespace chartroom::report {
namespace {

constexpr const char* kBundle = CHARTROOM_SOURCE_DIR
    "/../shared/data/clinical/fhir/synthea-2021-uscore/b08d10a2-5031-379f-0157-ddceb2196440.json";

/// "2021-05" and the value of every hemoglobin A1c in the bundle.
std::vector<std::pair<std::string, double>> a1c_of(const std::string& bundle) {
  std::vector<std::pair<std::string, double>> values;
  const auto parsed = boost::json::parse(bundle);
  for (const auto& entry : parsed.at("entry").as_array()) {
    const auto& resource = entry.at("resource").as_object();
    if (resource.at("resourceType").as_string() != "Observation") continue;
    if (resource.at("code").at("coding").at(0).at("code").as_string() != "4548-4") continue;
    values.emplace_back(std::string(resource.at("effectiveDateTime").as_string()).substr(0, 7),
                        resource.at("valueQuantity").at("value").to_number<double>());
  }
  std::sort(values.begin(), values.end());
  return values;
}

TEST(HealthcheckOfSharedData, ShowsEveryA1cOfTheBundle) {
  std::ifstream file(kBundle);
  if (!file) {
    return base::testing::do_without("the shared clinical data are not beside the project");
  }
  const std::string bundle{std::istreambuf_iterator<char>(file), {}};
  auto readings = evidence::read_item(bundle);
  ASSERT_TRUE(readings && readings->size() == 1);
  evidence::Record record = sample::empty_record();
  record.applicant = readings->front().person;
  sample::add_source(record, "1", "Provider", evidence::SourceFormat::fhir_json);
  evidence::add_reading(record, std::move(readings->front()), 0);
  evidence::normalise(record);
  const OrderContext context = sample::context();
  const auto report = healthcheck_json(Lens(record, context));
  std::vector<std::pair<std::string, double>> shown;
  for (const auto& result : report.at("diabetes").at("results").as_array()) {
    if (result.at("codes").at(0).at("code").as_string() != "4548-4") continue;
    shown.emplace_back(std::string(result.at("when").at("text").as_string()).substr(0, 7),
                       std::stod(std::string(result.at("value").at("number").as_string())));
  }
  std::sort(shown.begin(), shown.end());
  EXPECT_FALSE(shown.empty());
  EXPECT_EQ(shown, a1c_of(bundle));
}

}  // namespace
}  // namespace chartroom::report
