// The published synthetic documents of the shared test data. Prints counts and file names only.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/testing.hpp"
#include "evidence/ccda/test_documents.hpp"

namespace chartroom::evidence::ccda::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(CHARTROOM_SOURCE_DIR) / ".." / "shared/data/clinical/ccda";

class CcdaExamples : public ::testing::Test {
 protected:
  void SetUp() override {
    if (fs::exists(kData)) return;
    base::testing::do_without("the shared clinical data are not beside the project");
  }

  static std::string bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static std::vector<fs::path> files(const char* folder) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(kData / folder)) {
      if (entry.is_regular_file()) found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
  }

  static std::map<Kind, std::size_t> counts(const Reading& reading) {
    std::map<Kind, std::size_t> result;
    for (const auto& fact : reading.facts) ++result[fact.kind];
    return result;
  }
};

TEST_F(CcdaExamples, EveryWholeDocumentIsReadWithoutLoss) {
  std::size_t read_files = 0;
  for (const char* folder : {"vendor", "onc-cert"}) {
    for (const auto& path : files(folder)) {
      const auto name = path.filename().string();
      const auto reading = read_ccda(bytes(path));
      if (name.ends_with(".ZIP") || name == "NT_BadXml_r11_v2.xml") {
        ASSERT_FALSE(reading.has_value()) << name;
        EXPECT_EQ(reading.error().code, base::ErrorCode::corrupt);
        EXPECT_FALSE(reading.error().message.empty());
        continue;
      }
      ASSERT_TRUE(reading.has_value()) << name;
      ++read_files;
      EXPECT_TRUE(reading->person.birth_date.has_value()) << name;
      EXPECT_GT(reading->facts.size(), 5U) << name;
      EXPECT_GE(reading->documents.at(0).sections.size(), 4U) << name;
      const bool broken_gender = name.starts_with("NT_CP_");
      EXPECT_EQ(reading->losses.size(), broken_gender ? 1U : 0U) << name;
      EXPECT_EQ(reading->person.names.empty(), name.starts_with("NT_Missing_PatientName")) << name;
    }
  }
  EXPECT_EQ(read_files, 22U);
}

struct Expected {
  const char* file;
  std::array<std::size_t, 6> counts;  // problems, medications, allergies, results, vitals, vaccines
};

// Counted from the files by template identifier with another XML library.
constexpr std::array kExpected = {
    Expected{"vendor/practice_fusion_alice_newman.xml", {7, 3, 2, 7, 10, 3}},
    Expected{"vendor/cerner_toc.xml", {7, 4, 2, 8, 7, 1}},
    Expected{"vendor/emerge_Patient-1.xml", {4, 8, 3, 11, 18, 2}},
    Expected{"vendor/hl7_C-CDA_R2-1_CCD.xml", {4, 2, 2, 6, 8, 5}},
    Expected{"vendor/allscripts_170.314B2_Amb_CCD.xml", {3, 1, 2, 1, 5, 1}},
    Expected{"onc-cert/170.315_b1_toc_amb_ccd_r21_sample1_v13.xml", {6, 3, 2, 7, 8, 3}},
    Expected{"onc-cert/170.315_b8_ds4p_amb_sample1_v8.xml", {6, 3, 2, 7, 8, 3}},
    Expected{"onc-cert/170.315_b1_toc_inp_ccd_r21_sample1_v12.xml", {9, 12, 2, 11, 8, 3}},
};

TEST_F(CcdaExamples, CountsAgreeWithAnIndependentCount) {
  for (const auto& expected : kExpected) {
    const auto reading = read_ccda(bytes(kData / expected.file));
    ASSERT_TRUE(reading.has_value()) << expected.file;
    auto found = counts(*reading);
    const std::array kinds = {Kind::problem, Kind::medication, Kind::allergy,
                              Kind::result,  Kind::vital,      Kind::immunization};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      EXPECT_EQ(found[kinds[i]], expected.counts[i])
          << expected.file << " " << section_name(kinds[i]);
    }
  }
}

TEST_F(CcdaExamples, FragmentsAreNamedAsSuchAndTheRestIsRead) {
  std::size_t fragments = 0;
  std::size_t whole = 0;
  for (const auto& path : files("hl7-examples")) {
    const auto reading = read_ccda(bytes(path));
    if (reading) {
      ++whole;
      EXPECT_EQ(reading->documents.size(), 1U);
      continue;
    }
    ++fragments;
    EXPECT_EQ(reading.error().message,
              "This is a fragment of a C-CDA document and not a whole one: it names no patient.")
        << path.filename();
  }
  EXPECT_EQ(whole, 24U);
  EXPECT_EQ(fragments, 415U);
}

TEST_F(CcdaExamples, EveryFactHasOneSourceALocatorAndAText) {
  for (const char* folder : {"vendor", "onc-cert"}) {
    for (const auto& path : files(folder)) {
      const auto reading = read_ccda(bytes(path));
      if (!reading) continue;
      std::map<std::string, std::size_t> seen;
      for (const auto& fact : reading->facts) {
        ASSERT_EQ(fact.sources.size(), 1U);
        EXPECT_EQ(++seen[fact.sources[0].locator], 1U)
            << path.filename() << " " << fact.sources[0].locator;
        EXPECT_FALSE(fact.text.empty()) << path.filename() << " " << fact.sources[0].locator;
      }
    }
  }
}

TEST_F(CcdaExamples, TruncationAtFiftyPlacesIsRefused) {
  const auto whole = bytes(kData / "vendor/cerner_toc.xml");
  for (std::size_t i = 0; i < 50; ++i) {
    const auto part = std::string_view(whole).substr(0, whole.size() * i / 50);
    EXPECT_FALSE(read_ccda(part).has_value()) << i;
  }
}

TEST_F(CcdaExamples, DamagedBytesNeverCrash) {
  auto damaged = bytes(kData / "vendor/allscripts_170.314B2_Amb_CCD.xml");
  unsigned state = 12'345;
  std::size_t refused = 0;
  for (int round = 0; round < 60; ++round) {
    auto copy = damaged;
    for (int i = 0; i < 3; ++i) {
      state = state * 1'664'525U + 1'013'904'223U;
      copy[state % copy.size()] = static_cast<char>(state >> 24);
    }
    const auto reading = read_ccda(copy);
    if (!reading) {
      ++refused;
      EXPECT_FALSE(reading.error().message.empty());
    }
  }
  EXPECT_LT(refused, 60U);
}

}  // namespace
}  // namespace chartroom::evidence::ccda::testing
