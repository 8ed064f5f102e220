// Draws one table as PDF, several times, and leaves the same table as HTML for a rival to draw.
//
// usage: bench_report FOLDER ROWS; prints "pages seconds" of the median of five renderings.
//        bench_report FOLDER ROWS combined; binds ten such tables as one report and prints
//        "pages seconds megabytes size" of it: the process's peak of memory, and the file's MB.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <qpdf/QPDF.hh>
#include <string>
#include <vector>

#include "report/document.hpp"
#include "report/render.hpp"

namespace {

using namespace chartroom;  // NOLINT: a program of one file

report::Cell cell(std::string text) {
  report::Span span;
  span.text = std::move(text);
  report::Cell made;
  made.spans.push_back(std::move(span));
  return made;
}

/// Laboratory results as a report lists them: repeated words, changing numbers.
report::Document table_of(int rows) {
  constexpr std::array kTests{"Hemoglobin A1c",
                              "LDL cholesterol",
                              "Creatinine",
                              "Glomerular filtration rate (CKD-EPI 2021)",
                              "Alanine aminotransferase",
                              "Platelets"};
  constexpr std::array kUnits{"%", "mg/dL", "mg/dL", "mL/min/1.73 m2", "U/L", "10*3/uL"};
  report::Document document;
  document.title = "Results";
  document.subtitle = "Bench Person";
  document.footer = "Bench";
  document.created = base::from_unix_ms(1'800'000'000'000);
  report::Table table;
  table.columns = {{"Date", report::Align::start, 0},  {"Test", report::Align::start, 2},
                   {"Value", report::Align::end, 0},   {"Unit", report::Align::start, 0},
                   {"Range", report::Align::start, 0}, {"Source", report::Align::start, 1}};
  for (int i = 0; i < rows; ++i) {
    const auto kind = static_cast<std::size_t>(i) % kTests.size();
    const base::Date date =
        base::Date::from(base::from_unix_ms(1'500'000'000'000 + i * 86'400'000LL));
    table.rows.push_back({cell(date.iso()), cell(kTests[kind]),
                          cell(std::to_string(i * 37 % 1000 / 10) + "." + std::to_string(i % 10)),
                          cell(kUnits[kind]), cell("3.5 - 5.5"),
                          cell("[S1 Observation/" + std::to_string(i) + "]")});
  }
  document.blocks.emplace_back(std::move(table));
  return document;
}

std::size_t count_pages(const std::string& bytes) {
  QPDF pdf;
  pdf.processMemoryFile("bench", bytes.data(), bytes.size());
  return pdf.getAllPages().size();
}

}  // namespace

namespace {

constexpr int kParts = 10;

int combined(int rows) {
  const auto begin = std::chrono::steady_clock::now();
  report::PdfPress press;
  std::vector<report::PdfPress::Part> parts;
  const report::Document document = table_of(rows);
  for (int i = 0; i < kParts; ++i) {
    parts.push_back({"Part " + std::to_string(i + 1), press.draw(document)});
  }
  report::Document cover;
  cover.title = "Combined";
  cover.created = document.created;
  const auto bound = press.write(press.bind(cover, parts));
  if (!bound) return 1;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double megabytes = static_cast<double>(usage.ru_maxrss) / 1024.0;
  std::cout << count_pages(*bound) << " " << seconds << " " << megabytes << " "
            << static_cast<double>(bound->size()) / 1e6 << std::endl;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[3]) == "combined") return combined(std::atoi(argv[2]));
  if (argc != 3) {
    std::cerr << "usage: bench_report FOLDER ROWS [combined]\n";
    return 2;
  }
  const report::Document document = table_of(std::atoi(argv[2]));
  std::ofstream(std::string(argv[1]) + "/table.html") << report::render_html(document);
  std::vector<double> seconds;
  std::size_t pages = 0;
  for (int round = 0; round < 5; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    const auto pdf = report::render_pdf(document);
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    if (!pdf) {
      std::cerr << "bench_report: " << pdf.error().message << "\n";
      return 1;
    }
    pages = count_pages(*pdf);
  }
  std::sort(seconds.begin(), seconds.end());
  std::cout << pages << " " << seconds[seconds.size() / 2] << std::endl;
  return 0;
}
