// From a decision to one commit: the order row, its events and the work it asked for.
//
// This is the only way an order changes after it was placed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/notifications.hpp"
#include "app/store.hpp"
#include "base/ports.hpp"
#include "base/result.hpp"

namespace chartroom::app {

/// What goes into the same commit as a command's decision.
struct Companions {
  Commit writes;                      ///< finished job, received records, built reports, audit, …
  std::vector<StoredReport> reports;  ///< reports among the writes, for the order summary
  /// May change what the core does not see (the sealed request) in the same step.
  std::function<void(StoredOrder&)> amend;
  /// Adds writes that depend on the order as the decision leaves it (an answer that shows it).
  std::function<void(const StoredOrder&, Commit&)> complete;
  const char* actor = "worker";  ///< who, in the audit trail
  /// The command was made from the order at this version. When that is no longer the stored one,
  /// apply() does not decide anew: the conflict (field "UpdateOrder") is the caller's.
  std::optional<std::int64_t> only_version;
};

class OrderWriter {
 public:
  /// `mails`: a mail server is set up.
  OrderWriter(base::Random& random, std::string public_url, bool mails)
      : random_(random), public_url_(std::move(public_url)), mails_(mails) {}

  /// Loads the order, decides and commits; decides anew when another writer was faster.
  /// `now` is the application's time. Returns the order as stored.
  /// Errors: those of decide(), not_found, those of the store; a conflict whose `field` names a
  /// write other than UpdateOrder comes from a companion and is passed on at once.
  base::Result<StoredOrder> apply(TenantStore& tenant, const std::string& order_id,
                                  const order::Command& command, base::TimePoint now,
                                  const Companions& companions);

  /// The writes for a decision on `order`, without the row itself: events, deliveries, jobs, audit.
  base::Result<Commit> consequences(TenantStore& tenant, const StoredOrder& order,
                                    const order::Decision& decision, base::TimePoint now,
                                    const Companions& companions);

 private:
  base::Random& random_;
  std::string public_url_;
  bool mails_;
};

/// A timer's or start's command in a job's payload, and back.
[[nodiscard]] std::string command_payload(const order::Command& command);
[[nodiscard]] base::Result<order::Command> command_from_payload(const std::string& payload);

}  // namespace chartroom::app
