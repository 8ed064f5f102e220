#include "auth/secret_hasher.hpp"

#include <sodium.h>

#include <array>
#include <chrono>
#include <mutex>
#include <new>
#include <unordered_map>

namespace chartroom::auth {
namespace {

constexpr unsigned long long kPasses = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr std::size_t kMemoryBytes = std::size_t{19} * 1024 * 1024;
constexpr std::size_t kSecretBytesMost = 1024;
constexpr std::size_t kRememberedMost = 1024;
constexpr std::chrono::minutes kRememberedFor{5};

class Argon2Hasher final : public app::SecretHasher {
 public:
  explicit Argon2Hasher(const base::Clock& clock) : clock_(clock) {
    crypto_generichash_keygen(pair_key_.data());
  }

  std::string hash(const base::Sensitive<std::string>& secret) const override {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    const std::string& text = secret.reveal();
    if (crypto_pwhash_str_alg(out.data(), text.data(), text.size(), kPasses, kMemoryBytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
      throw std::bad_alloc();
    }
    return out.data();
  }

  bool verify(const std::string& hash, const base::Sensitive<std::string>& secret) const override {
    const std::string& text = secret.reveal();
    if (text.size() > kSecretBytesMost || hash.size() >= crypto_pwhash_STRBYTES) return false;
    const std::string pair = name_of(hash, text);
    if (is_remembered(pair)) return true;
    if (crypto_pwhash_str_verify(hash.c_str(), text.data(), text.size()) != 0) return false;
    remember(pair);
    return true;
  }

 private:
  /// 32 bytes. The hash's length goes first, so that no two pairs run into one another.
  std::string name_of(const std::string& hash, const std::string& secret) const {
    const std::string text = std::to_string(hash.size()) + ":" + hash + secret;
    std::string name(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(name.data()), name.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       pair_key_.data(), pair_key_.size());
    return name;
  }

  bool is_remembered(const std::string& pair) const {
    const std::lock_guard lock(mutex_);
    const auto found = remembered_.find(pair);
    if (found == remembered_.end()) return false;
    const base::TimePoint now = clock_.now();
    // A clock that was set back must not prolong what is remembered.
    if (now >= found->second && now - found->second < kRememberedFor) return true;
    remembered_.erase(found);
    return false;
  }

  void remember(const std::string& pair) const {
    const std::lock_guard lock(mutex_);
    if (remembered_.size() >= kRememberedMost) remembered_.clear();
    remembered_[pair] = clock_.now();
  }

  const base::Clock& clock_;
  std::array<unsigned char, crypto_generichash_KEYBYTES> pair_key_{};
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, base::TimePoint> remembered_;  ///< pair, matched at
};

}  // namespace

std::unique_ptr<app::SecretHasher> make_secret_hasher(const base::Clock& clock) {
  return std::make_unique<Argon2Hasher>(clock);
}

}  // namespace chartroom::auth
