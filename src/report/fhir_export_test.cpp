#include "report/fhir_export.hpp"

#include <gtest/gtest.h>
#include <zip.h>

#include <boost/json.hpp>
#include <map>
#include <set>
#include <sstream>

#include "report/fhir_resources.hpp"
#include "report/sample_record.hpp"

namespace chartroom::report {
namespace {

std::map<std::string, std::string> unpacked(const std::string& bytes) {
  std::map<std::string, std::string> files;
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  EXPECT_NE(archive, nullptr);
  for (zip_int64_t i = 0; archive != nullptr && i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t about;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &about);
    std::string text(about.size, '\0');
    zip_file_t* file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    EXPECT_EQ(zip_fread(file, text.data(), text.size()), static_cast<zip_int64_t>(text.size()));
    zip_fclose(file);
    files[about.name] = std::move(text);
  }
  if (archive != nullptr) zip_close(archive);
  return files;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::map<std::string, std::string> archive_of(const evidence::Record& record) {
  const OrderContext context = sample::context();
  const auto bytes = fhir_archive(Lens(record, context));
  EXPECT_TRUE(bytes.has_value());
  return bytes ? unpacked(*bytes) : std::map<std::string, std::string>{};
}

TEST(FhirExport, EveryShownFactIsAResourceWithProvenance) {
  const evidence::Record record = sample::full_record();
  const OrderContext context = sample::context();
  const Lens lens(record, context);
  std::size_t shown = 0;
  for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
    shown += lens.of(static_cast<evidence::Kind>(kind)).size();
  }
  std::set<std::string> ids;
  std::set<std::string> targets;
  std::size_t resources = 0;
  for (const auto& [name, text] : archive_of(record)) {
    if (name == "manifest.json") continue;
    for (const std::string& line : lines_of(text)) {
      const auto resource = boost::json::parse(line);
      const std::string type(resource.at("resourceType").as_string());
      EXPECT_EQ(name, type + ".ndjson");
      const std::string id = type + "/" + std::string(resource.at("id").as_string());
      EXPECT_TRUE(ids.insert(id).second) << id;
      if (type == "Provenance") {
        targets.insert(std::string(resource.at("target").at(0).at("reference").as_string()));
        EXPECT_FALSE(resource.at("entity").as_array().empty());
      } else if (type != "Patient") {
        ++resources;
      }
    }
  }
  EXPECT_EQ(resources, shown);
  EXPECT_EQ(targets.size(), shown);
  for (const std::string& target : targets) EXPECT_TRUE(ids.contains(target)) << target;
}

TEST(FhirExport, DecimalsKeepTheirDigits) {
  evidence::Record record = sample::empty_record();
  sample::add_source(record, "1", "Cedar Valley", evidence::SourceFormat::fhir_json);
  record.facts.push_back(sample::measured(evidence::Kind::result, "4548-4", "Hemoglobin A1c",
                                          "6.50", "%", "2025-06-01T10:00:00Z", "Observation/1"));
  record.facts.back().text =
      "A\x01"
      "1c";  // the mark of decimals in a text is no mark
  const auto files = archive_of(record);
  const std::string& line = files.at("Observation.ndjson");
  EXPECT_NE(line.find("\"value\":6.50,"), std::string::npos) << line;
  EXPECT_NE(line.find("\"text\":\"A1c\""), std::string::npos) << line;
}

TEST(FhirExport, TheManifestCountsWhatIsThere) {
  const auto files = archive_of(sample::full_record());
  const auto manifest = boost::json::parse(files.at("manifest.json"));
  EXPECT_EQ(manifest.at("fhirVersion").as_string(), "4.0.1");
  for (const auto& entry : manifest.at("output").as_array()) {
    const auto& text = files.at(std::string(entry.at("file").as_string()));
    EXPECT_EQ(static_cast<std::size_t>(entry.at("count").to_number<std::int64_t>()),
              lines_of(text).size());
  }
}

TEST(FhirExport, NothingOfAnotherPersonLeaves) {
  evidence::Record record = sample::full_record();
  record.facts.push_back(
      sample::fact(evidence::Kind::problem, "Strangers disease", "2020-01-01", "Condition/x", 4));
  for (const auto& [name, text] : archive_of(record)) {
    EXPECT_EQ(text.find("Stranger"), std::string::npos) << name;
    EXPECT_EQ(text.find("987654321"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace chartroom::report
