// Reports of hostile records: the HTML stays inert, the JSON stays JSON.
#include <boost/json/parse.hpp>

#include "record.hpp"
#include "report/build.hpp"

namespace {

using namespace chartroom;

report::OrderContext context() {
  report::OrderContext made;
  made.order_id = "order";
  made.order_type = "healthcheck";
  made.human_id = "0123456789abcdef0123456789abcdef";
  made.client_user_id = "client";
  made.created = base::from_unix_ms(1'772'445'600'000);
  made.ordered_at = base::from_unix_ms(1'772'352'000'000);
  made.conditions = {"diabetes"};
  made.engine_version = "fuzz";
  return made;
}

void check(const report::BuiltReport& built) {
  if (built.format == report::Format::zip) return;
  fuzz::must(base::is_valid_utf8(built.bytes), "a report is UTF-8");
  if (built.format == report::Format::json) {
    boost::system::error_code error;
    const auto value = boost::json::parse(built.bytes, error);
    fuzz::must(!error && value.is_object(), "a JSON report is JSON");
    return;
  }
  const std::string html = base::to_lower_ascii(built.bytes);
  for (const char* active :
       {"<script", "<iframe", "<object", "<embed", "<form", "=\"javascript:"}) {
    fuzz::must(html.find(active) == std::string::npos, "an HTML report is inert");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto readings = evidence::read_item(fuzz::as_text(data, size));
  if (!readings || readings->empty()) return 0;
  const evidence::Record record = fuzz::record_of(std::move(*readings));
  using report::Format;
  const std::vector<report::ReportSpec> specs{
      {"healthcheck", Format::html, {}}, {"healthcheck", Format::json, {}},
      {"highlights", Format::html, {}},  {"highlights", Format::json, {}},
      {"unity", Format::html, {}},       {"clinicalhistory", Format::html, {}},
      {"ccdraw", Format::html, {}},      {"clinicalnotes", Format::html, {}},
      {"fhir", Format::zip, {}},         {"apidata", Format::json, {}}};
  report::OrderContext about = context();
  const std::string raw(reinterpret_cast<const char*>(data), size);
  about.raw_items.assign(record.sources.size(), raw);
  const auto built = report::build(specs, record, about);
  fuzz::must(built.has_value(), "reports can be built of whatever was read");
  for (const report::BuiltReport& report : *built) check(report);
  return 0;
}
