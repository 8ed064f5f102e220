// The signing keys of the store, kept at hand. Inside this room only.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "app/ports.hpp"
#include "app/store.hpp"
#include "auth/jose.hpp"
#include "base/ports.hpp"

namespace chartroom::auth {

/// The keys that are not retired. Immutable.
struct KeySet {
  std::vector<std::shared_ptr<const JoseKey>> keys;  ///< newest first
  std::shared_ptr<const JoseKey> signer;  ///< the newest whose end is not set; may be null
  [[nodiscard]] std::shared_ptr<const JoseKey> find(const std::string& kid) const;
};

/// Reads the store again when what it knows is two seconds old, so that a rotation by another
/// process is followed soon.
///
/// A token may name a key that another process made after the last reading. Then the store must be
/// asked at once, or a good token would be refused. That is no way to load the store: a key id
/// carries a keyed hash that only we can make (make_signing_key), so an unknown id is looked up
/// only when it is one of ours and its key was never seen here. Such look-ups are coalesced: a
/// reading that began after a request arrived has every key that the request's token can name, for
/// a key is stored before it signs.
///
/// Thread-safe.
class SigningKeys {
 public:
  /// When a request arrived, told by the readings of the store that had begun by then.
  using Arrival = std::uint64_t;

  SigningKeys(app::Store& store, const base::Clock& clock, base::Random& random,
              const app::Sealer& sealer)
      : store_(store), clock_(clock), random_(random), sealer_(sealer) {}

  [[nodiscard]] Arrival arrive() const { return readings_begun_.load(); }
  /// With a signer: the first is made and stored here. Two processes may both make one; reading
  /// the store again after the insertion makes them agree on the newest, and both verify.
  [[nodiscard]] base::Result<std::shared_ptr<const KeySet>> with_signer();
  /// The set of now. May be empty.
  [[nodiscard]] base::Result<std::shared_ptr<const KeySet>> current();
  /// The set of now, with the key of this id if there is one at all.
  [[nodiscard]] base::Result<std::shared_ptr<const KeySet>> for_kid(const std::string& kid,
                                                                    Arrival arrival);

 private:
  struct Entry {
    std::shared_ptr<const JoseKey> key;
    base::TimePoint created_at{};
    std::optional<base::TimePoint> retired_at;
  };

  base::Result<void> refresh();
  base::Result<void> refresh_if_old();
  [[nodiscard]] std::shared_ptr<const JoseKey> parsed(const std::string& kid) const;
  void make_set(base::TimePoint now);

  app::Store& store_;
  const base::Clock& clock_;
  base::Random& random_;
  const app::Sealer& sealer_;

  std::atomic<std::uint64_t> readings_begun_{0};  ///< grows under the mutex
  std::mutex mutex_;
  std::uint64_t last_reading_ = 0;  ///< the newest that succeeded, by number
  std::vector<Entry> entries_;      ///< as last read, without the retired ones; newest first
  std::unordered_set<std::string> retired_;  ///< ids
  std::shared_ptr<const KeySet> set_;
  std::optional<base::TimePoint> next_retirement_;  ///< when set_ ceases to be right
  base::TimePoint read_at_{};
  base::TimePoint tried_at_{};
};

}  // namespace chartroom::auth
