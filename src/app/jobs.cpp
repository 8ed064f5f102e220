#include "app/jobs.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstring>
#include <iterator>

#include "app/announcements.hpp"
#include "app/applicant.hpp"
#include "app/collect.hpp"
#include "app/context.hpp"
#include "app/job_payload.hpp"
#include "app/produce.hpp"
#include "app/shipping.hpp"
#include "app/vendor_asks.hpp"
#include "app/webhook_rules.hpp"
#include "base/text.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;

std::optional<order::Channel> payload_channel(const std::string& payload) {
  const std::string name = payload_text(payload, "channel");
  for (const order::Channel channel :
       {order::Channel::portal, order::Channel::ehr, order::Channel::aps}) {
    if (name == order::to_string(channel)) return channel;
  }
  return std::nullopt;
}

/// The last task of this kind for this channel that was resolved with a yes.
const order::Task* last_resolved(const order::Order& order, order::TaskKind kind,
                                 order::Channel channel) {
  const order::Task* found = nullptr;
  for (const order::Task& task : order.tasks) {
    if (task.kind == kind && task.channel == channel && task.state == order::TaskState::resolved &&
        !task.declined) {
      found = &task;
    }
  }
  return found;
}

RetrievalRequest make_request(const StoredOrder& order, const order::ChannelProgress& progress,
                              const Job& job, base::TimePoint now, bool sandbox) {
  RetrievalRequest request;
  request.order_id = order.core.id;
  request.channel = progress.channel;
  request.applicant = order.request;
  request.person = to_person(order.request);
  request.sandbox = sandbox;
  request.authorized = last_resolved(order.core, order::TaskKind::special_authorization,
                                     progress.channel) != nullptr;
  if (const auto* task =
          last_resolved(order.core, order::TaskKind::connect_portal, progress.channel)) {
    request.connection = task->detail;
  }
  request.attempt = job.attempts;
  request.now = now;
  request.asked_at = progress.asked_at.value_or(now);
  add_given(order, request);
  return request;
}

AuditEntry audit(const std::string& order_id, const char* action, std::string subject,
                 base::TimePoint at) {
  return {order_id, "worker", action, std::move(subject), at};
}

/// Without these jobs an order still ends and nobody misses a notification or keeps data too long.
/// All others are tried for ever: what stopped them was a fault of ours or of the house, and they
/// go on when it is mended.
bool may_be_given_up(const std::string& kind) {
  return kind == kRetrieveJob || kind == kMailJob || kind == kShipJob;
}

/// Whether one more failure is one too many for an endpoint (its circuit breaker).
bool is_worn_out(const WebhookEndpoint& endpoint, base::TimePoint now) {
  return endpoint.failures + 1 >= kSuspendFailures && endpoint.failing_since &&
         now - *endpoint.failing_since >= kSuspendAfter;
}

}  // namespace

std::string payload_text(const std::string& payload, const char* name) {
  boost::system::error_code error;
  const json::value value = json::parse(payload, error);
  const json::object* object = error ? nullptr : value.if_object();
  const json::value* member = object == nullptr ? nullptr : object->if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                  : std::string();
}

base::Duration retrieval_backoff(unsigned failed) {
  constexpr unsigned kQuickTries = 6;
  if (failed > kQuickTries) return std::chrono::hours{2};
  const base::Duration doubled = std::chrono::minutes{1U << std::min(failed, kQuickTries)} / 2;
  return std::min<base::Duration>(doubled, std::chrono::minutes{15});
}

JobRunner::JobRunner(Ports ports, std::string public_url, std::string engine_version)
    : ports_(std::move(ports)),
      writer_(ports_.random, public_url, ports_.mail.sender != nullptr),
      public_url_(std::move(public_url)),
      engine_version_(std::move(engine_version)) {}

base::Result<void> JobRunner::run(const Job& job) {
  const auto tenant = ports_.store.tenant(job.client_id);
  const Work work{job, *tenant, ports_.clock.now() + job.clock_offset};
  if (job.crashes >= kCrashesMost && may_be_given_up(job.kind)) {
    return bury(work, "its worker died or failed every time");
  }
  if (job.kind == kCommandJob) return run_command(work);
  if (job.kind == kRetrieveJob) return run_retrieval(work);
  if (job.kind == kBuildJob) return run_build(work);
  if (job.kind == kDeliverJob) return run_delivery(work);
  if (job.kind == kPurgeJob) return run_purge(work);
  if (job.kind == kMailJob) return run_mail(work);
  if (job.kind == kShipJob) return run_ship(work);
  return bury(work, "unknown kind of job");
}

base::Result<void> JobRunner::finish(const Work& work) {
  return work.tenant.commit({FinishJob::of(work.job)});
}

base::Result<void> JobRunner::retry(const Work& work, base::Duration delay,
                                    const std::string& error) {
  return work.tenant.commit({RetryJob{work.job.id, work.job.lease, delay, error}});
}

base::Result<void> JobRunner::bury(const Work& work, const std::string& error) {
  ports_.logger.error("job buried",
                      {{"job", work.job.id}, {"kind", work.job.kind}, {"reason", error}});
  return work.tenant.commit({BuryJob{work.job.id, work.job.lease, error}});
}

/// Full jitter: anything from half to the whole, so that a crowd does not come back at once.
base::Duration JobRunner::jitter(base::Duration upper) {
  std::uint16_t chance = 0;
  ports_.random.fill(std::as_writable_bytes(std::span{&chance, 1}));
  return upper / 2 + upper / 2 * chance / 65'536;
}

base::Result<bool> JobRunner::suppressed(const Work& work, const StoredOrder& order) {
  for (const std::string& key : suppression_keys(order.request, ports_.sealer)) {
    auto listed = work.tenant.is_suppressed(key);
    if (!listed || *listed) return listed;
  }
  // The sandbox's persona for a suppressed person (docs/sandbox.md).
  const auto application = ports_.store.find_application(work.job.client_id);
  if (!application) return base::pass_on(application.error());
  return *application && (*application)->sandbox && order.request.last_name &&
         base::fold(*order.request.last_name) == "suppressed";
}

base::Result<void> JobRunner::suppress(const Work& work) {
  Companions companions;
  companions.writes = {FinishJob::of(work.job), PurgeOrderData{work.job.order_id},
                       InsertAudit{audit(work.job.order_id, "order.suppressed", "", work.now)}};
  const auto applied =
      writer_.apply(work.tenant, work.job.order_id, order::Suppress{}, work.now, companions);
  return applied ? base::Result<void>{} : base::pass_on(applied.error());
}

base::Result<void> JobRunner::run_command(const Work& work) {
  auto command = command_from_payload(work.job.payload);
  if (!command) return bury(work, "payload cannot be read");
  if (auto* start = std::get_if<order::Start>(&*command)) {
    const auto order = work.tenant.find_order(work.job.order_id);
    if (!order) return base::pass_on(order.error());
    if (!*order) return bury(work, "order is gone");
    const auto listed = suppressed(work, **order);
    if (!listed) return base::pass_on(listed.error());
    start->suppressed = *listed;
  }
  Companions companions;
  companions.writes = {FinishJob::of(work.job)};
  const auto applied =
      writer_.apply(work.tenant, work.job.order_id, *command, work.now, companions);
  if (applied) return {};
  if (applied.error().code == base::ErrorCode::not_found) return bury(work, "order is gone");
  return base::pass_on(applied.error());
}

base::Result<void> JobRunner::run_retrieval(const Work& work) {
  const auto channel = payload_channel(work.job.payload);
  const auto stored = work.tenant.find_order(work.job.order_id);
  if (!stored) return base::pass_on(stored.error());
  if (!channel || !*stored) return bury(work, "payload cannot be read");
  const StoredOrder& order = **stored;
  const order::ChannelProgress* progress = order.core.progress(*channel);
  if (progress == nullptr || progress->state != order::ChannelState::running ||
      order::is_final(order.core.state)) {
    return finish(work);  // the order went on without this channel
  }
  const auto listed = suppressed(work, order);
  if (!listed) return base::pass_on(listed.error());
  if (*listed) return suppress(work);
  const auto port = ports_.channels.find(*channel);
  if (port == ports_.channels.end()) {
    return take_answer(
        work, order, {RetrievalAnswer::Status::failed, {}, {}, "channel is not set up"}, *channel);
  }
  const auto application = ports_.store.find_application(work.job.client_id);
  if (!application) return base::pass_on(application.error());
  const bool sandbox = *application && (*application)->sandbox;
  auto answer = port->second->retrieve(make_request(order, *progress, work.job, work.now, sandbox));
  if (!answer) {
    if (was_cancelled(0)) return stopping();
    ports_.logger.warning("channel unavailable",
                          {{"order", order.core.id},
                           {"channel", order::to_string(*channel)},
                           {"attempt", std::int64_t{work.job.attempts} + 1}});
    return retry(work, jitter(retrieval_backoff(work.job.attempts + 1)), "channel unavailable");
  }
  return take_answer(work, order, std::move(*answer), *channel);
}

base::Result<void> JobRunner::take_answer(const Work& work, const StoredOrder& order,
                                          RetrievalAnswer answer, order::Channel channel) {
  using Status = RetrievalAnswer::Status;
  if (answer.status == Status::still_running) return wait_for_more(work, order, answer, channel);
  Collected collected = collect(order.core.id, channel, to_person(order.request),
                                base::Date::from(order.core.created_at), order.request.providers,
                                answer.items, work.now);
  order::ChannelAnswered& answered = collected.answer;
  answered.detail = answer.detail;
  if (answer.status == Status::failed) answered.answer = order::ChannelAnswered::Answer::failed;
  if (answer.status == Status::needs_authorization) {
    answered.answer = order::ChannelAnswered::Answer::needs_authorization;
  }
  const char* wrong = wrong_with_ask(answer);
  if (wrong != nullptr) {  // nobody could answer it, so the channel has nothing to wait for
    answered.answer = order::ChannelAnswered::Answer::failed;
    ports_.logger.warning(
        "channel asks what cannot be asked",
        {{"order", order.core.id}, {"channel", order::to_string(channel)}, {"wrong", wrong}});
  } else {
    tell_ask(answer, answered);
  }
  ports_.logger.info("records received",
                     {{"order", order.core.id},
                      {"channel", order::to_string(channel)},
                      {"accepted", std::int64_t{answered.sources}},
                      {"rejected", std::int64_t{answered.rejected}},
                      {"unreadable", std::int64_t{answered.unreadable}},
                      {"quarantined", static_cast<std::int64_t>(answered.quarantined.size())}});
  Companions companions;
  companions.notes = std::move(answer.notes);
  companions.notes_from = channel;
  if (answered.answer == order::ChannelAnswered::Answer::needs_answer) {
    companions.amend = [channel, ask = std::move(answer.ask)](StoredOrder& amended) {
      keep_question(amended, channel, ask);
    };
  }
  companions.writes.emplace_back(FinishJob::of(work.job));
  companions.complete = [&](const StoredOrder& then, Commit& writes) {
    // The order ended while its channel was asked: aborted, or the person was suppressed. What
    // comes now is for nobody, and nothing of it may be kept.
    if (order::is_final(then.core.state)) return;
    Commit received;
    for (const RawRecord& record : collected.records) {
      received.emplace_back(InsertAudit{
          audit(then.core.id, (std::string("record.") + to_string(record.verdict)).c_str(),
                record.id, work.now)});
      received.emplace_back(InsertRecord{record});
    }
    // Behind the order's row and before what follows from them, as the audit trail tells it.
    writes.insert(writes.begin() + 1, std::make_move_iterator(received.begin()),
                  std::make_move_iterator(received.end()));
  };
  const auto applied = writer_.apply(work.tenant, order.core.id, answered, work.now, companions);
  return applied ? base::Result<void>{} : base::pass_on(applied.error());
}

base::Result<void> JobRunner::wait_for_more(const Work& work, const StoredOrder& order,
                                            const RetrievalAnswer& answer, order::Channel channel) {
  const auto settings = work.tenant.settings();
  if (!settings) return base::pass_on(settings.error());
  Commit writes{RetryJob{work.job.id, work.job.lease,
                         std::max<base::Duration>(answer.retry_after, std::chrono::seconds{1}),
                         "still running"}};
  const std::size_t without_notes = writes.size();
  const auto noted =
      announce_notes({work.tenant, order, channel, answer.notes, work.now, *settings}, writes);
  if (!noted) return base::pass_on(noted.error());
  // After an order's end nothing more is said of it. So notes go out only when the order is still
  // as it was read; otherwise the job is claimed again and finds it changed.
  if (writes.size() > without_notes) writes.emplace_back(UpdateOrder{order});
  return work.tenant.commit(writes);
}

base::Result<void> JobRunner::run_build(const Work& work) {
  const auto stored = work.tenant.find_order(work.job.order_id);
  if (!stored) return base::pass_on(stored.error());
  if (!*stored) return bury(work, "order is gone");
  const StoredOrder& order = **stored;
  if (!order.core.building_reports) return finish(work);
  const auto listed = suppressed(work, order);
  if (!listed) return base::pass_on(listed.error());
  if (*listed) return suppress(work);
  auto records = work.tenant.records_of(order.core.id, /*with_bytes=*/true);
  if (!records) return base::pass_on(records.error());

  Produced produced = produce(order, *records, work.now, engine_version_);
  for (const std::string& failure : produced.failures) {
    ports_.logger.error("report not built", {{"order", order.core.id}, {"report", failure}});
  }
  const auto destinations = work.tenant.destinations();
  if (!destinations) return base::pass_on(destinations.error());
  Companions companions;
  companions.writes.emplace_back(FinishJob::of(work.job));
  for (StoredReport& report : produced.reports) {
    for (const Destination& destination : *destinations) {
      if (!wants(destination, report)) continue;
      companions.writes.emplace_back(InsertJob{ship_job(report, destination, work.now)});
    }
    StoredReport listed_report = report;
    listed_report.bytes = {};
    companions.reports.push_back(std::move(listed_report));
    companions.writes.emplace_back(InsertReport{std::move(report)});
  }
  const order::ReportsBuilt built{static_cast<unsigned>(companions.reports.size()),
                                  produced.data_available};
  const auto applied = writer_.apply(work.tenant, order.core.id, built, work.now, companions);
  return applied ? base::Result<void>{} : base::pass_on(applied.error());
}

base::Result<void> JobRunner::run_delivery(const Work& work) {
  const auto event = work.tenant.find_event(payload_text(work.job.payload, "eventId"));
  if (!event) return base::pass_on(event.error());
  const std::string endpoint_id = payload_text(work.job.payload, "endpointId");
  const auto endpoint = work.tenant.find_webhook(endpoint_id);
  if (!endpoint) return base::pass_on(endpoint.error());
  if (!*event || !*endpoint || !(*endpoint)->enabled) return finish(work);

  const base::TimePoint real_now = ports_.clock.now();
  const EventSender::Outcome outcome = ports_.sender.send(**endpoint, **event, real_now);
  if (!outcome.accepted && was_cancelled(outcome.status)) return stopping();
  DeliveryAttempt attempt{(*event)->id,   endpoint_id,   work.job.attempts + 1,
                          outcome.status, outcome.error, work.now};
  Commit writes{InsertAttempt{std::move(attempt)},
                NoteDelivery{endpoint_id, outcome.accepted, real_now}};
  if (outcome.accepted) {
    writes.emplace_back(FinishJob::of(work.job));
  } else if (outcome.gone || is_worn_out(**endpoint, real_now)) {
    writes.emplace_back(SuspendWebhook{endpoint_id, real_now});
    writes.emplace_back(InsertAudit{audit("", "webhook.suspended", endpoint_id, work.now)});
    writes.emplace_back(BuryJob{work.job.id, work.job.lease,
                                outcome.gone ? "receiver is gone" : "endpoint suspended"});
    ports_.logger.warning("webhook suspended",
                          {{"webhook", endpoint_id}, {"reason", outcome.error}});
  } else if (const auto delay = ports_.sender.delay_after(work.job.attempts + 1)) {
    writes.emplace_back(RetryJob{work.job.id, work.job.lease, *delay, outcome.error});
  } else {
    writes.emplace_back(BuryJob{work.job.id, work.job.lease, outcome.error});
  }
  if (!outcome.accepted) {
    ports_.logger.warning("notification not accepted", {{"order", (*event)->order_id},
                                                        {"event_id", (*event)->id},
                                                        {"status", std::int64_t{outcome.status}},
                                                        {"reason", outcome.error}});
  }
  return work.tenant.commit(writes);
}

base::Result<void> JobRunner::run_purge(const Work& work) {
  return work.tenant.commit({PurgeOrderData{work.job.order_id},
                             InsertAudit{audit(work.job.order_id, "order.purged", "", work.now)},
                             FinishJob::of(work.job)});
}

}  // namespace chartroom::app
