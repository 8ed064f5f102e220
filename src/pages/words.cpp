#include "pages/words.hpp"

#include <array>
#include <set>

namespace chartroom::pages {

using order::TaskKind;

TaskWords words_of(const order::Task& task) {
  switch (task.kind) {
    case TaskKind::missing_information:
      if (task.fields == std::set<order::Field>{order::Field::hipaa_authorization}) {
        return {"Sign an authorization",
                "Your doctors need your permission before they release your records.",
                "Read and sign"};
      }
      return {"Complete your information",
              "Some details are missing to find your records. It takes about two minutes.",
              "Give the details"};
    case TaskKind::connect_portal:
      return {
          "Connect your patient portal",
          "This is the fastest way to your records. You need the sign-in of your clinic’s website.",
          "Choose a portal"};
    case TaskKind::special_authorization:
      return {"Sign a form for " + task.detail,
              task.detail + " asks for a signed form of its own before it releases your records.",
              "Read and sign"};
    case TaskKind::identity_review:
    case TaskKind::extra_fee:
    case TaskKind::provider_question:
      break;
  }
  return {"A question about your records", "The company that asked you takes care of this.",
          "Look"};
}

std::string state_words(order::State state, bool has_tasks) {
  switch (state) {
    case order::State::created:
      return "The request is here, and work on it begins in a moment.";
    case order::State::in_progress:
      return has_tasks ? "Your records are being gathered. With your help it goes faster."
                       : "Your records are being gathered. You do not have to do anything now.";
    case order::State::pended:
      return has_tasks ? "The search for your records waits for you."
                       : "The company that asked has a question to settle. You do not have to do "
                         "anything now.";
    case order::State::completed:
      return "The search for your records is finished. You do not have to do anything more.";
    case order::State::cancelled:
      return "The request was withdrawn. You do not have to do anything more.";
  }
  return {};
}

Data steps_of(order::State state) {
  const bool has_begun = state != order::State::created;
  const bool is_complete = state == order::State::completed;
  struct Step {
    const char* name;
    bool done;
    bool now;
  };
  const std::array steps{Step{"Request received", true, false},
                         Step{"Gathering your records", is_complete, !order::is_final(state)},
                         Step{"Result handed to the company", is_complete, false}};
  Data all = list();
  for (const Step& step : steps) {
    Data one;
    one.set("step_name", step.name);
    one.set("step_class", step.done ? "done" : step.now ? "now" : "ahead");
    one.set("step_now", step.now);
    const char* waiting = state == order::State::pended ? "Waiting for an answer" : "Going on";
    if (!has_begun) waiting = "Begins in a moment";
    one.set("step_state", step.done                          ? "Done"
                          : step.now                         ? waiting
                          : state == order::State::cancelled ? "Withdrawn"
                                                             : "Still ahead");
    all.push_back(one);
  }
  return all;
}

std::string day_words(base::TimePoint at) {
  constexpr std::array<const char*, 12> kMonths{"January",   "February", "March",    "April",
                                                "May",       "June",     "July",     "August",
                                                "September", "October",  "November", "December"};
  const auto date = base::Date::from(at);
  return std::string(kMonths.at(date.month - 1)) + " " + std::to_string(date.day) + ", " +
         std::to_string(date.year);
}

std::string notice_words(std::string_view done) {
  if (done == "information") return "Thank you. Your information has been received.";
  if (done == "signature") return "Thank you. Your signed form has been received.";
  if (done == "portal")
    return "Thank you. Your portal is connected, and your records are on their way.";
  if (done == "declined") return "All right. Your application goes on without a patient portal.";
  return {};
}

}  // namespace chartroom::pages
