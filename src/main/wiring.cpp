#include "main/wiring.hpp"

#include "auth/sealer.hpp"

namespace chartroom::cli {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

Result<auth::KeyRing> open_keys(const Config& config, base::Random& random) {
  if (!config.key_file.empty()) return auth::load_key_ring(config.key_file);
  const std::filesystem::path own = config.data / "master.key";
  if (config.sandbox) {
    // Made before the store makes it, and as closed: the store reports what goes wrong here.
    std::error_code ignored;
    if (std::filesystem::create_directories(config.data, ignored)) {
      std::filesystem::permissions(config.data, std::filesystem::perms::owner_all, ignored);
    }
    return auth::load_or_create_key_ring(own, random);
  }
  std::error_code error;
  if (std::filesystem::exists(own, error)) return auth::load_key_ring(own);
  return fail(ErrorCode::invalid_input,
              "there is no master key. Make one, keep a copy in a safe place, and name it:\n"
              "  (umask 077; openssl rand -hex 32 > /etc/chartroom/master.key)\n"
              "  export CHARTROOM_KEY_FILE=/etc/chartroom/master.key\n"
              "With --sandbox one is made under the data directory.");
}

}  // namespace

Result<std::unique_ptr<OpenStore>> open_store(const Config& config,
                                              const store::SqliteOptions& options) {
  if (!config.database.empty()) {
    return fail(ErrorCode::invalid_input,
                "--database (PostgreSQL) is not part of this release; use --data DIR for the "
                "embedded store");
  }
  if (config.data.empty())
    return fail(ErrorCode::invalid_input, "--data DIR is needed: where the orders are kept");
  auto open = std::make_unique<OpenStore>();
  auto keys = open_keys(config, open->random);
  if (!keys) return pass_on(keys.error());
  open->keys = std::make_unique<auth::KeyRing>(std::move(*keys));
  open->sealer = auth::make_sealer(*open->keys, open->random);
  auto store =
      store::open_sqlite_store(config.data, *open->sealer, open->clock, open->random, options);
  if (!store) return pass_on(store.error());
  open->store = std::move(*store);
  return open;
}

}  // namespace chartroom::cli
