// What the current thread works on: for the log's lines, and for what it causes and sends.
#pragma once

#include <optional>
#include <string>

#include "base/trace.hpp"

namespace chartroom::base {

/// Ids only; empty: does not apply.
struct WorkContext {
  std::string request_id;
  std::string job;
  std::string order;
  std::optional<Trace> trace;
};

/// The innermost WorkScope of this thread; empty outside of one.
[[nodiscard]] const WorkContext& current_work();

/// Says for its life what this thread works on. Belongs to one thread; scopes nest.
class WorkScope {
 public:
  explicit WorkScope(WorkContext context);
  ~WorkScope();
  WorkScope(const WorkScope&) = delete;
  WorkScope& operator=(const WorkScope&) = delete;

 private:
  const WorkContext context_;
  const WorkContext* outer_;
};

}  // namespace chartroom::base
