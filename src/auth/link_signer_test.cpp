#include "auth/link_signer.hpp"

#include <gtest/gtest.h>

#include "auth/jose.hpp"
#include "auth/test_support.hpp"
#include "base/bytes.hpp"

namespace chartroom::auth {
namespace {

using base::ErrorCode;

const app::LinkClaims kClaims{"0123456789012345678901234567890123456789",
                              "0123456789abcdef0123456789abcdef",
                              base::from_unix_ms(1'700'000'000'123)};

void expect_refused(const app::LinkSigner& signer, const std::string& rq) {
  const auto claims = signer.verify(rq);
  ASSERT_FALSE(claims) << rq.substr(0, 80);
  EXPECT_EQ(claims.error().code, ErrorCode::unauthenticated);
}

TEST(Links, SayWhatWasSigned) {
  base::start_crypto();
  const auto signer = make_link_signer(test::ring_of("a"));
  const std::string rq = signer->sign(kClaims);
  EXPECT_EQ(
      rq.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
      std::string::npos);
  const auto claims = signer->verify(rq);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->client_id, kClaims.client_id);
  EXPECT_EQ(claims->human_id, kClaims.human_id);
  EXPECT_EQ(claims->issued_at, kClaims.issued_at);
}

TEST(Links, AreRefusedWhenAnyCharacterIsChanged) {
  const auto signer = make_link_signer(test::ring_of("a"));
  const std::string rq = signer->sign(kClaims);
  for (std::size_t at = 0; at < rq.size(); ++at) {
    std::string changed = rq;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    expect_refused(*signer, changed);
  }
  for (std::size_t size = 0; size < rq.size(); ++size) expect_refused(*signer, rq.substr(0, size));
}

TEST(Links, SurviveARotationUntilTheKeyIsDropped) {
  const std::string rq = make_link_signer(test::ring_of("a"))->sign(kClaims);
  EXPECT_TRUE(make_link_signer(test::ring_of("ba"))->verify(rq));
  expect_refused(*make_link_signer(test::ring_of("b")), rq);
}

TEST(Links, OfOthersAreRefused) {
  const KeyRing ring = test::ring_of("a");
  const auto signer = make_link_signer(ring);
  const std::string kid = base::to_hex(base::as_bytes(ring.current().id));
  // Another purpose's key, though of the same master key.
  const auto other = JoseKey::symmetric(kid, ring.current().sealing).value();
  expect_refused(*signer, other->sign(R"({"client_id":"c","human_id":"h","issued_at":1})").value());
  // Our key, but not the claims.
  const auto ours = JoseKey::symmetric(kid, ring.current().links).value();
  EXPECT_TRUE(
      signer->verify(ours->sign(R"({"client_id":"c","human_id":"h","issued_at":1})").value()));
  for (const char* payload : {R"({"client_id":"c","human_id":"h"})", "[]", "x",
                              R"({"client_id":1,"human_id":"h","issued_at":1})",
                              R"({"client_id":"c","human_id":"h","issued_at":"1"})"}) {
    expect_refused(*signer, ours->sign(payload).value());
  }
  const std::string header = base::to_base64url(R"({"alg":"none","kid":")" + kid + "\"}");
  const std::string payload =
      base::to_base64url(R"({"client_id":"c","human_id":"h","issued_at":1})");
  expect_refused(*signer, header + "." + payload + ".");
  expect_refused(*signer, header + "." + payload + ".AAAA");
  expect_refused(*signer, std::string(1'000'000, 'A'));
  expect_refused(*signer, "..");
}

}  // namespace
}  // namespace chartroom::auth
