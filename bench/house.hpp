// What the benches share: a house without a worker over any store, its rows of one order, and the
// measuring of many callers at once.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "app/desk.hpp"
#include "app/ports.hpp"
#include "app/store.hpp"
#include "auth/link_signer.hpp"
#include "auth/master_key.hpp"
#include "auth/sealer.hpp"
#include "auth/secret_hasher.hpp"
#include "auth/token_service.hpp"
#include "base/ids.hpp"
#include "base/logger.hpp"
#include "base/ports.hpp"

namespace chartroom::bench {

using Timer = std::chrono::steady_clock;

inline constexpr const char* kPublicUrl = "http://127.0.0.1";

[[nodiscard]] inline double seconds_since(Timer::time_point then) {
  return std::chrono::duration<double>(Timer::now() - then).count();
}

void require(bool holds, const std::string& what);

template <typename T>
T take(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void take(const base::Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

/// An order as customers send it, without attachments; the id makes a new applicant of each.
[[nodiscard]] std::string order_body(const std::string& client_user_id);
/// The same as the use case takes it.
[[nodiscard]] app::NewOrder read_order(const std::string& body, const base::Clock& clock);

/// A folder that goes with the object.
struct Folder {
  explicit Folder(std::filesystem::path where);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

/// The house without a worker, over a store that it opens.
struct House {
  using Open = std::function<base::Result<std::unique_ptr<app::Store>>(
      const app::Sealer&, const base::Clock&, base::Random&)>;
  explicit House(const Open& open);
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  [[nodiscard]] std::string new_id() { return base::make_uuid_v7(clock.now(), random); }

  base::SystemClock clock;
  base::SystemRandom random;
  base::NullLogger logger;
  auth::KeyRing ring = take(auth::KeyRing::from_master_keys(
      {base::Sensitive<std::string>(std::string(auth::kMasterKeyBytes, 'b'))}));
  std::unique_ptr<app::Sealer> sealer = auth::make_sealer(ring, random);
  std::unique_ptr<app::Store> store;
  std::unique_ptr<app::SecretHasher> hasher;
  std::unique_ptr<app::LinkSigner> links;
  std::unique_ptr<app::TokenService> tokens;
  std::unique_ptr<app::Desk> desk;
  app::Application application;
};

[[nodiscard]] House::Open open_sqlite(const std::filesystem::path& folder);
/// With as many connections as a server has by default.
[[nodiscard]] House::Open open_postgres(const std::string& url);

/// The rows that app::Desk writes for a new applicant's order; its job is due at that time.
[[nodiscard]] app::Commit rows_of_one_order(House& house, app::NewOrder request,
                                            base::TimePoint due);

struct Figures {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

/// Does one order; throws when it fails. One per thread, made before the clock starts.
using Place = std::function<void()>;

struct Load {
  unsigned threads;
  std::chrono::milliseconds warm_up;
  std::chrono::milliseconds measured;
};

/// Many callers at once, each of which calls again when its call has returned.
[[nodiscard]] Figures measure(const Load& load, const std::function<Place()>& make_place);

/// Two of the ways to place an order: the rows alone, with a job that is due after `due_in`; and the
/// use case.
[[nodiscard]] Place place_rows(House& house, base::Duration due_in = {});
[[nodiscard]] Place place_at_desk(House& house);

}  // namespace chartroom::bench
