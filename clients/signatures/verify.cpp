// Is this webhook from Chartroom? Standard Webhooks signatures, with OpenSSL's libcrypto.
//
//   g++ -std=c++20 -O2 verify.cpp -lcrypto -o verify
//
// In a handler:   webhook::verify(secret, {id, timestamp, signature}, raw_body, std::time(nullptr))
// As a command:   verify --id … --timestamp … --signature … --secret … < body
//                 Each flag can be an environment variable instead: WEBHOOK_ID, WEBHOOK_TIMESTAMP,
//                 WEBHOOK_SIGNATURE, WEBHOOK_SECRET. Exit code 0: genuine, 1: not, 2: wrong use.
//
// Compile with -DWEBHOOK_NO_MAIN to have the functions alone.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhook {

constexpr std::time_t kWindow =
    300;  ///< a delivery may be this much older or newer than our clock says

enum class Verdict { kGenuine, kBadSecret, kMissingHeader, kBadTimestamp, kTooOldOrNew, kNoMatch };

struct Headers {
  std::string_view id, timestamp, signature;
};

/// The bytes in "whsec_<base64>"; nothing where the secret is not of that form.
inline std::optional<std::vector<unsigned char>> signing_key(std::string_view secret) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!secret.starts_with(kPrefix)) return std::nullopt;
  const std::string_view encoded = secret.substr(kPrefix.size());
  const auto end = encoded.find_last_not_of('=');
  const std::size_t padding = end == std::string_view::npos ? 3 : encoded.size() - end - 1;
  // OpenSSL takes white space for part of base64.
  constexpr std::string_view kWhite = " \t\r\n\v\f";
  if (encoded.size() % 4 != 0 || padding > 2 || encoded.find_first_of(kWhite) != encoded.npos) {
    return std::nullopt;
  }
  std::vector<unsigned char> key(encoded.size() / 4 * 3);
  const auto* text = reinterpret_cast<const unsigned char*>(encoded.data());
  if (EVP_DecodeBlock(key.data(), text, static_cast<int>(encoded.size())) < 0) return std::nullopt;
  key.resize(key.size() - padding);
  return key;
}

/// "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body".
inline std::string sign(const std::vector<unsigned char>& key, const Headers& headers,
                        std::string_view body) {
  std::string content;
  content.append(headers.id).append(".").append(headers.timestamp).append(".").append(body);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest, &size);
  unsigned char encoded[4 * (EVP_MAX_MD_SIZE / 3 + 1) + 1];
  const int length = EVP_EncodeBlock(encoded, digest, static_cast<int>(size));
  return "v1," +
         std::string(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length));
}

/// kGenuine only when the body came from the holder of the secret within the last five minutes.
/// `body` are the bytes as received: never parsed and written again.
[[nodiscard]] inline Verdict verify(std::string_view secret, const Headers& headers,
                                    std::string_view body, std::time_t now) {
  const auto key = signing_key(secret);
  if (!key) return Verdict::kBadSecret;
  if (headers.id.empty() || headers.timestamp.empty() || headers.signature.empty()) {
    return Verdict::kMissingHeader;
  }
  const std::string_view digits = headers.timestamp;
  if (digits.size() > 12 || digits.find_first_not_of("0123456789") != digits.npos) {
    return Verdict::kBadTimestamp;
  }
  long long sent = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), sent);
  if (std::llabs(static_cast<long long>(now) - sent) > kWindow) return Verdict::kTooOldOrNew;

  const std::string expected = sign(*key, headers, body);
  // While a secret is being replaced there are two signatures. Compare all, each in constant time.
  bool match = false;
  for (std::string_view rest = headers.signature; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    match |= one.size() == expected.size() &&
             CRYPTO_memcmp(one.data(), expected.data(), expected.size()) == 0;
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  return match ? Verdict::kGenuine : Verdict::kNoMatch;
}

inline std::string_view reason(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGenuine:
      return "genuine";
    case Verdict::kBadSecret:
      return "the secret must be whsec_ and base64";
    case Verdict::kMissingHeader:
      return "a webhook header is missing";
    case Verdict::kBadTimestamp:
      return "webhook-timestamp is not a number of seconds";
    case Verdict::kTooOldOrNew:
      return "the delivery is not from the last five minutes";
    case Verdict::kNoMatch:
      return "no signature matches";
  }
  return "";
}

}  // namespace webhook

#ifndef WEBHOOK_NO_MAIN
int main(int argc, char** argv) {
  std::map<std::string, std::string> given;
  for (const auto& [flag, variable] :
       std::map<std::string, const char*>{{"--id", "WEBHOOK_ID"},
                                          {"--timestamp", "WEBHOOK_TIMESTAMP"},
                                          {"--signature", "WEBHOOK_SIGNATURE"},
                                          {"--secret", "WEBHOOK_SECRET"}}) {
    const char* value = std::getenv(variable);
    given[flag] = value == nullptr ? "" : value;
  }
  for (int i = 1; i < argc; i += 2) {
    if (!given.contains(argv[i]) || i + 1 == argc) {
      std::cerr << "usage: verify [--id ID] [--timestamp SECONDS] [--signature LIST] "
                   "[--secret whsec_…] < body\n";
      return 2;
    }
    given[argv[i]] = argv[i + 1];
  }
  const std::string body{std::istreambuf_iterator<char>(std::cin), {}};
  const webhook::Headers headers{given["--id"], given["--timestamp"], given["--signature"]};
  const auto verdict = webhook::verify(given["--secret"], headers, body, std::time(nullptr));
  if (verdict == webhook::Verdict::kGenuine) {
    std::cout << "genuine\n";
    return 0;
  }
  if (verdict == webhook::Verdict::kBadSecret) {
    std::cerr << "verify: " << webhook::reason(verdict) << "\n";
    return 2;
  }
  std::cerr << "not genuine: " << webhook::reason(verdict) << "\n";
  return 1;
}
#endif
