// The body of POST /api/v1/users, from raw bytes to a typed order or findings.
#include <array>

#include "api/new_order_reader.hpp"
#include "app/store.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "fuzz.hpp"

namespace {

using namespace chartroom;

void check_accepted(const app::NewOrder& order, const base::Date& today) {
  fuzz::must(!order.client_user_id.empty(), "clientUserId is required");
  fuzz::must(base::is_valid_utf8(order.client_user_id), "text is UTF-8");
  fuzz::must(!order.ssn || order.ssn->reveal().size() == 9, "an SSN has nine digits");
  fuzz::must(
      !order.date_of_birth || (order.date_of_birth->exists() && *order.date_of_birth <= today),
      "birth dates exist and lie in the past");
  fuzz::must(order.attachments.size() <= base::limits::kAttachments, "attachments are limited");
  fuzz::must(order.providers.size() <= base::limits::kProviders, "providers are limited");
  const std::string stored = app::new_order_to_json(order);
  const auto again = app::new_order_from_json(stored);
  fuzz::must(again.has_value(), "an accepted order can be stored and read again");
  fuzz::must(app::new_order_to_json(*again) == stored, "and is then the same");
}

void check_refused(const api::Validation& findings) {
  fuzz::must(!findings.message.empty(), "a refusal says why");
  fuzz::must(base::is_valid_utf8(findings.message), "messages are UTF-8");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr base::Date kToday{2026, 3, 1};
  for (const bool email_required : {false, true}) {
    const api::NewOrderRules rules{
        kToday, {"healthcheck", "no-contact"}, [email_required](const std::optional<std::string>&) {
          return email_required;
        }};
    const auto order = api::read_new_order(fuzz::as_text(data, size), rules);
    if (order) {
      fuzz::must(!email_required || order->client_user_email, "a required e-mail is there");
      check_accepted(*order, kToday);
    } else {
      check_refused(order.error());
    }
  }
  return 0;
}
