#include "pages/view.hpp"

#include "base/bytes.hpp"
#include "pages/files.hpp"

namespace chartroom::pages {
namespace {

namespace mustache = kainjow::mustache;

mustache::partial partial(std::string_view text) {
  return [text] { return std::string(text); };
}

/// Scripts do not exist here, so none may run. Forms post to this server alone; the callback is
/// named because browsers check form-action against the redirect that follows, too.
std::string content_policy(const std::string& callback) {
  std::string policy =
      "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors "
      "'none'; "
      "form-action 'self'";
  if (!callback.empty()) policy += ' ' + origin_of(callback);
  return policy;
}

}  // namespace

http::Response render(int status, const std::string& title, std::string_view body, Data data,
                      const Frame& frame) {
  data.set("title",
           title + " – " + (frame.organization.empty() ? "Chartroom" : frame.organization));
  data.set("stylesheet", stylesheet_path());
  data.set("sandbox", frame.sandbox);
  data.set("organization", optional(frame.organization));
  data.set("portal_look", !frame.portal_name.empty());
  data.set("portal_name", optional(frame.portal_name));
  data.set("body", partial(body));
  data.set("session", partial(kSessionMustache));
  data.set("errors", partial(kErrorsMustache));
  data.set("text_field", partial(kTextFieldMustache));
  data.set("state_field", partial(kStateFieldMustache));
  data.set("sign", partial(kSignMustache));

  http::Response response{.status = status};
  response.with("Content-Type", "text/html; charset=utf-8")
      .with("Content-Security-Policy", content_policy(frame.callback))
      .with("Referrer-Policy", "no-referrer")
      .with("Cache-Control", "no-store")
      .with("X-Robots-Tag", "noindex");
  response.body = mustache::mustache(std::string(kLayoutMustache)).render(data);
  return response;
}

std::string stylesheet_path() {
  constexpr std::size_t kVersion = 12;
  static const std::string path =
      "/assets/tasks.css?v=" + base::sha256_hex(kTasksCss).substr(0, kVersion);
  return path;
}

http::Response stylesheet() {
  http::Response response;
  response.with("Content-Type", "text/css; charset=utf-8")
      .with("Cache-Control", "public, max-age=86400");
  response.body = kTasksCss;
  return response;
}

Data optional(const std::string& text) { return text.empty() ? Data(false) : Data(text); }

Data message_data(const std::string& heading, const std::string& text, const std::string& advice,
                  const std::string& href, const std::string& action) {
  Data data;
  data.set("heading", heading);
  data.set("text", text);
  data.set("advice", optional(advice));
  data.set("action_href", optional(href));
  data.set("action_text", action);
  return data;
}

http::Response redirect(int status, const std::string& where) {
  http::Response response{.status = status};
  response.with("Location", where)
      .with("Referrer-Policy", "no-referrer")
      .with("Cache-Control", "no-store");
  return response;
}

Data list() { return Data(Data::type::list); }

void add_session(Data& data, const Link& link) {
  data.set("client_id", link.client_id);
  data.set("rq", link.rq);
  data.set("callback", optional(link.callback));
}

void add_errors(Data& data, const std::vector<FieldError>& errors, bool has_file) {
  Data all = list();
  for (const FieldError& error : errors) {
    Data one;
    one.set("error_field", error.field);
    one.set("error_text", error.message);
    all.push_back(one);
  }
  data.set("has_errors", !errors.empty());
  data.set("error_list", all);
  data.set("choose_again", has_file);
}

}  // namespace chartroom::pages
