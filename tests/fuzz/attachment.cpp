// Bodies of documents: RTF, HTML, text, pictures, PDF, C-CDA within FHIR. The first byte says of
// which kind the rest claims to be.
#include <array>
#include <string>

#include "base/bytes.hpp"
#include "evidence/rtf.hpp"
#include "reading.hpp"

namespace {

using namespace chartroom;

constexpr std::array<const char*, 8> kTypes{"text/rtf",        "text/html",
                                            "text/plain",      "image/png",
                                            "application/pdf", "application/hl7-v3+xml",
                                            "image/tiff",      ""};

std::string in_fhir(std::string_view type, const std::string& base64) {
  return R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"p",)"
         R"("name":[{"given":["Jane"],"family":"Doe"}],"birthDate":"1968-02-13"}},)"
         R"({"resource":{"resourceType":"DocumentReference","id":"d","subject":{"reference":)"
         R"("Patient/p"},"content":[{"attachment":{"contentType":")" +
         std::string(type) + R"(","data":")" + base64 + R"("}}]}}]})";
}

std::string in_ccda(std::string_view type, const std::string& base64) {
  return "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><component><nonXMLBody><text mediaType=\"" +
         std::string(type) + "\" representation=\"B64\">" + base64 +
         "</text></nonXMLBody></component></ClinicalDocument>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char* type = kTypes.at(data[0] % kTypes.size());
  const std::string_view body = fuzz::as_text(data + 1, size - 1);
  const std::string words = evidence::rtf_text(body);
  fuzz::must(base::is_valid_utf8(words), "the words of an RTF document are UTF-8");
  // No control word stands for more than its own letters; \'xx and \uN give three bytes at most.
  fuzz::must(words.size() <= 3 * body.size() + 3, "RTF does not grow");

  const std::string base64 = base::to_base64(body);
  const auto fhir = evidence::read_fhir(in_fhir(type, base64));
  fuzz::must(fhir && fhir->size() == 1, "an attachment never costs its resource");
  fuzz::check_reading(fhir->front());
  fuzz::must(!fhir->front().facts.empty(), "the document's row stays, whatever its content is");
  const auto ccda = evidence::read_ccda(in_ccda(type, base64));
  fuzz::must(ccda.has_value(), "a body never costs its document");
  fuzz::check_reading(*ccda);
  fuzz::must(!ccda->facts.empty() || !ccda->losses.empty(), "a body is shown or named");
  return 0;
}
