// NDJSON as a bulk export gives it. Beyond the promises of each reading: a broken line costs its
// neighbours nothing.
#include <string>

#include "reading.hpp"

namespace {

using namespace chartroom;

std::size_t facts_of(const std::vector<evidence::Reading>& readings) {
  std::size_t facts = 0;
  for (const evidence::Reading& reading : readings) {
    fuzz::check_reading(reading);
    facts += reading.facts.size();
  }
  return facts;
}

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p"})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string lines = std::string(kPatient) + "\n" + std::string(fuzz::as_text(data, size));
  const std::string with_broken_line = lines + "\n{\"resourceType\":\n" + std::string(kPatient);
  const auto readings = evidence::read_fhir(lines);
  const auto more = evidence::read_fhir(with_broken_line);
  if (!readings || !more) return 0;
  // Without a line's end the first of the two may be no NDJSON at all.
  if (evidence::detect(lines) != evidence::Detected::fhir_ndjson) return 0;
  fuzz::must(facts_of(*readings) == facts_of(*more), "a broken line costs its neighbours nothing");
  return 0;
}
