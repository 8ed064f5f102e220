#include "store/job_views.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "store/jobs.hpp"

namespace chartroom::store {
namespace {

static_assert(static_cast<int>(JobState::ready) == static_cast<int>(app::JobState::waiting) &&
              static_cast<int>(JobState::claimed) == static_cast<int>(app::JobState::running) &&
              static_cast<int>(JobState::blocked) == static_cast<int>(app::JobState::blocked) &&
              static_cast<int>(JobState::done) == static_cast<int>(app::JobState::done) &&
              static_cast<int>(JobState::dead) == static_cast<int>(app::JobState::dead));

std::string select_jobs(const std::string& rest) {
  return "SELECT j.sequence, j.client_id, j.id, j.kind, j.order_id, j.payload, j.lane, "
         "j.priority, j.attempts, j.due_at_ms, a.clock_offset_ms, j.state, j.lease_until_ms, "
         "j.ended_at_ms, j.error FROM jobs j " +
         rest;
}

/// One pair of statements for each state, so that each can say which index holds its jobs and no
/// others.
struct StateQueries {
  StateQueries(app::JobState of, const std::string& index, const std::string& where)
      : state(of),
        list(select_jobs("INDEXED BY " + index +
                         " LEFT JOIN applications a ON a.client_id = j.client_id "
                         "WHERE j.sequence < ?1 AND (?2 = '' OR j.client_id = ?2) "
                         "AND (?3 = '' OR j.kind = ?3) AND (?4 = '' OR j.order_id = ?4) AND " +
                         where + " ORDER BY j.sequence DESC LIMIT ?5")),
        count("SELECT j.kind, count(*), min(j.due_at_ms) FROM jobs j INDEXED BY " + index +
              " WHERE " + where + " AND (?1 = '' OR j.client_id = ?1) GROUP BY j.kind") {}

  app::JobState state;
  std::string list;
  std::string count;
};

/// They stay for good: the connections remember statements by where their words stand.
const std::array<StateQueries, app::kJobStates.size()>& state_queries() {
  static const std::array<StateQueries, app::kJobStates.size()> queries{
      StateQueries{app::JobState::waiting, "jobs_ready", "j.state = 0"},
      StateQueries{app::JobState::running, "jobs_claimed", "j.state = 1"},
      StateQueries{app::JobState::blocked, "jobs_lane",
                   "j.state = 2 AND j.state < 3 AND j.lane <> ''"},
      StateQueries{app::JobState::done, "jobs_done", "j.state = 3"},
      StateQueries{app::JobState::dead, "jobs_dead", "j.state = 4"},
  };
  return queries;
}

base::Result<app::JobView> read_view(const Row& row) {
  app::JobView view;
  int column = 0;
  view.sequence = row.integer(column++);
  view.job.client_id = row.text(column++);
  view.job.id = row.text(column++);
  view.job.kind = row.text(column++);
  view.job.order_id = row.text(column++);
  view.job.payload = row.text(column++);
  view.job.lane = row.text(column++);
  view.job.priority = static_cast<int>(row.integer(column++));
  view.job.attempts = static_cast<unsigned>(row.integer(column++));
  view.due_at = row.time(column++);
  view.job.clock_offset = base::Duration{row.integer(column++)};
  view.job.due_at = view.due_at + view.job.clock_offset;
  view.state = static_cast<app::JobState>(row.integer(column++));
  const auto lease_until = row.time(column++);
  const auto ended_at = row.time(column++);
  const bool ended = view.state == app::JobState::done || view.state == app::JobState::dead;
  if (view.state == app::JobState::running) view.lease_until = lease_until;
  if (ended) view.ended_at = ended_at;
  view.error = row.text(column);
  return view;
}

}  // namespace

base::Result<std::vector<app::JobView>> list_jobs(Session& db, const app::JobFilter& filter,
                                                  std::int64_t before, std::size_t limit) {
  std::vector<app::JobView> views;
  for (const StateQueries& queries : state_queries()) {
    if (filter.state ? *filter.state != queries.state : queries.state == app::JobState::done)
      continue;
    auto some = db.all<app::JobView>(queries.list, read_view, before, filter.client_id.value_or(""),
                                     filter.kind.value_or(""), filter.order_id.value_or(""), limit);
    if (!some) return some;
    std::move(some->begin(), some->end(), std::back_inserter(views));
  }
  std::sort(views.begin(), views.end(),
            [](const auto& a, const auto& b) { return a.sequence > b.sequence; });
  if (views.size() > limit) views.resize(limit);
  return views;
}

base::Result<std::vector<app::JobView>> find_jobs(Session& db, const std::string& job_id) {
  static const std::string query = select_jobs(
      "LEFT JOIN applications a ON a.client_id = j.client_id WHERE j.id = ?1 "
      "ORDER BY j.client_id");
  return db.all<app::JobView>(query, read_view, job_id);
}

base::Result<std::vector<app::JobCount>> count_jobs(Session& db,
                                                    const std::optional<std::string>& client_id) {
  std::vector<app::JobCount> counts;
  for (const StateQueries& queries : state_queries()) {
    if (queries.state == app::JobState::done) continue;
    const auto counted = db.each(
        queries.count,
        [&](const Row& row) -> base::Result<void> {
          counts.push_back({row.text(0), queries.state, static_cast<std::uint64_t>(row.integer(1)),
                            row.time(2)});
          return {};
        },
        client_id.value_or(""));
    if (!counted) return base::pass_on(counted.error());
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.kind < b.kind; });
  return counts;
}

}  // namespace chartroom::store
