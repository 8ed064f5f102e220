// What an opened consumerLink consists of: clientId, rq and, where the customer appended one, the
// callback (contract §6.2), and where the browser is sent to afterwards (§6.3). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/desk.hpp"

namespace chartroom::pages {

inline constexpr std::size_t kCallbackBytes = 2'048;
inline constexpr std::size_t kLinkPartBytes = 4'096;  ///< clientId and rq, each

/// Pages keep no session: every link and every form carries these three. `rq` is signed and cannot
/// be guessed, so that it also proves that a form came from a page of ours: a foreign site that
/// wants to post a form (CSRF) would have to know it. It must not leak: pages send no Referer, load
/// nothing from elsewhere, and hand it to nobody but this server.
struct Link {
  std::string client_id;
  std::string rq;
  std::string callback;  ///< allowed and well-formed, or empty
};

/// Whether the browser may be sent to `url`: absolute, http or https, a plain host, no user name,
/// no character that a browser reads in another way than we do, at most kCallbackBytes.
[[nodiscard]] bool is_web_address(std::string_view url);
/// Whether the browser may be sent back to `url`: a web address that the operator listed for the
/// application (app/callbacks.hpp), since a signed link must not become an open redirect. In the
/// sandbox the browser's own machine needs no listing, and while nothing is listed any will do.
[[nodiscard]] bool may_call_back(const std::vector<std::string>& listed, bool sandbox,
                                 std::string_view url);
/// "https://host:port" of an address that is_web_address() approved; safe inside a header.
[[nodiscard]] std::string origin_of(std::string_view url);

/// The value of "callback" in a raw query, decoded. Customers append it encoded or not; one that is
/// not may hold "&" and "?" of its own, and then reaches to the end, or to clientId or rq where
/// these come behind it. Empty when absent.
[[nodiscard]] std::string callback_of(std::string_view raw_query);

[[nodiscard]] std::string percent_encode(std::string_view text);
/// "clientId=…&rq=…[&callback=…]", every value percent-encoded.
[[nodiscard]] std::string query_of(const Link& link);

/// What the callback is told (contract §6.3).
struct Outcome {
  std::string status;   ///< "success", "error"
  std::string error;    ///< empty on success
  std::string message;  ///< empty on success
};
[[nodiscard]] Outcome success();
[[nodiscard]] Outcome no_tasks();
[[nodiscard]] Outcome task_list_error();
[[nodiscard]] Outcome expired();

/// The callback with status, error, message and order as further query parameters; its own query
/// and fragment stay. `session` null: without order. allTasksResolve speaks of the applicant's
/// tasks: those are all that the person in front of the page can resolve.
[[nodiscard]] std::string callback_address(std::string_view callback, const Outcome& outcome,
                                           const app::TaskList* session);

}  // namespace chartroom::pages
