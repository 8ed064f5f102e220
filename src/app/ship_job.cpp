// Shipping a report whose time has come. Whether it may go is looked up before every try, since it
// may have been overtaken by a suppression, the end of retention or the operator.
#include "app/announcements.hpp"
#include "app/context.hpp"
#include "app/job_payload.hpp"
#include "app/jobs.hpp"
#include "app/shipping.hpp"

namespace chartroom::app {
namespace {

/// A slow receiver gets part of the workers at most; the others find the next job.
class ShippingSlot {
 public:
  ShippingSlot(std::atomic<unsigned>& taken, unsigned most) : taken_(taken) {
    free_ = taken_.fetch_add(1) < most;
  }
  ~ShippingSlot() { taken_.fetch_sub(1); }
  ShippingSlot(const ShippingSlot&) = delete;
  ShippingSlot& operator=(const ShippingSlot&) = delete;
  [[nodiscard]] bool is_free() const { return free_; }

 private:
  std::atomic<unsigned>& taken_;
  bool free_ = false;
};

constexpr std::chrono::milliseconds kWaitForSlot{500};

}  // namespace

base::Result<bool> JobRunner::may_ship(const Work& work, const StoredOrder& order) {
  if (order.core.suppressed) return false;
  const auto listed = suppressed(work, order);
  if (!listed) return base::pass_on(listed.error());
  const auto application = ports_.store.find_application(work.job.client_id);
  if (!application) return base::pass_on(application.error());
  return !*listed && *application && (*application)->enabled;
}

base::Result<void> JobRunner::run_ship(const Work& work) {
  const std::string report_id = payload_text(work.job.payload, "reportId");
  if (ports_.shipper == nullptr) return bury(work, "shipping is not set up");
  const ShippingSlot slot(shipping_, ports_.shipments_at_once);
  if (!slot.is_free()) {
    return work.tenant.commit(
        {RetryJob{work.job.id, work.job.lease, jitter(kWaitForSlot), "busy", false}});
  }
  const auto destination =
      work.tenant.find_destination(payload_text(work.job.payload, "destinationId"));
  if (!destination) return base::pass_on(destination.error());
  if (!*destination) return finish(work);  // removed by the operator
  const auto order = work.tenant.find_order(work.job.order_id);
  if (!order) return base::pass_on(order.error());
  if (!*order) return bury(work, "order is gone");

  const auto allowed = may_ship(work, **order);
  if (!allowed) return base::pass_on(allowed.error());
  std::optional<StoredReport> report;
  if (*allowed) {
    auto found = work.tenant.find_report(report_id);
    if (!found) return base::pass_on(found.error());
    report = std::move(*found);  // none: purged
  }
  const std::string subject = shipment_subject(report_id, (*destination)->name);
  if (!report) {
    return work.tenant.commit(
        {FinishJob::of(work.job),
         InsertAudit{{work.job.order_id, "worker", "report.not_shipped", subject, work.now}}});
  }
  const auto whose = subject_of(work.tenant, **order);
  if (!whose) return base::pass_on(whose.error());
  // Never as it is instead.
  if (!encrypt_for(**destination, *report, ports_.random)) {
    return bury(work, "the PDF could not be encrypted");
  }
  const Shipment shipment = make_shipment(*whose, **destination, std::move(*report));
  return note_shipment(work, **destination, report_id,
                       ports_.shipper->ship(**destination, shipment));
}

base::Result<void> JobRunner::note_shipment(const Work& work, const Destination& destination,
                                            const std::string& report_id,
                                            const ReportShipper::Outcome& outcome) {
  if (!outcome.accepted && was_cancelled(outcome.status)) return stopping();
  const unsigned tries = work.job.attempts + 1;
  const auto audit = [&](const char* action) {
    return InsertAudit{{work.job.order_id, "worker", action,
                        shipment_subject(report_id, destination.name), work.now}};
  };
  Commit writes{InsertAttempt{
      {report_id, destination.id, tries, outcome.status, outcome.error, work.now, 0}}};
  if (outcome.accepted) {
    writes.emplace_back(FinishJob::of(work.job));
    writes.emplace_back(audit("report.shipped"));
    return work.tenant.commit(writes);
  }
  ports_.logger.warning("report not accepted", {{"order", work.job.order_id},
                                                {"report", report_id},
                                                {"destination", destination.id},
                                                {"attempt", std::int64_t{tries}},
                                                {"status", std::int64_t{outcome.status}},
                                                {"reason", outcome.error}});
  if (const auto delay = ports_.shipper->delay_after(tries)) {
    writes.emplace_back(RetryJob{work.job.id, work.job.lease, *delay, outcome.error});
    return work.tenant.commit(writes);
  }
  // For support's triage (§9.3): a dead letter, and a line in the order's timeline.
  writes.emplace_back(BuryJob{work.job.id, work.job.lease, outcome.error});
  writes.emplace_back(audit("report.shipping_failed"));
  ports_.logger.error(
      "report not shipped",
      {{"order", work.job.order_id}, {"report", report_id}, {"destination", destination.id}});
  return work.tenant.commit(writes);
}

}  // namespace chartroom::app
