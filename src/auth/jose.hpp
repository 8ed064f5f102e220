// Compact JSON Web Signatures (RFC 7515). Inside this room only; cjose stays in jose.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/sensitive.hpp"

namespace chartroom::auth {

/// A key that knows the one algorithm it may be used with: a token cannot choose another.
/// Immutable, thread-safe.
class JoseKey {
 public:
  /// RS256, from an RSA private key in PEM of at least 2,048 bits. Error: corrupt.
  [[nodiscard]] static base::Result<std::shared_ptr<const JoseKey>> rsa(
      const std::string& kid, const base::Sensitive<std::string>& private_pem);
  /// HS256, from 32 bytes or more. Error: corrupt.
  [[nodiscard]] static base::Result<std::shared_ptr<const JoseKey>> symmetric(
      const std::string& kid, const base::Sensitive<std::string>& secret);

  ~JoseKey();
  JoseKey(const JoseKey&) = delete;
  JoseKey& operator=(const JoseKey&) = delete;

  [[nodiscard]] const std::string& kid() const;

  /// Compact form with the header {"kid", "alg"}. Error: internal (no memory).
  [[nodiscard]] base::Result<std::string> sign(std::string_view payload) const;

  /// The public half as a JWK (RFC 7517): kty, n, e, kid. Error: internal.
  [[nodiscard]] base::Result<std::string> public_jwk() const;

 private:
  struct Inside;
  explicit JoseKey(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;

  friend base::Result<std::string> verify_compact(
      std::string_view token, std::size_t bytes_most,
      const std::function<base::Result<std::shared_ptr<const JoseKey>>(const std::string&)>& find);
};

/// The key of a kid; null when there is none, an error when that cannot be told now.
using FindKey = std::function<base::Result<std::shared_ptr<const JoseKey>>(const std::string& kid)>;

/// The payload of a token whose signature is right. Only the canonical text of a token passes:
/// three parts in base64url without padding and without stray bits. Errors: unauthenticated; what
/// `find` gave.
[[nodiscard]] base::Result<std::string> verify_compact(std::string_view token,
                                                       std::size_t bytes_most, const FindKey& find);

/// A new RSA key of 2,048 bits in PEM (PKCS #8), from OpenSSL's generator. Error: internal.
[[nodiscard]] base::Result<base::Sensitive<std::string>> generate_rsa_pem();

}  // namespace chartroom::auth
