// What durable work does when its time has come.
//
// Every handler may run more than once for the same job (a worker can die after the effect and
// before the end of the lease): effects and the job's end are one commit, so they happen once.
// Thread-safe.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "app/mail_queue.hpp"
#include "app/order_writer.hpp"
#include "app/ports.hpp"
#include "app/store.hpp"
#include "base/logger.hpp"

namespace chartroom::app {

/// What sending mails needs besides the store.
struct MailHouse {
  MailSender* sender = nullptr;  ///< absent: no mail server is set up
  const LinkSigner* links = nullptr;
  std::string from;      ///< address of the sender, unless an application has its own
  std::string reply_to;  ///< may be empty
};

class JobRunner {
 public:
  struct Ports {
    Store& store;
    base::Clock& clock;
    base::Random& random;
    base::Logger& logger;
    Sealer& sealer;
    EventSender& sender;
    std::map<order::Channel, RecordChannel*> channels;
    MailHouse mail{};
    ReportShipper* shipper = nullptr;  ///< absent: reports are fetched, not shipped
    unsigned shipments_at_once = 1;    ///< of this process
    /// The process is stopping, and what goes out is cancelled: a peer that gave no answer is not
    /// to blame, so its job stays as it is and is given back.
    std::stop_token stop{};
  };

  JobRunner(Ports ports, std::string public_url, std::string engine_version);

  /// Runs one claimed job to its end: finished, given back or buried. A retrieval,
  /// mail or shipment that has crashed kCrashesMost times is buried without being run. Errors:
  /// those of the store, and unavailable when the process is stopping; the job is then still
  /// claimed.
  base::Result<void> run(const Job& job);

 private:
  struct Work {
    const Job& job;
    TenantStore& tenant;
    base::TimePoint now;  ///< application's time
  };

  base::Result<void> run_command(const Work& work);
  base::Result<void> run_retrieval(const Work& work);
  base::Result<void> run_build(const Work& work);
  base::Result<void> run_delivery(const Work& work);
  base::Result<void> run_purge(const Work& work);
  base::Result<void> run_mail(const Work& work);
  base::Result<void> run_ship(const Work& work);

  base::Result<void> send_mail(const Work& work, const Mail& mail, const MailTicket& ticket);
  base::Result<void> take_answer(const Work& work, const StoredOrder& order, RetrievalAnswer answer,
                                 order::Channel channel);
  /// The channel is not done: asks again later, and tells what its vendor said so far.
  base::Result<void> wait_for_more(const Work& work, const StoredOrder& order,
                                   const RetrievalAnswer& answer, order::Channel channel);
  /// Whether a report of the order may leave the house now.
  base::Result<bool> may_ship(const Work& work, const StoredOrder& order);
  base::Result<void> note_shipment(const Work& work, const Destination& destination,
                                   const std::string& report_id,
                                   const ReportShipper::Outcome& outcome);
  base::Result<void> finish(const Work& work);
  base::Result<void> retry(const Work& work, base::Duration delay, const std::string& error);
  base::Result<void> bury(const Work& work, const std::string& error);
  base::Result<bool> suppressed(const Work& work, const StoredOrder& order);
  base::Result<void> suppress(const Work& work);
  base::Duration jitter(base::Duration upper);
  [[nodiscard]] bool was_cancelled(int status) const {
    return status == 0 && ports_.stop.stop_requested();
  }

  Ports ports_;
  OrderWriter writer_;
  std::string public_url_;
  std::string engine_version_;
  std::atomic<unsigned> shipping_{0};  ///< shipments on their way
};

/// How long to wait after that many failed tries to send a mail; nullopt: give up. From a minute to
/// half a day, two days in all: long enough for a server that greylists or is down over night.
[[nodiscard]] std::optional<base::Duration> mail_backoff(unsigned failed);

/// The wait before try number `failed` + 1 of a channel that is down: a minute, doubling to a
/// quarter of an hour for the first six, then two hours. The order's own time-out ends it.
[[nodiscard]] base::Duration retrieval_backoff(unsigned failed);

}  // namespace chartroom::app
