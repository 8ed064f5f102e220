// PDFs from outside: opened, stripped of what acts, and searched for what may have been left.
#include "report/pdf_received.hpp"

#include <exception>
#include <set>

#include "base/text.hpp"
#include "fuzz.hpp"

namespace {

using namespace chartroom;

void check_inert(QPDFObjectHandle root) {
  std::vector<QPDFObjectHandle> open{root};
  std::set<QPDFObjGen> seen;
  while (!open.empty()) {
    QPDFObjectHandle object = open.back();
    open.pop_back();
    if (object.isIndirect() && !seen.insert(object.getObjGen()).second) continue;
    if (object.isArray()) {
      for (const QPDFObjectHandle& item : object.getArrayAsVector()) open.push_back(item);
      continue;
    }
    QPDFObjectHandle dictionary = object.isStream() ? object.getDict() : object;
    if (!dictionary.isDictionary()) continue;
    for (const std::string& key : dictionary.getKeys()) {
      QPDFObjectHandle value = dictionary.getKey(key);
      open.push_back(value);
      if (!value.isDictionary()) continue;
      QPDFObjectHandle kind = value.getKey("/S");
      fuzz::must(!kind.isName() || (kind.getName() != "/JavaScript" && kind.getName() != "/Launch"),
                 "a stripped page runs nothing");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto received = report::pdf::open_received(std::string(fuzz::as_text(data, size)));
  if (!received) {
    fuzz::must(!received.error().message.empty(), "a refusal says why");
    return 0;
  }
  fuzz::must(!(*received)->pages.empty(), "an accepted PDF has pages");
  fuzz::must((*received)->pages.size() <= report::pdf::kReceivedPages, "pages are limited");
  for (QPDFPageObjectHelper& page : (*received)->pages) {
    try {
      report::pdf::strip_active(page.getObjectHandle());
    } catch (const std::exception&) {
      continue;  // qpdf and the limits within: such a PDF is replaced by a note
    }
    check_inert(page.getObjectHandle());
  }
  return 0;
}
