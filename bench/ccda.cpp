// Reads C-CDA documents again and again: bench_ccda SECONDS FILE...
//
// Prints "reader documents bytes seconds" for our reader (parse, all facts, narrative and header)
// and for pugixml's bare parse of the same bytes, one thread, turn by turn.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "evidence/read.hpp"

namespace {

using namespace chartroom;  // NOLINT: a program of one file
using Clock = std::chrono::steady_clock;

struct Runner {
  const char* name;
  std::function<bool(const std::string&)> read;
  std::size_t documents = 0;
  std::size_t bytes = 0;
  double seconds = 0;
};

bool read_ours(const std::string& bytes) {
  const auto reading = evidence::read_ccda(bytes);
  return reading.has_value();
}

bool parse_bare(const std::string& bytes) {
  pugi::xml_document tree;
  return static_cast<bool>(tree.load_buffer(bytes.data(), bytes.size()));
}

// All documents once.
void run_round(Runner& runner, const std::vector<std::string>& documents) {
  const auto begin = Clock::now();
  for (const std::string& document : documents) {
    if (!runner.read(document)) std::cerr << "bench_ccda: " << runner.name << " refused one\n";
    ++runner.documents;
    runner.bytes += document.size();
  }
  runner.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: bench_ccda SECONDS FILE...\n";
    return 2;
  }
  const double seconds = std::atof(argv[1]);
  std::vector<std::string> documents;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    documents.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  Runner runners[] = {{"chartroom", read_ours}, {"pugixml", parse_bare}};
  while (runners[0].seconds < seconds) {
    for (Runner& runner : runners) run_round(runner, documents);
  }
  for (const Runner& runner : runners) {
    std::cout << runner.name << " " << runner.documents << " " << runner.bytes << " "
              << runner.seconds << "\n";
  }
  return 0;
}
