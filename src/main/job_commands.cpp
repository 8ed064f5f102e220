#include "main/job_commands.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <optional>

#include "base/time.hpp"
#include "main/commands.hpp"
#include "main/print.hpp"
#include "main/wiring.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;
using app::JobState;
using app::JobView;
using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

constexpr std::size_t kJobsShownMost = 10'000;
constexpr std::size_t kPageOfJobs = 500;
constexpr std::size_t kReasonMost = 60;
constexpr std::int64_t kFromNewest = std::numeric_limits<std::int64_t>::max();

/// Ids, numbers and fixed words: a job knows nothing else.
json::object shown_job(const JobView& view) {
  json::object line{{"id", view.job.id},
                    {"client_id", view.job.client_id},
                    {"kind", view.job.kind},
                    {"state", app::to_string(view.state)},
                    {"order_id", view.job.order_id},
                    {"due_at", base::format_iso(view.due_at)},
                    {"attempts", view.job.attempts}};
  if (!view.error.empty()) line["error"] = view.error;
  if (view.lease_until) line["lease_until"] = base::format_iso(*view.lease_until);
  if (view.ended_at) line["ended_at"] = base::format_iso(*view.ended_at);
  return line;
}

std::string member_of_payload(const app::Job& job, const std::string& member) {
  boost::system::error_code error;
  const json::value payload = json::parse(job.payload, error);
  const json::object* object = error ? nullptr : payload.if_object();
  const json::value* value = object == nullptr ? nullptr : object->if_contains(member);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Every job that fits, newest first.
Result<void> for_each_job(app::Store& store, const app::JobFilter& filter,
                          const std::function<void(JobView&&)>& take) {
  for (std::int64_t before = kFromNewest;;) {
    auto page = store.list_jobs(filter, before, kPageOfJobs);
    if (!page) return pass_on(page.error());
    if (page->empty()) return {};
    before = page->back().sequence;
    for (JobView& view : *page) take(std::move(view));
  }
}

Result<JobView> find_job(app::Store& store, const std::string& client_id,
                         const std::string& job_id) {
  auto found = store.find_jobs(job_id);
  if (!found) return pass_on(found.error());
  if (!client_id.empty()) {
    std::erase_if(*found, [&](const JobView& view) { return view.job.client_id != client_id; });
  }
  if (found->empty()) {
    return fail(ErrorCode::invalid_input,
                "ID: there is no job with this id; 'chartroom jobs list' shows all");
  }
  if (found->size() > 1) {
    return fail(ErrorCode::invalid_input,
                "ID: several applications have a job with this id; say whose by --app");
  }
  return std::move(found->front());
}

Result<void> need_dead(const JobView& view) {
  if (view.state == JobState::dead) return {};
  return fail(ErrorCode::conflict,
              std::string("the job is no dead letter: it is ") + app::to_string(view.state));
}

/// Redrives and discards, each with its line in the audit trail.
class Sexton {
 public:
  explicit Sexton(OpenStore& house) : house_(house) {}

  /// What would make a dead letter end without having been delivered; nothing: it may go.
  Result<std::optional<std::string>> why_not(const app::Job& job) {
    const auto tenant = house_.store->tenant(job.client_id);
    if (job.kind == "deliver") {
      const auto endpoint = tenant->find_webhook(member_of_payload(job, "endpointId"));
      if (!endpoint) return pass_on(endpoint.error());
      if (!*endpoint) return std::optional<std::string>("its webhook endpoint was removed");
      if (!(*endpoint)->enabled) {
        return std::optional<std::string>("its webhook endpoint is disabled; enable it first");
      }
    }
    if (job.kind == "ship") {
      const auto destination = tenant->find_destination(member_of_payload(job, "destinationId"));
      if (!destination) return pass_on(destination.error());
      if (!*destination) return std::optional<std::string>("its destination was removed");
    }
    return std::optional<std::string>();
  }

  Result<void> redrive(const app::Job& job) {
    return commit(job, app::RedriveJob{job.id}, "job.redriven", job.id);
  }
  Result<void> discard(const app::Job& job, const std::string& reason) {
    return commit(job, app::DiscardJob{job.id, reason}, "job.discarded",
                  job.id + " (" + reason + ")");
  }

 private:
  Result<void> commit(const app::Job& job, const app::Write& write, const char* action,
                      const std::string& subject) {
    const base::TimePoint now = house_.clock.now() + job.clock_offset;
    return house_.store->tenant(job.client_id)
        ->commit({write, app::InsertAudit{{job.order_id, "operator", action, subject, now}}});
  }

  OpenStore& house_;
};

int redrive_one(OpenStore& house, const std::string& client_id, const std::string& job_id) {
  const auto found = find_job(*house.store, client_id, job_id);
  if (!found) return report_error(found.error());
  if (const auto dead = need_dead(*found); !dead) return report_error(dead.error());
  Sexton sexton(house);
  const auto hindrance = sexton.why_not(found->job);
  if (!hindrance) return report_error(hindrance.error());
  if (*hindrance) {
    return report_error({ErrorCode::conflict, "the job would end undelivered: " + **hindrance});
  }
  if (const auto done = sexton.redrive(found->job); !done) return report_error(done.error());
  print({{"redriven", job_id}, {"kind", found->job.kind}, {"order_id", found->job.order_id}});
  return kDone;
}

int redrive_many(OpenStore& house, const app::JobFilter& filter, bool sure) {
  std::vector<JobView> dead;
  const auto listed =
      for_each_job(*house.store, filter, [&](JobView&& view) { dead.push_back(std::move(view)); });
  if (!listed) return report_error(listed.error());
  // The oldest first, so that those of one lane keep their order.
  std::reverse(dead.begin(), dead.end());
  Sexton sexton(house);
  std::map<std::string, std::size_t> outcomes{{"redriven", 0}, {"skipped", 0}};
  for (const JobView& view : dead) {
    json::object line{
        {"id", view.job.id}, {"kind", view.job.kind}, {"order_id", view.job.order_id}};
    const auto hindrance = sexton.why_not(view.job);
    if (!hindrance) return report_error(hindrance.error());
    if (*hindrance) {
      line["skipped"] = **hindrance;
      ++outcomes["skipped"];
    } else if (sure) {
      const auto done = sexton.redrive(view.job);
      if (!done && done.error().code != ErrorCode::conflict) return report_error(done.error());
      if (!done) line["skipped"] = done.error().message;
      ++outcomes[done ? "redriven" : "skipped"];
    } else {
      ++outcomes["redriven"];
    }
    print(line);
  }
  if (sure) {
    print({{"redriven", outcomes["redriven"]}, {"skipped", outcomes["skipped"]}});
  } else {
    print({{"would_redrive", outcomes["redriven"]}, {"skipped", outcomes["skipped"]}});
    std::cerr << "chartroom: nothing was changed; --yes does it\n";
  }
  return kDone;
}

Result<app::JobFilter> filter_of(app::Store& store, const JobChoice& choice) {
  app::JobFilter filter;
  if (!choice.client_id.empty()) {
    if (const auto known = find_application(store, choice.client_id); !known)
      return pass_on(known.error());
    filter.client_id = choice.client_id;
  }
  if (!choice.kind.empty()) filter.kind = choice.kind;
  if (!choice.order_id.empty()) filter.order_id = choice.order_id;
  if (choice.state.empty()) return filter;
  for (const JobState state : app::kJobStates) {
    if (choice.state == app::to_string(state)) filter.state = state;
  }
  if (!filter.state) {
    return fail(ErrorCode::invalid_input,
                "--state: one of waiting, running, blocked, done and dead");
  }
  return filter;
}

/// A ticket's number, or a word. It goes into the audit trail, which has room for nothing else.
bool is_reason(const std::string& reason) {
  return !reason.empty() && reason.size() <= kReasonMost &&
         std::all_of(reason.begin(), reason.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

int jobs_list(const Config& config, const JobChoice& choice, std::size_t limit) {
  if (limit == 0 || limit > kJobsShownMost) {
    std::cerr << "chartroom: --limit: 1 to " << kJobsShownMost << '\n';
    return kUsedWrongly;
  }
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  const auto filter = filter_of(*(*open)->store, choice);
  if (!filter) return report_error(filter.error());
  const auto views = (*open)->store->list_jobs(*filter, kFromNewest, limit);
  if (!views) return report_error(views.error());
  for (const JobView& view : *views) print(shown_job(view));
  return kDone;
}

int jobs_show(const Config& config, const std::string& client_id, const std::string& job_id) {
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  const auto found = find_job(*(*open)->store, client_id, job_id);
  if (!found) return report_error(found.error());
  json::object line = shown_job(*found);
  line["priority"] = found->job.priority;
  line["lane"] = found->job.lane;
  boost::system::error_code error;
  line["payload"] = json::parse(found->job.payload, error);
  if (found->state == JobState::dead) {
    const auto hindrance = Sexton(**open).why_not(found->job);
    if (!hindrance) return report_error(hindrance.error());
    if (*hindrance) line["cannot_be_redriven"] = **hindrance;
  }
  print(line);
  return kDone;
}

int jobs_stats(const Config& config, const std::string& client_id) {
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  JobChoice choice;
  choice.client_id = client_id;
  const auto filter = filter_of(*(*open)->store, choice);
  if (!filter) return report_error(filter.error());
  const auto counts = (*open)->store->count_jobs(filter->client_id);
  if (!counts) return report_error(counts.error());
  for (const app::JobCount& count : *counts) {
    print({{"kind", count.kind},
           {"state", app::to_string(count.state)},
           {"count", count.count},
           {"oldest_due", base::format_iso(count.oldest_due)}});
  }
  return kDone;
}

int jobs_redrive(const Config& config, const std::string& client_id, const Redrive& what) {
  if (int{!what.job_id.empty()} + int{!what.kind.empty()} + int{what.all} != 1) {
    std::cerr << "chartroom: one of ID, --kind and --all\n";
    return kUsedWrongly;
  }
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  if (!what.job_id.empty()) return redrive_one(**open, client_id, what.job_id);
  const auto filter = filter_of(*(*open)->store, {client_id, what.kind, "", "dead"});
  if (!filter) return report_error(filter.error());
  return redrive_many(**open, *filter, what.sure);
}

int jobs_discard(const Config& config, const std::string& client_id, const std::string& job_id,
                 const std::string& reason) {
  if (!is_reason(reason)) {
    std::cerr << "chartroom: --reason: a ticket's number or a word: 1 to " << kReasonMost
              << " of the characters A-Z a-z 0-9 - _ .\n";
    return kUsedWrongly;
  }
  const auto open = open_store(config, Purpose::tool);
  if (!open) return report_error(open.error());
  const auto found = find_job(*(*open)->store, client_id, job_id);
  if (!found) return report_error(found.error());
  if (const auto dead = need_dead(*found); !dead) return report_error(dead.error());
  if (const auto done = Sexton(**open).discard(found->job, reason); !done)
    return report_error(done.error());
  print({{"discarded", job_id}, {"kind", found->job.kind}, {"order_id", found->job.order_id}});
  return kDone;
}

Result<std::size_t> count_jobs_with(app::Store& store, const std::string& client_id,
                                    const std::string& kind, const std::string& member,
                                    const std::string& value) {
  std::size_t count = 0;
  app::JobFilter filter;
  filter.client_id = client_id;
  filter.kind = kind;
  const auto counted = for_each_job(store, filter, [&](JobView&& view) {
    if (view.state != JobState::dead && member_of_payload(view.job, member) == value) ++count;
  });
  if (!counted) return pass_on(counted.error());
  return count;
}

}  // namespace chartroom::cli
