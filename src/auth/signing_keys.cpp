#include "auth/signing_keys.hpp"

#include <algorithm>
#include <chrono>

#include "base/ids.hpp"

namespace chartroom::auth {
namespace {

constexpr std::chrono::minutes kReadAgainAfter{5};
/// Made-up kids must not become a way to load the database.
constexpr unsigned kLooksPerWindow = 5;
constexpr std::chrono::seconds kWindow{1};
constexpr std::size_t kKidDigits = 32;

}  // namespace

std::shared_ptr<const JoseKey> KeySet::find(const std::string& kid) const {
  for (const auto& key : keys) {
    if (key->kid() == kid) return key;
  }
  return nullptr;
}

bool operator==(const KeySet& a, const KeySet& b) {
  return std::ranges::equal(
      a.keys, b.keys, {}, [](const auto& key) { return key->kid(); },
      [](const auto& key) { return key->kid(); });
}

base::Result<void> SigningKeys::refresh() {
  auto stored = store_.signing_keys();
  if (!stored) return base::pass_on(stored.error());
  const base::TimePoint now = clock_.now();
  std::erase_if(*stored, [&](const auto& key) { return key.retired_at && *key.retired_at <= now; });
  std::ranges::sort(*stored, [](const auto& a, const auto& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.kid > b.kid;
  });
  auto next = std::make_shared<KeySet>();
  for (const app::SigningKey& entry : *stored) {
    // Reading a private key is slow; one that is known stays.
    auto known = set_ ? set_->find(entry.kid) : nullptr;
    if (!known) {
      auto made = JoseKey::rsa(entry.kid, entry.private_pem);
      if (!made) return base::pass_on(made.error());
      known = *made;
    }
    next->keys.push_back(std::move(known));
  }
  if (!set_ || !(*set_ == *next)) set_ = std::move(next);
  read_at_ = now;
  return {};
}

base::Result<void> SigningKeys::refresh_if_old() {
  const base::TimePoint now = clock_.now();
  if (set_ && now >= read_at_ && now - read_at_ < kReadAgainAfter) return {};
  return refresh();
}

bool SigningKeys::may_look_again() {
  const base::TimePoint now = clock_.now();
  if (now < window_start_ || now - window_start_ >= kWindow) {
    window_start_ = now;
    looked_again_ = 0;
  }
  return looked_again_++ < kLooksPerWindow;
}

base::Result<std::shared_ptr<const KeySet>> SigningKeys::current() {
  const std::lock_guard lock(mutex_);
  if (auto read = refresh_if_old(); !read) return base::pass_on(read.error());
  return set_;
}

base::Result<std::shared_ptr<const KeySet>> SigningKeys::for_kid(const std::string& kid) {
  const std::lock_guard lock(mutex_);
  if (auto read = refresh_if_old(); !read) return base::pass_on(read.error());
  // Kids of other shapes were never ours and cost nothing.
  if (set_->find(kid) || kid.size() != kKidDigits || !may_look_again()) return set_;
  if (auto read = refresh(); !read) return base::pass_on(read.error());
  return set_;
}

base::Result<std::shared_ptr<const KeySet>> SigningKeys::with_signer() {
  const std::lock_guard lock(mutex_);
  if (auto read = refresh_if_old(); !read) return base::pass_on(read.error());
  if (!set_->keys.empty()) return set_;
  // Another process may have made one in the meantime.
  if (auto read = refresh(); !read) return base::pass_on(read.error());
  if (!set_->keys.empty()) return set_;

  auto pem = generate_rsa_pem();
  if (!pem) return base::pass_on(pem.error());
  const auto stored = store_.insert_signing_key({.kid = base::make_hex_id(kKidDigits, random_),
                                                 .private_pem = std::move(*pem),
                                                 .created_at = clock_.now(),
                                                 .retired_at = std::nullopt});
  if (auto read = refresh(); !read) return base::pass_on(read.error());
  if (set_->keys.empty()) {
    if (!stored) return base::pass_on(stored.error());
    return base::fail(base::ErrorCode::internal, "a stored signing key is not there");
  }
  return set_;
}

}  // namespace chartroom::auth
