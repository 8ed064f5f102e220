// The signing keys of the store, kept at hand. Inside this room only.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/store.hpp"
#include "auth/jose.hpp"
#include "base/ports.hpp"

namespace chartroom::auth {

/// One reading of the store's keys. Immutable.
struct KeySet {
  std::vector<std::shared_ptr<const JoseKey>> keys;  ///< all that verify, newest first
  [[nodiscard]] std::shared_ptr<const JoseKey> find(const std::string& kid) const;
  friend bool operator==(const KeySet& a, const KeySet& b);
};

/// Thread-safe.
class SigningKeys {
 public:
  SigningKeys(app::Store& store, const base::Clock& clock, base::Random& random)
      : store_(store), clock_(clock), random_(random) {}

  /// With at least one key: the first is made and stored here. Two processes may both make one;
  /// reading the store again after the insertion makes them agree on the newest, and both verify.
  [[nodiscard]] base::Result<std::shared_ptr<const KeySet>> with_signer();
  /// May be empty. `kid` is what is looked for: an unknown one makes the store be asked again.
  [[nodiscard]] base::Result<std::shared_ptr<const KeySet>> for_kid(const std::string& kid);
  /// The set of now, read anew when it is old.
  [[nodiscard]] base::Result<std::shared_ptr<const KeySet>> current();

 private:
  base::Result<void> refresh();
  base::Result<void> refresh_if_old();
  bool may_look_again();

  app::Store& store_;
  const base::Clock& clock_;
  base::Random& random_;
  std::mutex mutex_;
  std::shared_ptr<const KeySet> set_;
  base::TimePoint read_at_{};
  base::TimePoint window_start_{};
  unsigned looked_again_ = 0;  ///< within the window
};

}  // namespace chartroom::auth
