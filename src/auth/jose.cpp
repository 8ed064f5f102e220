#include "auth/jose.hpp"

#include <cjose/cjose.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <cstdlib>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace chartroom::auth {
namespace {

using base::ErrorCode;

constexpr int kRsaBits = 2048;

struct Release {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(char* text) const { std::free(text); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

/// Big-endian bytes of one number of an RSA key; empty when the key does not have it.
std::string number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return {};
  const Owned<BIGNUM> number(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

Owned<EVP_PKEY> read_private_pem(const std::string& pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return nullptr;
  // No password is ever asked for on a terminal.
  const auto no_password = [](char*, int, int, void*) { return 0; };
  return Owned<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
}

Owned<cjose_jwk_t> to_jwk(const EVP_PKEY* key) {
  constexpr std::array<const char*, 8> kNames = {
      OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,           OSSL_PKEY_PARAM_RSA_D,
      OSSL_PKEY_PARAM_RSA_FACTOR1,   OSSL_PKEY_PARAM_RSA_FACTOR2,     OSSL_PKEY_PARAM_RSA_EXPONENT1,
      OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
  std::array<std::string, 8> numbers;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    numbers[i] = number_of(key, kNames[i]);
    if (numbers[i].empty()) return nullptr;
  }
  const auto bytes = [&](std::size_t i) { return reinterpret_cast<uint8_t*>(numbers[i].data()); };
  cjose_jwk_rsa_keyspec spec{};
  spec.n = bytes(0), spec.nlen = numbers[0].size();
  spec.e = bytes(1), spec.elen = numbers[1].size();
  spec.d = bytes(2), spec.dlen = numbers[2].size();
  spec.p = bytes(3), spec.plen = numbers[3].size();
  spec.q = bytes(4), spec.qlen = numbers[4].size();
  spec.dp = bytes(5), spec.dplen = numbers[5].size();
  spec.dq = bytes(6), spec.dqlen = numbers[6].size();
  spec.qi = bytes(7), spec.qilen = numbers[7].size();
  Owned<cjose_jwk_t> jwk(cjose_jwk_create_RSA_spec(&spec, nullptr));
  for (std::string& number : numbers) OPENSSL_cleanse(number.data(), number.size());
  return jwk;
}

tl::unexpected<base::Error> not_ours() {
  return base::fail(ErrorCode::unauthenticated, "not a valid token");
}

/// Exactly three parts, each the one base64url text of its bytes. Without this a signature has many
/// spellings, and the decoder of the library is more patient than it need be.
bool is_canonical(std::string_view token) {
  const auto parts = base::split(token, '.');
  if (parts.size() != 3) return false;
  for (const std::string& part : parts) {
    const auto bytes = base::from_base64url(part);
    if (!bytes || bytes->empty() || base::to_base64url(*bytes) != part) return false;
  }
  return true;
}

std::string header_text(cjose_header_t* header, const char* name) {
  const char* text = cjose_header_get(header, name, nullptr);
  return text == nullptr ? std::string{} : std::string{text};
}

}  // namespace

struct JoseKey::Inside {
  std::string kid;
  const char* algorithm;
  Owned<cjose_jwk_t> jwk;
};

JoseKey::JoseKey(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
JoseKey::~JoseKey() = default;

const std::string& JoseKey::kid() const { return inside_->kid; }

base::Result<std::shared_ptr<const JoseKey>> JoseKey::rsa(
    const std::string& kid, const base::Sensitive<std::string>& private_pem) {
  const Owned<EVP_PKEY> key = read_private_pem(private_pem.reveal());
  if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1 || EVP_PKEY_get_bits(key.get()) < kRsaBits) {
    return base::fail(ErrorCode::corrupt, "a stored signing key cannot be read");
  }
  Owned<cjose_jwk_t> jwk = to_jwk(key.get());
  if (!jwk || !cjose_jwk_set_kid(jwk.get(), kid.data(), kid.size(), nullptr)) {
    return base::fail(ErrorCode::corrupt, "a stored signing key cannot be used");
  }
  auto inside = std::make_unique<Inside>(Inside{kid, CJOSE_HDR_ALG_RS256, std::move(jwk)});
  return std::shared_ptr<const JoseKey>(new JoseKey(std::move(inside)));
}

base::Result<std::shared_ptr<const JoseKey>> JoseKey::symmetric(
    const std::string& kid, const base::Sensitive<std::string>& secret) {
  const std::string& bytes = secret.reveal();
  Owned<cjose_jwk_t> jwk;
  if (bytes.size() >= 32) {
    jwk.reset(cjose_jwk_create_oct_spec(reinterpret_cast<const uint8_t*>(bytes.data()),
                                        bytes.size(), nullptr));
  }
  if (!jwk) return base::fail(ErrorCode::corrupt, "a signing secret cannot be used");
  auto inside = std::make_unique<Inside>(Inside{kid, CJOSE_HDR_ALG_HS256, std::move(jwk)});
  return std::shared_ptr<const JoseKey>(new JoseKey(std::move(inside)));
}

base::Result<std::string> JoseKey::sign(std::string_view payload) const {
  const Owned<cjose_header_t> header(cjose_header_new(nullptr));
  Owned<cjose_jws_t> jws;
  if (header && cjose_header_set(header.get(), CJOSE_HDR_KID, inside_->kid.c_str(), nullptr) &&
      cjose_header_set(header.get(), CJOSE_HDR_ALG, inside_->algorithm, nullptr)) {
    jws.reset(cjose_jws_sign(inside_->jwk.get(), header.get(),
                             reinterpret_cast<const uint8_t*>(payload.data()), payload.size(),
                             nullptr));
  }
  const char* text = nullptr;  // belongs to jws
  if (!jws || !cjose_jws_export(jws.get(), &text, nullptr)) {
    return base::fail(ErrorCode::internal, "a token cannot be signed");
  }
  return std::string{text};
}

base::Result<std::string> JoseKey::public_jwk() const {
  const Owned<char> text(cjose_jwk_to_json(inside_->jwk.get(), false, nullptr));
  if (!text) return base::fail(ErrorCode::internal, "a public key cannot be written");
  return std::string{text.get()};
}

base::Result<std::string> verify_compact(std::string_view token, std::size_t bytes_most,
                                         const FindKey& find) {
  if (token.size() > bytes_most || !is_canonical(token)) return not_ours();
  const Owned<cjose_jws_t> jws(cjose_jws_import(token.data(), token.size(), nullptr));
  if (!jws) return not_ours();
  cjose_header_t* header = cjose_jws_get_protected(jws.get());  // belongs to jws
  const auto key = find(header_text(header, CJOSE_HDR_KID));
  if (!key) return base::pass_on(key.error());
  if (*key == nullptr) return not_ours();
  const JoseKey::Inside& inside = *(*key)->inside_;
  // The key says how it is used. Were the token asked, "HS256" would make the public key a secret.
  if (header_text(header, CJOSE_HDR_ALG) != inside.algorithm ||
      !cjose_jws_verify(jws.get(), inside.jwk.get(), nullptr)) {
    return not_ours();
  }
  uint8_t* plain = nullptr;  // belongs to jws
  std::size_t length = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &plain, &length, nullptr)) return not_ours();
  return std::string(reinterpret_cast<const char*>(plain), length);
}

base::Result<base::Sensitive<std::string>> generate_rsa_pem() {
  const Owned<EVP_PKEY> key(EVP_RSA_gen(kRsaBits));
  const Owned<BIO> bio(BIO_new(BIO_s_secmem()));
  char* text = nullptr;  // belongs to bio
  long length = 0;
  if (key && bio &&
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
          1) {
    length = BIO_get_mem_data(bio.get(), &text);
  }
  if (length <= 0) return base::fail(ErrorCode::internal, "a signing key cannot be generated");
  return base::Sensitive<std::string>(std::string(text, static_cast<std::size_t>(length)));
}

}  // namespace chartroom::auth
