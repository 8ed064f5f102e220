// What the tests of the PDF face share: documents, poppler and qpdf as independent readers.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "report/document.hpp"

namespace chartroom::report::testing {

inline Spans spans(const std::string& text) {
  Spans all(1);
  all.front().text = text;
  return all;
}

inline Cell cell(const std::string& text) {
  Cell made;
  made.spans = spans(text);
  return made;
}

inline Document document() {
  Document made;
  made.title = "Health Check Summary";
  made.subtitle = "Avery Example";
  made.created = *base::parse_iso("2026-03-01T12:00:00Z");
  made.footer = "Avery Example · order 17 · not an underwriting decision";
  return made;
}

/// A file that lives as long as this object, in a folder of its own.
class File {
 public:
  explicit File(const std::string& bytes) {
    std::string folder = (std::filesystem::temp_directory_path() / "chartroom-pdf-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = folder;
    std::ofstream(path(), std::ios::binary) << bytes;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path() const { return (folder_ / "x.pdf").string(); }

 private:
  std::filesystem::path folder_;
};

struct Run {
  int status = -1;
  std::string output;  ///< both streams
};

/// Runs `command` with the file's path in place of "%".
inline Run run(std::string command, const std::string& bytes) {
  const File file(bytes);
  command.replace(command.find('%'), 1, "'" + file.path() + "'");
  Run result;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer{};
  std::size_t count = 0;
  while ((count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    result.output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

inline std::string text_of(const std::string& pdf) {
  return run("pdftotext -layout % -", pdf).output;
}

inline std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++found;
  }
  return found;
}

inline std::size_t pages_of(const std::string& pdf) {
  return std::stoul("0" + run("qpdf --show-npages %", pdf).output);
}

/// Both readers open it without a complaint.
inline void expect_sound(const std::string& pdf) {
  const Run check = run("qpdf --check %", pdf);
  EXPECT_EQ(check.status, 0) << check.output;
  EXPECT_EQ(count(check.output, "WARNING"), 0U) << check.output;
  const Run structure = run("pdfinfo -struct-text %", pdf);
  EXPECT_EQ(structure.status, 0);
  EXPECT_EQ(count(structure.output, "Syntax"), 0U);
  const Run drawn = run("pdftotext % /dev/null", pdf);
  EXPECT_EQ(drawn.output, "");
}

/// The PDF as text, with every stream decoded.
inline std::string laid_open(const std::string& pdf) {
  return run("qpdf --qdf --object-streams=disable % -", pdf).output;
}

}  // namespace chartroom::report::testing
