// The body of POST /api/v1/tasks/{taskId}/resolve (contract §15), by kind of task. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <tl/expected.hpp>

#include "api/order_fields.hpp"
#include "api/validation.hpp"
#include "app/desk.hpp"
#include "base/time.hpp"

namespace chartroom::api {

/// Finds everything that is wrong. Taken: {"decision":"decline"} for every kind, "release" and
/// "reject" for identity_review; what was missing for missing_information, by the rules of an
/// order; attachments with a hipaaAuthorization for special_authorization; "approve" for extra_fee;
/// an answer for provider_question, whose choices are the use case's to check. For connect_portal
/// any other body of this shape comes back as no decision: the use case says who can connect.
[[nodiscard]] tl::expected<app::TaskResolution, Validation> read_resolution(
    const boost::json::object& body, order::TaskKind kind, const base::Date& today,
    AddressRule rule = AddressRule::anything);

}  // namespace chartroom::api
