// A stand-in for the use cases: this test program defines app::Desk itself, so that the API is
// tested without a store. Every answer is a variable of the test.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/desk.hpp"

namespace chartroom::api::testing {

/// What the double answers and what it was asked.
struct DeskScript {
  base::Result<app::Application> application = app::Application{};
  base::Result<app::TokenGrant> grant = app::TokenGrant{};
  base::Result<app::ConnectGrant> connect_grant = app::ConnectGrant{};
  base::Result<app::UserSession> session =
      tl::unexpected<base::Error>({base::ErrorCode::unauthenticated, "", ""});
  base::Result<app::UserView> user = app::UserView{};
  base::Result<app::Page<app::UserView>> users = app::Page<app::UserView>{};
  base::Result<void> done;
  base::Result<app::ConsumerLink> link = app::ConsumerLink{};
  base::Result<std::vector<app::ReportGroup>> reports = std::vector<app::ReportGroup>{};
  base::Result<app::StoredReport> report = app::StoredReport{};
  base::Result<app::ClockView> clock = app::ClockView{};
  base::Result<std::optional<app::RenderedAnswer>> kept = std::optional<app::RenderedAnswer>();
  base::Error refusal{base::ErrorCode::not_found, "", ""};  ///< of what no test here is about

  std::vector<std::string> calls;
  app::UserKey key;
  app::NewOrder order;
  std::optional<app::IdempotentCall> idempotent;
  std::string token;
  app::ConnectRequest connect;
};

/// The script of the one Desk of this program; reset() before each test.
DeskScript& script();
void reset_script();
std::unique_ptr<app::Desk> make_desk_double();

}  // namespace chartroom::api::testing
