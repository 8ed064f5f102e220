#include "base/work_context.hpp"

#include <utility>

namespace chartroom::base {
namespace {

thread_local const WorkContext* innermost = nullptr;

}  // namespace

const WorkContext& current_work() {
  static const WorkContext kNone;
  return innermost == nullptr ? kNone : *innermost;
}

WorkScope::WorkScope(WorkContext context) : context_(std::move(context)), outer_(innermost) {
  innermost = &context_;
}

WorkScope::~WorkScope() { innermost = outer_; }

}  // namespace chartroom::base
