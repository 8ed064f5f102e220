// `chartroom jobs` (docs/operations.md, "Jobs and dead letters").
#pragma once

#include <cstddef>
#include <string>

#include "app/store.hpp"
#include "main/config.hpp"

namespace chartroom::cli {

/// As the flags give it; empty: any.
struct JobChoice {
  std::string client_id;
  std::string kind;
  std::string order_id;
  std::string state;
};

int jobs_list(const Config& config, const JobChoice& choice, std::size_t limit);
int jobs_show(const Config& config, const std::string& client_id, const std::string& job_id);
int jobs_stats(const Config& config, const std::string& client_id);

/// One dead letter, or all of a kind or of all kinds: then only said, unless `sure`.
struct Redrive {
  std::string job_id;
  std::string kind;
  bool all = false;
  bool sure = false;
};
int jobs_redrive(const Config& config, const std::string& client_id, const Redrive& what);
int jobs_discard(const Config& config, const std::string& client_id, const std::string& job_id,
                 const std::string& reason);

/// How many unfinished jobs of the application have this member in their payload.
[[nodiscard]] base::Result<std::size_t> count_jobs_with(app::Store& store,
                                                        const std::string& client_id,
                                                        const std::string& kind,
                                                        const std::string& member,
                                                        const std::string& value);

}  // namespace chartroom::cli
