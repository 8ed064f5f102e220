// A store that fails as stores fail, and tells a watcher what really happened in it.
#pragma once

#include <memory>
#include <vector>

#include "app/store.hpp"

namespace chartroom::sim {

/// The process dies here. No std::exception, so that nothing on the way up takes it for an error
/// that can be handled.
struct Crash {};

enum class Fault {
  none,
  busy,          ///< not applied, "unavailable"
  disk_full,     ///< the same, and so for a while
  lost_answer,   ///< applied, and "unavailable" all the same
  crash_before,  ///< the process dies, nothing was applied
  crash_after,   ///< applied, then the process dies
};
inline constexpr std::size_t kFaults = 6;
[[nodiscard]] const char* to_string(Fault fault);

class Faults {
 public:
  virtual ~Faults() = default;
  virtual Fault of_write() = 0;
  virtual bool of_read() = 0;  ///< true: it fails
};

/// Hears of everything that was applied, whatever the caller was told.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void committed(const app::Commit& writes) = 0;
  virtual void claimed(const std::vector<app::Job>& jobs, base::TimePoint now,
                       base::Duration lease) = 0;
  virtual void prolonged(const std::vector<std::string>& jobs, base::TimePoint until) = 0;
};

/// All references must outlive it.
[[nodiscard]] std::unique_ptr<app::Store> make_faulty_store(app::Store& inner, Faults& faults,
                                                            Watcher& watcher);

}  // namespace chartroom::sim
