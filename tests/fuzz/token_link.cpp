// What strangers send as proof: the Authorization header, client tokens, a link's rq. Nobody can
// sign with the keys of this target, so nothing may pass.
#include "api/context.hpp"
#include "auth/link_signer.hpp"
#include "auth/sealer.hpp"
#include "auth/test_support.hpp"
#include "auth/token_service.hpp"
#include "base/text.hpp"
#include "fuzz.hpp"

namespace {

using namespace chartroom;

struct Keys {
  Keys() { base::start_crypto(); }
  auth::test::KeyStore store;
  auth::test::ManualClock clock;
  base::SystemRandom random;
  std::unique_ptr<app::Sealer> sealer = auth::make_sealer(auth::test::ring_of("a"), random);
  std::unique_ptr<app::TokenService> tokens = auth::make_token_service(
      store, clock, random, *sealer, auth::token_settings_for("https://orders.example.com"));
  std::unique_ptr<app::LinkSigner> links = auth::make_link_signer(auth::test::ring_of("a"));
  // Real ones, so that the key is found and the whole way of a verification is walked.
  std::string token = tokens
                          ->issue(app::TokenService::Kind::client,
                                  "0123456789012345678901234567890123456789", "", {})
                          .value()
                          .token;
  std::string rq =
      links->sign({"0123456789012345678901234567890123456789", "0123456789abcdef0123456789abcdef",
                   base::from_unix_ms(1'700'000'000'123)});
};

/// The real thing with `text` in place of its part `part`: 0 header, 1 payload, 2 signature.
std::string with_part(const std::string& real, std::size_t part, const std::string& text) {
  auto parts = base::split(real, '.');
  parts.at(part) = text;
  return base::join(parts, ".");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Keys keys;
  const auto refused = [](const std::string& text, const std::string& real) {
    if (text == real) return;
    using Kind = app::TokenService::Kind;
    for (const Kind kind : {Kind::client, Kind::access, Kind::id, Kind::refresh}) {
      fuzz::must(!keys.tokens->verify(kind, text), "a forged token is refused");
    }
    fuzz::must(!keys.links->verify(text), "a forged link is refused");
  };
  const std::string text(fuzz::as_text(data, size));
  http::Request request;
  request.headers.emplace_back("authorization", text);
  if (const auto token = api::bearer_token(request)) refused(std::string(*token), {});
  refused(text, {});
  for (std::size_t part = 0; part < 3; ++part) {
    for (const std::string& real : {keys.token, keys.rq})
      refused(with_part(real, part, text), real);
  }
  return 0;
}
