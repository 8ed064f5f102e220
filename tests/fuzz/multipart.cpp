// Forms as browsers send them: the content-type up to the first line end, then the body.
#include "http/multipart.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chartroom;
  const std::string_view input = fuzz::as_text(data, size);
  const auto line_end = input.find('\n');
  if (line_end == std::string_view::npos) return 0;
  const std::string_view content_type = input.substr(0, line_end);
  const std::string_view body = input.substr(line_end + 1);
  const http::MultipartLimits limits{5, 512};
  const auto parts = http::parse_multipart(content_type, body, limits);
  if (!parts) return 0;
  fuzz::must(http::is_multipart_form(content_type), "the media type was right");
  fuzz::must(parts->size() <= limits.parts, "parts are limited");
  const char* at = body.data();
  for (const http::FormPart& part : *parts) {
    fuzz::must(part.content_type.find_first_of("\r\n") == std::string::npos, "a line is a line");
    if (part.content.empty()) continue;
    fuzz::must(part.content.data() >= at, "contents come one after the other");
    at = part.content.data() + part.content.size();
    fuzz::must(at <= body.data() + body.size(), "contents lie within the body");
  }
  return 0;
}
