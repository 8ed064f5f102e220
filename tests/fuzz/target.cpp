// Request targets.
#include "http/target.hpp"

#include "base/text.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chartroom;
  const auto target = http::parse_target(fuzz::as_text(data, size));
  if (!target) return 0;
  fuzz::must(base::is_valid_utf8(target->path), "the path is UTF-8");
  for (const std::string& segment : target->segments) {
    fuzz::must(base::is_valid_utf8(segment), "segments are UTF-8");
    fuzz::must(segment != "." && segment != "..", "no segment leads elsewhere");
    for (const char c : segment) {
      fuzz::must(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "no control characters");
    }
  }
  for (const auto& [name, value] : target->query) {
    fuzz::must(base::is_valid_utf8(name) && base::is_valid_utf8(value), "the query is UTF-8");
  }
  return 0;
}
