// Builds every report of one person out of files, and says what it took.
//
// usage: bench_report_build [--order ROUNDS] FOLDER TIMES FILE…; the files are FHIR or C-CDA of one
// person, each is taken TIMES times, as if that many visits had sent it. Leaves the reports in
// FOLDER and prints a line per report ("name pages bytes CPU-seconds"), each built by itself, and
// what they take as one order, whose documents are drawn once. With --order it builds what
// scripts/bench orders orders (apidata, healthcheck, ccdraw, and combined of these two), all at
// once and ROUNDS times, and says what one round takes.
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <qpdf/QPDF.hh>
#include <string>
#include <vector>

#include "evidence/read.hpp"
#include "report/build.hpp"

namespace {

using namespace chartroom;  // NOLINT: a program of one file

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

std::size_t count_pages(const report::BuiltReport& built) {
  if (built.format != report::Format::pdf) return 0;
  QPDF pdf;
  pdf.processMemoryFile("bench", built.bytes.data(), built.bytes.size());
  return pdf.getAllPages().size();
}

struct Case {
  evidence::Record record;
  std::vector<std::string> items;  ///< bytes, by source
};

void add(Case& made, const std::string& bytes, std::size_t number) {
  auto readings = evidence::read_item(bytes);
  evidence::Source source;
  source.id = "raw-" + std::to_string(number);
  source.provider_id = "provider-" + std::to_string(number % 4);
  source.provider_name = "Provider " + std::to_string(number % 4 + 1);
  source.channel = number % 4 == 3 ? "offline" : "ehr";
  source.format = evidence::detect(bytes) == evidence::Detected::ccda
                      ? evidence::SourceFormat::ccda
                      : evidence::SourceFormat::fhir_json;
  source.label = "item-" + std::to_string(number);
  source.sha256 = std::string(64, '0');
  source.retrieved_at = base::from_unix_ms(1'790'000'000'000);
  evidence::SourceOutcome outcome;
  outcome.source = made.record.sources.size();
  if (!readings || readings->empty()) {
    outcome.status = evidence::SourceOutcome::Status::unreadable;
    outcome.reason = readings ? "it names no person" : readings.error().message;
  } else {
    outcome.person = readings->front().person;
    outcome.matched_fields = {"date of birth", "family name", "given name"};
    outcome.identity_score = 92;
    if (made.record.applicant.names.empty()) made.record.applicant = outcome.person;
    evidence::add_reading(made.record, std::move(readings->front()), outcome.source);
  }
  made.record.sources.push_back(std::move(source));
  made.record.outcomes.push_back(std::move(outcome));
  made.items.push_back(bytes);
}

report::OrderContext context_of(const Case& made) {
  report::OrderContext context;
  context.order_id = "3f2b8a54-5d7e-4f0a-9a51-6f3d0c9e8b21";
  context.order_type = "Complete Order";
  context.human_id = "ef14404e9860776f6300e3e4cb10f84a";
  context.client_user_id = "policy-1";
  context.created = base::from_unix_ms(1'790'000'000'000);
  context.ordered_at = base::from_unix_ms(1'789'900'000'000);
  context.conditions = {"COPD", "Tobacco use", "E10-E14", "left-handedness"};
  context.authorization = "HIPAA authorization on file with the order";
  context.channels = {{"EHR networks", "records received", ""},
                      {"Patient portal", "not answered in time", ""}};
  context.engine_version = "bench";
  // Merging orders the sources anew; their ids ("raw-7") say which item they are of.
  for (const evidence::Source& source : made.record.sources) {
    context.raw_items.emplace_back(made.items.at(std::stoul(source.id.substr(4))));
  }
  return context;
}

std::vector<report::ReportSpec> all_specs() {
  std::vector<report::ReportSpec> specs;
  for (const std::string& name : report::report_names()) {
    for (const report::Format format : report::all_formats()) {
      report::ReportSpec spec{name, format, {}};
      if (name == "combined") spec.base_reports = {"highlights", "healthcheck", "ccdraw"};
      if (report::is_supported(spec)) specs.push_back(std::move(spec));
    }
  }
  return specs;
}

void save(const std::string& folder, const std::vector<report::BuiltReport>& built, double took) {
  std::size_t number = 0;
  for (const report::BuiltReport& report : built) {
    const std::string name = folder + "/" + report.name + "-" + std::to_string(++number) + "." +
                             report::file_extension(report.format);
    std::ofstream(name, std::ios::binary) << report.bytes;
    std::cout << report.name << "." << report::file_extension(report.format) << " "
              << count_pages(report) << " " << report.bytes.size() << " " << took << "\n";
  }
}

int run_order(const std::string& folder, const Case& made, int rounds) {
  const report::OrderContext context = context_of(made);
  const std::vector<report::ReportSpec> specs = {
      {"apidata", report::Format::json, {}},
      {"healthcheck", report::Format::pdf, {}},
      {"ccdraw", report::Format::pdf, {}},
      {"combined", report::Format::pdf, {"healthcheck", "ccdraw"}}};
  // The first round reads fonts and fills caches.
  const auto first = report::build(specs, made.record, context);
  if (!first) {
    std::cerr << "bench_report_build: " << first.error().message << "\n";
    return 1;
  }
  save(folder, *first, 0);
  const double from = cpu_seconds();
  for (int round = 0; round < rounds; ++round) {
    if (!report::build(specs, made.record, context)) return 1;
  }
  std::cout << "a round: " << (cpu_seconds() - from) / rounds * 1e3 << " ms of CPU, peak of memory "
            << peak_megabytes() << " MB\n";
  return 0;
}

Case read_case(int times, const std::vector<std::string>& files) {
  Case made;
  const double begin = cpu_seconds();
  for (int round = 0; round < times; ++round) {
    for (const std::string& path : files) {
      std::ifstream file(path, std::ios::binary);
      add(made, std::string(std::istreambuf_iterator<char>(file), {}), made.items.size());
    }
  }
  evidence::normalise(made.record);
  std::cout << "read " << made.items.size() << " items, " << made.record.facts.size()
            << " entries: " << cpu_seconds() - begin << " CPU-seconds\n";
  return made;
}

int run_all(const std::string& folder, const Case& made) {
  const report::OrderContext context = context_of(made);
  const std::vector<report::ReportSpec> specs = all_specs();
  const double begin = cpu_seconds();
  const bool built_together = report::build(specs, made.record, context).has_value();
  const double together = cpu_seconds() - begin;
  const double peak = peak_megabytes();
  double alone = 0;
  for (const report::ReportSpec& spec : specs) {
    const double from = cpu_seconds();
    const auto built = report::build({spec}, made.record, context);
    const double took = cpu_seconds() - from;
    alone += took;
    if (!built || !built_together) {
      std::cerr << "bench_report_build: " << spec.name << " could not be built\n";
      return 1;
    }
    save(folder, *built, took);
  }
  std::cout << "built one by one in " << alone << " CPU-seconds\n"
            << "built as one order in " << together << " CPU-seconds, peak of memory " << peak
            << " MB\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> given(argv + 1, argv + argc);
  int rounds = 0;
  if (given.size() > 2 && given.front() == "--order") {
    rounds = std::atoi(given[1].c_str());
    given.erase(given.begin(), given.begin() + 2);
  }
  if (given.size() < 3) {
    std::cerr << "usage: bench_report_build [--order ROUNDS] FOLDER TIMES FILE...\n";
    return 2;
  }
  const Case made = read_case(std::atoi(given[1].c_str()), {given.begin() + 2, given.end()});
  return rounds > 0 ? run_order(given[0], made, rounds) : run_all(given[0], made);
}
