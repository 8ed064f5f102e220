// Templates with data become pages. Every value is escaped by the template engine: no template of
// this room uses the unescaped form (a test sees to it).
#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "pages/information.hpp"
#include "pages/link.hpp"

namespace chartroom::pages {

using Data = kainjow::mustache::data;

/// What every page shows around its content.
struct Frame {
  bool sandbox = false;
  std::string organization{};  ///< empty: not known, or nothing may be shown
  std::string portal_name{};   ///< set: the page wears the fictional portal's look
  std::string callback{};      ///< allowed; forms may lead there by redirect
};

/// `body` is a template; `title` without the product's name. Sets the headers that keep the page
/// to itself: no script, nothing from elsewhere, no frame around it, no Referer, no cache.
[[nodiscard]] http::Response render(int status, const std::string& title, std::string_view body,
                                    Data data, const Frame& frame);
[[nodiscard]] http::Response stylesheet();
[[nodiscard]] std::string stylesheet_path();

/// "text", or false where it is empty, which templates take as absent.
[[nodiscard]] Data optional(const std::string& text);

[[nodiscard]] Data list();
/// Data of message.mustache; `href` with `action` is what the one button does.
[[nodiscard]] Data message_data(const std::string& heading, const std::string& text,
                                const std::string& advice = {}, const std::string& href = {},
                                const std::string& action = {});
/// `status`: 302 or 303. Not cached, and followed without a Referer.
[[nodiscard]] http::Response redirect(int status, const std::string& where);

/// Data of the hidden fields (session.mustache).
void add_session(Data& data, const Link& link);
/// Data of the error summary (errors.mustache).
void add_errors(Data& data, const std::vector<FieldError>& errors, bool has_file);

/// Everything that the missing_information form shows. `form`: what was typed before, or null.
[[nodiscard]] Data information_data(const app::TaskList& session, const order::Task& task,
                                    const Form* form, const std::vector<FieldError>& errors);
/// The authorization's text and the fields to sign it (sign.mustache). `discloser` as in
/// app::AuthorizationForm.
void add_authorization(Data& data, const app::TaskList& session, const std::string& discloser,
                       const Form* form, const std::vector<FieldError>& errors);

}  // namespace chartroom::pages
