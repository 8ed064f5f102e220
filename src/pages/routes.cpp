// The Task Manager's routes. GET shows, POST changes; a change is followed by a redirect, so that
// reloading a page never repeats it. What a person types travels in POST bodies alone.
#include <algorithm>

#include "pages/files.hpp"
#include "pages/form.hpp"
#include "pages/information.hpp"
#include "pages/link.hpp"
#include "pages/pages.hpp"
#include "pages/view.hpp"
#include "pages/words.hpp"

namespace chartroom::pages {
namespace {

using base::ErrorCode;
using http::Request;
using http::Response;
using order::TaskKind;

/// An opened link and whom it belongs to.
struct Visit {
  Link link;
  app::TaskList session;

  [[nodiscard]] const order::Task* task(const std::string& id) const {
    const auto found = std::find_if(session.open.begin(), session.open.end(),
                                    [&](const order::Task& open) { return open.id == id; });
    return found == session.open.end() ? nullptr : &*found;
  }
};

class TaskManager {
 public:
  explicit TaskManager(PagePorts ports) : ports_(std::move(ports)) {}

  [[nodiscard]] Response home(const Request& request) const;
  [[nodiscard]] Response show_task(const Request& request) const;
  [[nodiscard]] Response give_information(const Request& request) const;
  [[nodiscard]] Response sign(const Request& request) const;
  [[nodiscard]] Response search(const Request& request) const;
  [[nodiscard]] Response consent(const Request& request) const;
  [[nodiscard]] Response connect(const Request& request) const;
  [[nodiscard]] Response show_decline(const Request& request) const;
  [[nodiscard]] Response decline(const Request& request) const;

 private:
  using Show = Response (TaskManager::*)(const Visit&, const order::Task&) const;
  using Act = Response (TaskManager::*)(const Visit&, const order::Task&, const Form&) const;

  [[nodiscard]] Link link_of(const Request& request) const;
  [[nodiscard]] Link with_callback(Link link, std::string callback) const;
  [[nodiscard]] Response with_task(const Request& request, std::optional<TaskKind> kind,
                                   Show show) const;
  [[nodiscard]] Response with_form(const Request& request, TaskKind kind, Act act) const;

  [[nodiscard]] Response list_page(const Visit& visit, const std::string& notice) const;
  [[nodiscard]] Response task_page(const Visit& visit, const order::Task& task) const;
  [[nodiscard]] Response information_page(const Visit& visit, const order::Task& task,
                                          const Form* form,
                                          const std::vector<FieldError>& errors) const;
  [[nodiscard]] Response authorization_page(const Visit& visit, const order::Task& task,
                                            const Form* form,
                                            const std::vector<FieldError>& errors) const;
  [[nodiscard]] Response portal_page(const Visit& visit, const order::Task& task,
                                     const std::string& query, const std::string& notice) const;
  [[nodiscard]] Response decline_page(const Visit& visit, const order::Task& task) const;

  [[nodiscard]] Response take_information(const Visit& visit, const order::Task& task,
                                          const Form& form) const;
  [[nodiscard]] Response take_signature(const Visit& visit, const order::Task& task,
                                        const Form& form) const;
  [[nodiscard]] Response search_portals(const Visit& visit, const order::Task& task,
                                        const Form& form) const;
  [[nodiscard]] Response ask_consent(const Visit& visit, const order::Task& task,
                                     const Form& form) const;
  [[nodiscard]] Response connect_portal(const Visit& visit, const order::Task& task,
                                        const Form& form) const;
  [[nodiscard]] Response decline_portal(const Visit& visit, const order::Task& task,
                                        const Form& form) const;

  [[nodiscard]] std::optional<app::RecordChannel::PortalChoice> portal(const Visit& visit,
                                                                       const Form& form) const;
  [[nodiscard]] Response after_task(const Visit& visit, const base::Result<app::TaskList>& done,
                                    const char* notice) const;
  [[nodiscard]] Response refused_link(const Link& link, const base::Error& error) const;
  [[nodiscard]] Response trouble(const Link& link, const base::Error& error) const;
  [[nodiscard]] Response closed_task(const Visit& visit) const;
  [[nodiscard]] Response message(int status, const std::string& title, Data data,
                                 const Frame& around) const;
  [[nodiscard]] Frame frame(const Visit& visit) const;

  static std::string home_of(const Link& link, const std::string& done = {}) {
    return "/?" + (done.empty() ? "" : "done=" + done + "&") + query_of(link);
  }
  static std::string task_of(const Link& link, const order::Task& task, const char* page = "") {
    return "/tasks/" + percent_encode(task.id) + page + "?" + query_of(link);
  }
  static std::string action_of(const order::Task& task, const char* action) {
    return "/tasks/" + percent_encode(task.id) + action;
  }

  PagePorts ports_;
};

// ── the link ────────────────────────────────────────────────────────────────────────────────────

bool is_too_long(const Link& link) {
  return link.client_id.size() > kLinkPartBytes || link.rq.size() > kLinkPartBytes;
}

Link TaskManager::with_callback(Link link, std::string callback) const {
  if (callback.empty() || is_too_long(link)) return link;
  const auto listed =
      ports_.desk.callback_urls(link.client_id).value_or(std::vector<std::string>{});
  if (may_call_back(listed, ports_.sandbox, callback)) link.callback = std::move(callback);
  return link;
}

Link TaskManager::link_of(const Request& request) const {
  Link link;
  link.client_id = request.query_value("clientId").value_or("");
  link.rq = request.query_value("rq").value_or("");
  return with_callback(std::move(link), callback_of(request.raw_query));
}

base::Result<app::TaskList> open(app::Desk& desk, const Link& link) {
  if (is_too_long(link)) return base::fail(ErrorCode::unauthenticated, "forged");
  return desk.open_link(link.client_id, link.rq);
}

Frame TaskManager::frame(const Visit& visit) const {
  return {.sandbox = ports_.sandbox,
          .organization = visit.session.organization_name,
          .callback = visit.link.callback};
}

Response TaskManager::message(int status, const std::string& title, Data data,
                              const Frame& around) const {
  return render(status, title, kMessageMustache, std::move(data), around);
}

/// Nothing of the order is shown, not even who asked. Only a link that we signed once leads on to
/// its callback.
Response TaskManager::refused_link(const Link& link, const base::Error& error) const {
  const Frame plain{.sandbox = ports_.sandbox};
  constexpr int kForbidden = 403;
  if (error.message == "expired") {
    const auto back =
        link.callback.empty() ? "" : callback_address(link.callback, expired(), nullptr);
    return message(
        kForbidden, "This link has expired",
        message_data("This link has expired", expired().message + ".",
                     "Links work for 8 hours. Ask the company that sent it for a new one.", back,
                     back.empty() ? "" : "Go back"),
        plain);
  }
  return message(
      kForbidden, "This link does not work",
      message_data(
          "This link does not work", "The address of this page is not complete, or was changed.",
          "Open the link in your message again, or copy all of it. If that does not help, ask the "
          "company that sent it for a new one."),
      plain);
}

/// Errors of the desk on a link's way to a page.
Response TaskManager::trouble(const Link& link, const base::Error& error) const {
  if (error.code == ErrorCode::unauthenticated) return refused_link(link, error);
  const Frame plain{.sandbox = ports_.sandbox};
  if (error.code == ErrorCode::not_found) {
    constexpr int kNotFound = 404;
    return message(
        kNotFound, "Nothing here",
        message_data(
            "Nothing here", no_tasks().message, "",
            link.callback.empty() ? "" : callback_address(link.callback, no_tasks(), nullptr),
            "Go back"),
        plain);
  }
  ports_.logger.warning("task page failed", {{"code", static_cast<std::int64_t>(error.code)}});
  const bool is_ours = !is_too_long(link) && ports_.links.verify(link.rq).has_value();
  constexpr int kUnavailable = 503;
  auto data = message_data("That did not work",
                           "The service is busy or away for a moment. Nothing is lost.",
                           "Wait a minute, then try again.", "/?" + query_of(link), "Try again");
  if (is_ours && !link.callback.empty()) {
    data.set("return_href", callback_address(link.callback, task_list_error(), nullptr));
  }
  auto response = message(kUnavailable, "Please try again", std::move(data), plain);
  response.with("Retry-After", "30");
  return response;
}

Response TaskManager::closed_task(const Visit& visit) const {
  constexpr int kGone = 409;
  return message(
      kGone, "This task is closed",
      message_data("This task is closed",
                   "It has been done already, or its time is over. You do not have to do it again.",
                   "", home_of(visit.link), "See what is left to do"),
      frame(visit));
}

/// Runs `show` for an open task of a good link.
Response TaskManager::with_task(const Request& request, std::optional<TaskKind> kind,
                                Show show) const {
  Visit visit{link_of(request), {}};
  auto session = open(ports_.desk, visit.link);
  if (!session) return trouble(visit.link, session.error());
  visit.session = std::move(*session);
  const order::Task* task = visit.task(request.path_parameters.at("taskId"));
  if (task == nullptr || (kind && task->kind != *kind)) return closed_task(visit);
  return (this->*show)(visit, *task);
}

/// The same for a posted form, which carries the link in hidden fields.
Response TaskManager::with_form(const Request& request, TaskKind kind, Act act) const {
  const auto form = Form::read(request);
  if (!form) {
    const bool is_long = form.error().code == ErrorCode::too_large;
    constexpr int kBad = 400;
    constexpr int kTooLarge = 413;
    return message(is_long ? kTooLarge : kBad, "The form could not be read",
                   message_data("The form could not be read", "Nothing was stored.",
                                "Go back in your browser and send it again."),
                   {.sandbox = ports_.sandbox});
  }
  Visit visit{with_callback({form->text("clientId"), form->text("rq"), {}}, form->text("callback")),
              {}};
  auto session = open(ports_.desk, visit.link);
  if (!session) return trouble(visit.link, session.error());
  visit.session = std::move(*session);
  const order::Task* task = visit.task(request.path_parameters.at("taskId"));
  if (task == nullptr || task->kind != kind) return closed_task(visit);
  return (this->*act)(visit, *task, *form);
}

/// Contract §6.3: back to the customer after every task; without a callback, to the list.
Response TaskManager::after_task(const Visit& visit, const base::Result<app::TaskList>& done,
                                 const char* notice) const {
  if (!done) {
    const auto code = done.error().code;
    const bool is_closed = code == ErrorCode::conflict || code == ErrorCode::not_found;
    return is_closed ? closed_task(visit) : trouble(visit.link, done.error());
  }
  constexpr int kFound = 302;
  constexpr int kSeeOther = 303;
  if (visit.link.callback.empty()) return redirect(kSeeOther, home_of(visit.link, notice));
  return redirect(kFound, callback_address(visit.link.callback, success(), &*done));
}

// ── pages ───────────────────────────────────────────────────────────────────────────────────────

Response TaskManager::home(const Request& request) const {
  Visit visit{link_of(request), {}};
  if (visit.link.client_id.empty() && visit.link.rq.empty()) {
    return render(200, "Medical records service", kLandingMustache, {},
                  {.sandbox = ports_.sandbox});
  }
  auto session = open(ports_.desk, visit.link);
  if (!session) return trouble(visit.link, session.error());
  visit.session = std::move(*session);
  return list_page(visit, notice_words(request.query_value("done").value_or("")));
}

Response TaskManager::list_page(const Visit& visit, const std::string& notice) const {
  const auto& session = visit.session;
  Data tasks = list();
  for (const order::Task& task : session.open) {
    const auto words = words_of(task);
    Data one;
    one.set("task_title", words.title);
    one.set("task_text", words.text);
    one.set("task_action", words.action);
    one.set("task_due",
            task.due_at == base::TimePoint{} ? Data(false) : Data(day_words(task.due_at)));
    one.set("task_href", task_of(visit.link, task));
    tasks.push_back(one);
  }
  const bool has_tasks = !session.open.empty();
  Data data;
  data.set("notice", optional(notice));
  data.set("greeting", session.first_name.empty() ? "Hello" : "Hello " + session.first_name);
  data.set("has_tasks", has_tasks);
  data.set("count", session.open.size() == 1
                        ? "There is 1 task for you"
                        : "There are " + std::to_string(session.open.size()) + " tasks for you");
  data.set("tasks", tasks);
  data.set("return_href",
           optional(visit.link.callback.empty()
                        ? ""
                        : callback_address(visit.link.callback, no_tasks(), &session)));
  data.set("state_text", state_words(session.state, has_tasks));
  data.set("steps", steps_of(session.state));
  return render(200, "Your tasks", kTasksMustache, std::move(data), frame(visit));
}

Response TaskManager::task_page(const Visit& visit, const order::Task& task) const {
  switch (task.kind) {
    case TaskKind::missing_information:
      return information_page(visit, task, nullptr, {});
    case TaskKind::special_authorization:
      return authorization_page(visit, task, nullptr, {});
    case TaskKind::connect_portal:
      return portal_page(visit, task, "", "");
    case TaskKind::identity_review:
    case TaskKind::extra_fee:
    case TaskKind::provider_question:
      break;
  }
  return closed_task(visit);
}

constexpr int kUnprocessable = 422;

Response TaskManager::information_page(const Visit& visit, const order::Task& task,
                                       const Form* form,
                                       const std::vector<FieldError>& errors) const {
  Data data = information_data(visit.session, task, form, errors);
  add_session(data, visit.link);
  add_errors(data, errors, form != nullptr && form->file("document"));
  data.set("list_href", home_of(visit.link));
  data.set("action", action_of(task, "/information"));
  return render(errors.empty() ? 200 : kUnprocessable,
                errors.empty() ? "Complete your information" : "Error: Complete your information",
                kInformationMustache, std::move(data), frame(visit));
}

Response TaskManager::authorization_page(const Visit& visit, const order::Task& task,
                                         const Form* form,
                                         const std::vector<FieldError>& errors) const {
  Data data;
  add_authorization(data, visit.session, task.detail, form, errors);
  add_session(data, visit.link);
  add_errors(data, errors, form != nullptr && form->file("document"));
  data.set("discloser", task.detail);
  data.set("list_href", home_of(visit.link));
  data.set("action", action_of(task, "/authorization"));
  return render(errors.empty() ? 200 : kUnprocessable,
                errors.empty() ? "Sign a form" : "Error: Sign a form", kAuthorizationMustache,
                std::move(data), frame(visit));
}

Response TaskManager::portal_page(const Visit& visit, const order::Task& task,
                                  const std::string& query, const std::string& notice) const {
  const auto found = ports_.desk.portals(visit.session, query);
  Data choices = list();
  for (const auto& choice : found) {
    Data one;
    one.set("portal_id", choice.id);
    one.set("portal_name", choice.name);
    one.set("place", choice.place);
    choices.push_back(one);
  }
  Data data;
  add_session(data, visit.link);
  data.set("notice", optional(notice));
  data.set("query", query);
  data.set("has_choices", !found.empty());
  data.set("choices", choices);
  data.set("results_title", found.empty()   ? "Nothing found"
                            : query.empty() ? "Clinics and hospitals"
                                            : "Search results");
  data.set("list_href", home_of(visit.link));
  data.set("search_action", action_of(task, "/portals"));
  data.set("consent_action", action_of(task, "/consent"));
  data.set("decline_href", task_of(visit.link, task, "/decline"));
  return render(200, "Connect your patient portal", kPortalSearchMustache, std::move(data),
                frame(visit));
}

Response TaskManager::decline_page(const Visit& visit, const order::Task& task) const {
  Data data;
  add_session(data, visit.link);
  data.set("back_href", task_of(visit.link, task));
  data.set("action", action_of(task, "/decline"));
  return render(200, "Go on without a portal?", kDeclineMustache, std::move(data), frame(visit));
}

// ── forms ───────────────────────────────────────────────────────────────────────────────────────

Response TaskManager::take_information(const Visit& visit, const order::Task& task,
                                       const Form& form) const {
  const auto read = read_information(form, task.fields, base::Date::from(ports_.clock.now()));
  if (!read.errors.empty()) return information_page(visit, task, &form, read.errors);
  return after_task(visit, ports_.desk.give_information(visit.session, task.id, read.input),
                    "information");
}

Response TaskManager::take_signature(const Visit& visit, const order::Task& task,
                                     const Form& form) const {
  const auto read = read_authorization(form);
  if (!read.errors.empty()) return authorization_page(visit, task, &form, read.errors);
  return after_task(visit,
                    ports_.desk.sign_special_authorization(visit.session, task.id, read.input),
                    "signature");
}

std::string query_text(const Form& form) {
  constexpr std::size_t kQueryBytes = 400;
  const auto text = form.text("q");
  return text.size() > kQueryBytes ? std::string() : text;
}

Response TaskManager::search_portals(const Visit& visit, const order::Task& task,
                                     const Form& form) const {
  return portal_page(visit, task, query_text(form), "");
}

/// The chosen portal, when it is one that was offered.
std::optional<app::RecordChannel::PortalChoice> TaskManager::portal(const Visit& visit,
                                                                    const Form& form) const {
  const auto id = form.text("portal");
  for (const auto& choice : ports_.desk.portals(visit.session, query_text(form))) {
    if (choice.id == id) return choice;
  }
  return std::nullopt;
}

Response TaskManager::ask_consent(const Visit& visit, const order::Task& task,
                                  const Form& form) const {
  const auto chosen = portal(visit, form);
  if (!chosen)
    return portal_page(visit, task, "", "That portal is not available. Please choose another one.");
  Data data;
  add_session(data, visit.link);
  data.set("portal_id", chosen->id);
  data.set("query", query_text(form));
  data.set("connect_action", action_of(task, "/connect"));
  Frame around = frame(visit);
  around.portal_name = chosen->name;
  return render(200, "Share your records?", kPortalConsentMustache, std::move(data), around);
}

Response TaskManager::connect_portal(const Visit& visit, const order::Task& task,
                                     const Form& form) const {
  const auto answer = form.text("answer");
  if (answer != "approve") {
    return portal_page(visit, task, query_text(form),
                       "Nothing was shared. You can choose a portal again, or come back later.");
  }
  const auto chosen = portal(visit, form);
  if (!chosen)
    return portal_page(visit, task, "", "That portal is not available. Please choose another one.");
  return after_task(visit, ports_.desk.connect_portal(visit.session, task.id, chosen->id),
                    "portal");
}

Response TaskManager::decline_portal(const Visit& visit, const order::Task& task,
                                     const Form& /*form*/) const {
  return after_task(visit, ports_.desk.connect_portal(visit.session, task.id, ""), "declined");
}

Response TaskManager::show_task(const Request& request) const {
  return with_task(request, std::nullopt, &TaskManager::task_page);
}
Response TaskManager::show_decline(const Request& request) const {
  return with_task(request, TaskKind::connect_portal, &TaskManager::decline_page);
}
Response TaskManager::give_information(const Request& request) const {
  return with_form(request, TaskKind::missing_information, &TaskManager::take_information);
}
Response TaskManager::sign(const Request& request) const {
  return with_form(request, TaskKind::special_authorization, &TaskManager::take_signature);
}
Response TaskManager::search(const Request& request) const {
  return with_form(request, TaskKind::connect_portal, &TaskManager::search_portals);
}
Response TaskManager::consent(const Request& request) const {
  return with_form(request, TaskKind::connect_portal, &TaskManager::ask_consent);
}
Response TaskManager::connect(const Request& request) const {
  return with_form(request, TaskKind::connect_portal, &TaskManager::connect_portal);
}
Response TaskManager::decline(const Request& request) const {
  return with_form(request, TaskKind::connect_portal, &TaskManager::decline_portal);
}

}  // namespace

std::vector<http::Route> make_routes(PagePorts ports) {
  const auto pages = std::make_shared<const TaskManager>(std::move(ports));
  const auto bind = [&pages](Response (TaskManager::*handler)(const Request&) const) {
    return [pages, handler](const Request& request) { return (pages.get()->*handler)(request); };
  };
  return {
      {"GET", "/", bind(&TaskManager::home)},
      {"GET", "/assets/tasks.css", [](const Request&) { return stylesheet(); }},
      {"GET", "/tasks/{taskId}", bind(&TaskManager::show_task)},
      {"POST", "/tasks/{taskId}/information", bind(&TaskManager::give_information)},
      {"POST", "/tasks/{taskId}/authorization", bind(&TaskManager::sign)},
      {"POST", "/tasks/{taskId}/portals", bind(&TaskManager::search)},
      {"POST", "/tasks/{taskId}/consent", bind(&TaskManager::consent)},
      {"POST", "/tasks/{taskId}/connect", bind(&TaskManager::connect)},
      {"GET", "/tasks/{taskId}/decline", bind(&TaskManager::show_decline)},
      {"POST", "/tasks/{taskId}/decline", bind(&TaskManager::decline)},
  };
}

}  // namespace chartroom::pages
