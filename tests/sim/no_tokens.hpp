// The simulation knows no tokens: its clients speak to the use cases themselves.
#pragma once

#include "app/ports.hpp"

namespace chartroom::sim {

class NoTokens final : public app::TokenService {
 public:
  base::Result<Token> issue(Kind /*kind*/, const std::string& /*client_id*/,
                            const std::string& /*human_id*/,
                            base::TimePoint /*not_before*/) override {
    return base::fail(base::ErrorCode::unavailable, "none");
  }
  base::Result<Claims> verify(Kind /*kind*/, std::string_view /*token*/) override {
    return base::fail(base::ErrorCode::unauthenticated, "none");
  }
  base::Result<std::string> jwks() override { return std::string("{}"); }
};

}  // namespace chartroom::sim
