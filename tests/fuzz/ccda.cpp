// C-CDA documents.
#include "reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chartroom;
  if (const auto reading = evidence::read_ccda(fuzz::as_text(data, size))) {
    fuzz::check_reading(*reading);
  }
  return 0;
}
