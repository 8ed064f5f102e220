// FHIR R4 bundles, single resources and NDJSON; also as the supporting file of another item.
#include "reading.hpp"

namespace {

constexpr std::string_view kOther =
    R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Observation","id":"o",)"
    R"("subject":{"reference":"Patient/p"},"code":{"text":"Pulse"},"valueInteger":70}}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chartroom;
  const std::string_view bytes = fuzz::as_text(data, size);
  if (const auto readings = evidence::read_fhir(bytes)) {
    for (const evidence::Reading& reading : *readings) fuzz::check_reading(reading);
  }
  if (const auto readings = evidence::read_fhir(kOther, {bytes})) {
    for (const evidence::Reading& reading : *readings) fuzz::check_reading(reading);
  }
  return 0;
}
