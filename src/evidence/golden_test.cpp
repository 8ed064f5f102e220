// What became of every file of the shared clinical data, held against tests/golden. The golden
// files hold counts and file names only. `scripts/golden` writes them anew.

#include <array>
#include <map>

#include "evidence/quality.hpp"
#include "evidence/read.hpp"
#include "evidence/shared_data_test.hpp"

namespace chartroom::evidence {
namespace {

namespace fs = std::filesystem;

/// Why a loss of this kind is right, or what happens with what was lost.
struct Explanation {
  std::string_view reason;  ///< a part of the loss's reason
  std::string_view why;
};

constexpr auto kExplanations = std::to_array<Explanation>({
    {"billing data", "money is no evidence about health; the bytes stay with the raw item"},
    {"content was not sent, only its address",
     "the file refers to a Binary that is not in it; the document's row says so, nothing is "
     "fetched "
     "from an address that a record names"},
    {"stands in another file, which was not received",
     "the body is a reference to a file beside it; the document is listed without content"},
    {"names no patient",
     "published without a recordTarget: identity cannot be decided, so the product keeps no byte "
     "of "
     "it"},
    {"has no body", "an example of a header alone; header and person are read"},
    {"gender code", "a negative test file with an impossible code; sex is left unknown"},
    {"of a kind that is not known here",
     "an entry that only points at another entry; the section's text is shown"},
});

std::string_view explain(std::string_view reason) {
  for (const Explanation& each : kExplanations) {
    if (reason.find(each.reason) != std::string_view::npos) return each.why;
  }
  return {};
}

struct Counts {
  std::size_t before = 0;
  std::size_t after = 0;
};
using Sections = std::array<Counts, kKindCount>;

struct Outcome {
  std::string text;
  std::size_t people = 0;
  Sections sections{};
  SourceQuality quality;
  std::map<std::string, std::size_t> losses;  ///< reason, how often
};

// One person's part of one file, as if nothing else had come.
void count(Reading reading, Outcome& outcome) {
  for (const Fact& fact : reading.facts) {
    ++outcome.sections[static_cast<std::size_t>(fact.kind)].before;
  }
  Record record;
  record.applicant = reading.person;
  record.sources.resize(1);
  add_reading(record, std::move(reading), 0);
  normalise(record);
  for (const Fact& fact : record.facts) {
    if (fact.hidden || fact.duplicate_of) continue;
    ++outcome.sections[static_cast<std::size_t>(fact.kind)].after;
  }
  for (const Loss& loss : record.losses) ++outcome.losses[loss.reason];
  const SourceQuality quality = quality_of(record).front();
  SourceQuality& sum = outcome.quality;
  sum.facts += quality.facts;
  sum.coded += quality.coded;
  sum.dated += quality.dated;
  sum.measured += quality.measured;
  sum.ranged += quality.ranged;
  sum.sections += quality.sections;
  sum.narrative_only += quality.narrative_only;
}

std::string quality_text(const SourceQuality& quality) {
  const auto share = [](std::size_t part, std::size_t whole) {
    return std::to_string(part) + "/" + std::to_string(whole);
  };
  if (quality.facts == 0 && quality.sections == 0) return "-";
  return std::string(1, quality.grade()) + " coded " + share(quality.coded, quality.facts) +
         ", dated " + share(quality.dated, quality.facts) + ", ranged " +
         share(quality.ranged, quality.measured) + ", narrative only " +
         share(quality.narrative_only, quality.sections);
}

Outcome read_file(std::string_view bytes, const std::vector<std::string_view>& supporting) {
  Outcome outcome;
  auto readings = read_item(bytes, supporting);
  if (!readings) {
    outcome.text = "refused: " + readings.error().message;
    return outcome;
  }
  outcome.people = readings->size();
  std::size_t facts = 0;
  for (Reading& reading : *readings) {
    facts += reading.facts.size();
    count(std::move(reading), outcome);
  }
  outcome.text = facts > 0              ? "read"
                 : outcome.people == 0U ? "names no patient: used where other files refer to it"
                                        : "read: a person, no findings of its own";
  return outcome;
}

std::string sections_text(const Sections& sections) {
  std::string text;
  for (std::size_t i = 0; i < kKindCount; ++i) {
    if (sections[i].before == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::string(section_name(static_cast<Kind>(i))) + " " +
            std::to_string(sections[i].before) + "/" + std::to_string(sections[i].after);
  }
  return text.empty() ? "-" : text;
}

struct Tables {
  std::string counts =
      "# What became of every file of the shared clinical data; written by scripts/golden.\n"
      "# Sections: findings as read / shown after de-duplication. The other FHIR files of a "
      "folder\n"
      "# are there when one is read, as files of the same provider are.\n"
      "# file\toutcome\tpeople\tsections\tquality\n";
  std::string losses =
      "# What the readers could not place, by file and reason; written by scripts/golden.\n"
      "# file\ttimes\treason\twhy this is right\n";
  std::size_t files = 0;
};

void add_row(const std::string& name, const Outcome& outcome, Tables& tables) {
  ++tables.files;
  tables.counts += name + "\t" + outcome.text + "\t" + std::to_string(outcome.people) + "\t" +
                   sections_text(outcome.sections) + "\t" + quality_text(outcome.quality) + "\n";
  for (const auto& [reason, times] : outcome.losses) {
    const std::string_view why = explain(reason);
    EXPECT_FALSE(why.empty()) << name << ": not explained: " << reason;
    tables.losses +=
        name + "\t" + std::to_string(times) + "\t" + reason + "\t" + std::string(why) + "\n";
  }
}

// The folders of one provider: the second level below the data's root.
Tables tables_of_shared_data() {
  Tables tables;
  Sections all{};
  for (const char* format : {"ccda", "fhir"}) {
    std::map<std::string, std::vector<fs::path>> folders;
    for (const fs::path& path : testing::files_under(format)) {
      const fs::path relative = path.lexically_relative(testing::shared_folder());
      folders[(*std::next(relative.begin())).string()].push_back(path);
    }
    for (const auto& [folder, paths] : folders) {
      std::vector<std::string> contents;
      for (const fs::path& path : paths) contents.push_back(testing::load(path));
      Sections sum{};
      for (std::size_t i = 0; i < paths.size(); ++i) {
        std::vector<std::string_view> supporting;
        for (std::size_t j = 0; j < paths.size() && std::string_view(format) == "fhir"; ++j) {
          if (j != i) supporting.emplace_back(contents[j]);
        }
        const Outcome outcome = read_file(contents[i], supporting);
        add_row(paths[i].lexically_relative(testing::shared_folder()).generic_string(), outcome,
                tables);
        for (std::size_t k = 0; k < kKindCount; ++k) {
          for (Sections* total : {&sum, &all}) {
            (*total)[k].before += outcome.sections[k].before;
            (*total)[k].after += outcome.sections[k].after;
          }
        }
      }
      tables.counts += "# " + std::string(format) + "/" + folder + ": " +
                       std::to_string(paths.size()) + " files\t\t\t" + sections_text(sum) + "\n";
    }
  }
  tables.counts +=
      "# all: " + std::to_string(tables.files) + " files\t\t\t" + sections_text(all) + "\n";
  return tables;
}

TEST(Golden, EveryFileOfTheSharedDataIsReadOrRefusedWithAReason) {
  CHARTROOM_NEED_SHARED_DATA();
  const Tables tables = tables_of_shared_data();
  EXPECT_EQ(tables.files, 711U);
  testing::compare_with_golden("clinical-counts.tsv", tables.counts);
  testing::compare_with_golden("clinical-losses.tsv", tables.losses);
}

}  // namespace
}  // namespace chartroom::evidence
