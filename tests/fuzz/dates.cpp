// Times as FHIR and C-CDA write them, and dates of birth.
#include "base/time.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/fhir/values.hpp"
#include "reading.hpp"

namespace {

using namespace chartroom;

void check(const evidence::When& when) {
  const std::string date = when.date_text();
  fuzz::must(when.known() != date.empty(), "only what is unknown has no text");
  if (!when.known()) return;
  const base::Date day = base::Date::from(when.value);
  fuzz::must(day.exists(), "a day that is read exists");
  fuzz::must(day.iso().starts_with(date), "the text is no more exact than the day");
  const std::size_t length = when.precision == evidence::Precision::year    ? 4
                             : when.precision == evidence::Precision::month ? 7
                                                                            : 10;
  fuzz::must(date.size() == length || day.year > 9999 || day.year < 1000,
             "the text is as exact as the source");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  check(evidence::fhir::read_when(text));
  check(evidence::ccda::read_time(text));
  if (const auto date = base::parse_date(text)) {
    fuzz::must(date->exists() && base::parse_date(date->iso()) == date,
               "a date's text is the date");
  }
  if (const auto time = base::parse_iso(text)) {
    fuzz::must(base::parse_iso(base::format_iso(*time)) == time, "a time's text is the time");
  }
  (void)base::parse_duration(text);
  return 0;
}
