#include "app/produce.hpp"

#include <algorithm>

#include "app/applicant.hpp"
#include "app/evidence_of.hpp"
#include "base/ids.hpp"
#include "report/build.hpp"

namespace chartroom::app {
namespace {

const char* channel_title(order::Channel channel) {
  switch (channel) {
    case order::Channel::portal:
      return "Patient portal";
    case order::Channel::ehr:
      return "EHR networks";
    case order::Channel::aps:
      return "APS vendor";
  }
  return "";
}

const char* outcome_of(const order::ChannelProgress& progress) {
  switch (progress.state) {
    case order::ChannelState::records:
      return "records received";
    case order::ChannelState::no_records:
      return "no records";
    case order::ChannelState::failed:
      return "failed";
    case order::ChannelState::skipped:
      return progress.asked_at ? "asked, and not given what it wanted" : "not asked";
    case order::ChannelState::cancelled:
      return "not answered in time";
    case order::ChannelState::waiting:
    case order::ChannelState::needs_input:
    case order::ChannelState::running:
      break;
  }
  return "not answered";
}

report::OrderContext context_of(const StoredOrder& order, base::TimePoint now,
                                const std::string& engine_version) {
  report::OrderContext context;
  context.order_id = order.core.id;
  context.order_type = order.core.type.alias;
  context.human_id = order.human_id;
  context.client_user_id = order.client_user_id;
  context.created = now;
  context.ordered_at = order.core.created_at;
  context.conditions = order.request.conditions;
  context.levels = order.core.type.levels;
  if (order.core.given.count(order::Field::hipaa_authorization) != 0) {
    context.authorization = "HIPAA authorization on file with the order";
  }
  context.timed_out = order.core.timed_out;
  for (const order::ChannelProgress& progress : order.core.channels) {
    context.channels.push_back({channel_title(progress.channel), outcome_of(progress), ""});
  }
  context.engine_version = engine_version;
  return context;
}

std::optional<report::Format> format_of(const std::string& name) {
  for (const report::Format format : report::all_formats()) {
    if (name == report::file_extension(format)) return format;
  }
  return std::nullopt;
}

/// Report ids follow from what the report is: building twice gives the same ids.
StoredReport to_stored(report::BuiltReport built, const StoredOrder& order, base::TimePoint now) {
  StoredReport report;
  std::string name =
      order.core.id + "/report/" + built.name + "." + report::file_extension(built.format);
  for (const std::string& provider : built.provider_ids) name += "/" + provider;
  for (const std::string& base_report : built.base_report_names) name += "+" + base_report;
  report.id = base::make_uuid_from_name(name);
  report.order_id = order.core.id;
  report.human_id = order.human_id;
  report.name = std::move(built.name);
  report.file_extension = report::file_extension(built.format);
  report.base_report_names = std::move(built.base_report_names);
  report.provider_ids = std::move(built.provider_ids);
  report.created_at = now;
  report.bytes = base::Sensitive<std::string>(std::move(built.bytes));
  return report;
}

}  // namespace

Produced produce(const StoredOrder& order, const std::vector<RawRecord>& records,
                 base::TimePoint now, const std::string& engine_version) {
  Produced produced;
  const evidence::Record record = evidence_of(order, records);
  produced.data_available = !record.facts.empty() || !record.documents.empty();
  if (!produced.data_available) return produced;
  report::OrderContext context = context_of(order, now, engine_version);
  // Merging gives the sources an order of its own, so they are told apart by their ids.
  for (const evidence::Source& source : record.sources) {
    const auto raw = std::find_if(records.begin(), records.end(),
                                  [&](const RawRecord& each) { return each.id == source.id; });
    context.raw_items.emplace_back(raw == records.end() ? std::string_view{}
                                                        : std::string_view(raw->bytes.reveal()));
  }

  std::vector<report::ReportSpec> specs;
  for (const order::Output& output : order.core.type.outputs) {
    const auto format = format_of(output.format);
    report::ReportSpec spec{output.name, format.value_or(report::Format::pdf), output.base_reports};
    if (!format || !report::is_supported(spec)) {
      produced.failures.push_back(output.name + "." + output.format +
                                  ": not a report of this release");
      continue;
    }
    specs.push_back(std::move(spec));
  }
  auto built = report::build(specs, record, context);
  if (built) {
    for (report::BuiltReport& report : *built) {
      produced.reports.push_back(to_stored(std::move(report), order, now));
    }
    return produced;
  }
  // Something failed: make each report by itself, so that the others arrive.
  for (const report::ReportSpec& spec : specs) {
    auto one = report::build({spec}, record, context);
    if (!one) {
      produced.failures.push_back(spec.name + "." + report::file_extension(spec.format) + ": " +
                                  one.error().message);
      continue;
    }
    for (report::BuiltReport& report : *one)
      produced.reports.push_back(to_stored(std::move(report), order, now));
  }
  return produced;
}

}  // namespace chartroom::app
