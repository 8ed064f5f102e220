#include "auth/signing_keys.hpp"

#include <algorithm>
#include <chrono>

#include "auth/token_service.hpp"
#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace chartroom::auth {
namespace {

using base::ErrorCode;

constexpr std::chrono::seconds kReadAgainAfter{2};
/// How long known keys serve while the store does not answer.
constexpr std::chrono::minutes kUsableFor{5};
constexpr std::size_t kKidRandomDigits = 16;
constexpr std::size_t kKidDigits = 32;

std::string mark_of(const app::Sealer& sealer, std::string_view random_digits) {
  return sealer.keyed_hash("signing key id " + std::string(random_digits))
      .substr(0, kKidDigits - kKidRandomDigits);
}

bool is_ours(const app::Sealer& sealer, std::string_view kid) {
  return kid.size() == kKidDigits &&
         base::equal_constant_time(kid.substr(kKidRandomDigits),
                                   mark_of(sealer, kid.substr(0, kKidRandomDigits)));
}

}  // namespace

base::Result<app::SigningKey> make_signing_key(const app::Sealer& sealer, const base::Clock& clock,
                                               base::Random& random) {
  auto pem = generate_rsa_pem();
  if (!pem) return base::pass_on(pem.error());
  const std::string digits = base::make_hex_id(kKidRandomDigits, random);
  return app::SigningKey{.kid = digits + mark_of(sealer, digits),
                         .private_pem = std::move(*pem),
                         .created_at = clock.now(),
                         .retired_at = std::nullopt};
}

std::shared_ptr<const JoseKey> KeySet::find(const std::string& kid) const {
  for (const auto& key : keys) {
    if (key->kid() == kid) return key;
  }
  return nullptr;
}

std::shared_ptr<const JoseKey> SigningKeys::parsed(const std::string& kid) const {
  for (const Entry& entry : entries_) {
    if (entry.key->kid() == kid) return entry.key;
  }
  return nullptr;
}

void SigningKeys::make_set(base::TimePoint now) {
  std::erase_if(entries_, [&](const Entry& entry) {
    const bool retired = entry.retired_at && *entry.retired_at <= now;
    if (retired) retired_.insert(entry.key->kid());
    return retired;
  });
  auto next = std::make_shared<KeySet>();
  next_retirement_.reset();
  for (const Entry& entry : entries_) {
    next->keys.push_back(entry.key);
    if (!entry.retired_at) {
      if (!next->signer) next->signer = entry.key;
    } else if (!next_retirement_ || *entry.retired_at < *next_retirement_) {
      next_retirement_ = entry.retired_at;
    }
  }
  set_ = std::move(next);
}

base::Result<void> SigningKeys::refresh() {
  const std::uint64_t number = ++readings_begun_;
  const base::TimePoint now = clock_.now();
  tried_at_ = now;
  auto stored = store_.signing_keys();
  if (!stored) return base::pass_on(stored.error());
  std::ranges::sort(*stored, [](const auto& a, const auto& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.kid > b.kid;
  });
  std::vector<Entry> entries;
  for (const app::SigningKey& row : *stored) {
    if (row.retired_at && *row.retired_at <= now) {
      retired_.insert(row.kid);
      continue;
    }
    // Reading a private key is slow; one that is known stays.
    auto key = parsed(row.kid);
    if (!key) {
      auto made = JoseKey::rsa(row.kid, row.private_pem);
      if (!made) return base::pass_on(made.error());
      key = std::move(*made);
    }
    entries.push_back({std::move(key), row.created_at, row.retired_at});
  }
  entries_ = std::move(entries);
  make_set(now);
  last_reading_ = number;
  read_at_ = now;
  return {};
}

base::Result<void> SigningKeys::refresh_if_old() {
  const base::TimePoint now = clock_.now();
  if (set_ && next_retirement_ && *next_retirement_ <= now) make_set(now);
  if (set_ && now >= tried_at_ && now - tried_at_ < kReadAgainAfter) return {};
  auto read = refresh();
  if (read) return read;
  const bool usable = set_ && now >= read_at_ && now - read_at_ < kUsableFor;
  if (usable && read.error().code == ErrorCode::unavailable) return {};
  return read;
}

base::Result<std::shared_ptr<const KeySet>> SigningKeys::current() {
  const std::lock_guard lock(mutex_);
  if (auto read = refresh_if_old(); !read) return base::pass_on(read.error());
  return set_;
}

base::Result<std::shared_ptr<const KeySet>> SigningKeys::for_kid(const std::string& kid,
                                                                 Arrival arrival) {
  const std::lock_guard lock(mutex_);
  if (auto read = refresh_if_old(); !read) return base::pass_on(read.error());
  if (set_->find(kid) || retired_.contains(kid) || last_reading_ > arrival ||
      !is_ours(sealer_, kid)) {
    return set_;
  }
  if (auto read = refresh(); !read) return base::pass_on(read.error());
  return set_;
}

base::Result<std::shared_ptr<const KeySet>> SigningKeys::with_signer() {
  const std::lock_guard lock(mutex_);
  if (auto read = refresh_if_old(); !read) return base::pass_on(read.error());
  if (set_->signer) return set_;
  // Another process may have made one in the meantime.
  if (auto read = refresh(); !read) return base::pass_on(read.error());
  if (set_->signer) return set_;

  const auto made = make_signing_key(sealer_, clock_, random_);
  if (!made) return base::pass_on(made.error());
  const auto stored = store_.insert_signing_key(*made);
  if (auto read = refresh(); !read) return base::pass_on(read.error());
  if (!set_->signer) {
    if (!stored) return base::pass_on(stored.error());
    return base::fail(ErrorCode::internal, "a stored signing key is not there");
  }
  return set_;
}

}  // namespace chartroom::auth
