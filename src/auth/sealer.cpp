#include "auth/sealer.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <limits>
#include <span>
#include <stdexcept>

#include "base/bytes.hpp"

namespace chartroom::auth {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHeaderBytes = 1 + kKeyIdBytes;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kOverheadBytes = kHeaderBytes + kNonceBytes + kTagBytes;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

[[noreturn]] void give_up() { throw std::runtime_error("AES-256-GCM failed"); }

class AesGcmSealer final : public app::Sealer {
 public:
  AesGcmSealer(KeyRing ring, base::Random& random) : ring_(std::move(ring)), random_(random) {}

  std::string seal(std::string_view plain, std::string_view context) const override {
    if (plain.size() > kSealedBytesMost || context.size() > kSealedBytesMost) {
      throw std::length_error("too large to seal");
    }
    const KeyRing::Keys& keys = ring_.current();
    std::string nonce(kNonceBytes, '\0');
    random_.fill(std::as_writable_bytes(std::span(nonce)));

    std::string sealed;
    sealed.reserve(plain.size() + kOverheadBytes);
    sealed += kVersion;
    sealed += keys.id;
    const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    int count = 0;
    if (!cipher ||
        EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(keys.sealing.reveal()),
                            bytes_of(std::string_view(nonce)), nullptr) != 1 ||
        !add_context(EVP_EncryptUpdate, cipher.get(), sealed, context)) {
      give_up();
    }
    sealed += nonce;
    const std::size_t start = sealed.size();
    sealed.resize(start + plain.size() + kTagBytes);
    // A null input would mean associated data to OpenSSL, so an empty value is not passed on.
    if (!plain.empty() && EVP_EncryptUpdate(cipher.get(), bytes_of(sealed) + start, &count,
                                            bytes_of(plain), static_cast<int>(plain.size())) != 1) {
      give_up();
    }
    unsigned char* end = bytes_of(sealed) + start + plain.size();
    if (EVP_EncryptFinal_ex(cipher.get(), end, &count) != 1 ||
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, end) != 1) {
      give_up();
    }
    return sealed;
  }

  base::Result<std::string> open(std::string_view sealed, std::string_view context) const override {
    if (sealed.size() < kOverheadBytes || sealed.size() - kOverheadBytes > kSealedBytesMost ||
        context.size() > kSealedBytesMost || sealed.front() != kVersion) {
      return corrupt();
    }
    const KeyRing::Keys* keys = ring_.find(sealed.substr(1, kKeyIdBytes));
    if (keys == nullptr) {
      return base::fail(base::ErrorCode::corrupt,
                        "a sealed value names a master key that is not in use");
    }
    const std::string_view header = sealed.substr(0, kHeaderBytes);
    const std::string_view nonce = sealed.substr(kHeaderBytes, kNonceBytes);
    const std::string_view text =
        sealed.substr(kHeaderBytes + kNonceBytes, sealed.size() - kOverheadBytes);
    std::string tag{sealed.substr(sealed.size() - kTagBytes)};

    const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    std::string plain(text.size(), '\0');
    std::array<unsigned char, kTagBytes> rest{};
    int count = 0;
    const bool opened =
        cipher &&
        EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(keys->sealing.reveal()),
                            bytes_of(nonce), nullptr) == 1 &&
        add_context(EVP_DecryptUpdate, cipher.get(), header, context) &&
        (text.empty() || EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &count, bytes_of(text),
                                           static_cast<int>(text.size())) == 1) &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), rest.data(), &count) == 1;
    if (!opened) return corrupt();
    return plain;
  }

  std::string keyed_hash(std::string_view value) const override {
    const std::string& key = ring_.oldest().hashing.reveal();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(value), value.size(),
             digest.data(), &length) == nullptr) {
      throw std::runtime_error("HMAC-SHA256 failed");
    }
    return base::to_hex(std::as_bytes(std::span(digest.data(), length)));
  }

 private:
  using Update = int (*)(EVP_CIPHER_CTX*, unsigned char*, int*, const unsigned char*, int);

  static bool add_context(Update update, EVP_CIPHER_CTX* cipher, std::string_view header,
                          std::string_view context) {
    int count = 0;
    return update(cipher, nullptr, &count, bytes_of(header), static_cast<int>(header.size())) ==
               1 &&
           (context.empty() || update(cipher, nullptr, &count, bytes_of(context),
                                      static_cast<int>(context.size())) == 1);
  }

  static tl::unexpected<base::Error> corrupt() {
    return base::fail(base::ErrorCode::corrupt, "a sealed value does not open");
  }

  KeyRing ring_;
  base::Random& random_;
};

}  // namespace

std::unique_ptr<app::Sealer> make_sealer(KeyRing ring, base::Random& random) {
  return std::make_unique<AesGcmSealer>(std::move(ring), random);
}

}  // namespace chartroom::auth
