#include <algorithm>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "report/fact_rows.hpp"
#include "report/health.hpp"
#include "report/rules.hpp"
#include "report/text.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;
using evidence::Kind;
using Status = evidence::SourceOutcome::Status;

std::size_t outcomes_with(const Lens& lens, Status status) {
  const auto outcomes = lens.outcomes();
  return static_cast<std::size_t>(
      std::count_if(outcomes.begin(), outcomes.end(),
                    [&](const auto* outcome) { return outcome->status == status; }));
}

void warn_of_sources(const Lens& lens, std::vector<Warning>& out) {
  if (const auto n = outcomes_with(lens, Status::unreadable); n > 0) {
    out.push_back({Tone::alert, count_text(n, "retrieved document") +
                                    " not readable; see Coverage for names and reasons."});
  }
  if (const auto n = outcomes_with(lens, Status::rejected_identity); n > 0) {
    out.push_back({Tone::caution, count_text(n, "retrieved item") +
                                      " of another person: rejected, and nothing of it is shown."});
  }
  if (const auto n = outcomes_with(lens, Status::quarantined); n > 0) {
    out.push_back({Tone::alert, count_text(n, "retrieved item") +
                                    " not matched with certainty: held back until somebody has "
                                    "reviewed the identity."});
  }
}

void warn_of_death(const Lens& lens, std::vector<Warning>& out) {
  for (const evidence::SourceOutcome* each : lens.outcomes()) {
    const evidence::SourceOutcome& outcome = *each;
    const bool dead = outcome.person.is_deceased || outcome.person.deceased.known();
    if (!dead || lens.blocked(outcome.source)) continue;
    out.push_back(
        {Tone::alert,
         "Source " + Lens::source_name(outcome.source) + " says that the person is deceased" +
             (outcome.person.deceased.known() ? " (" + outcome.person.deceased.date_text() + ")."
                                              : ".")});
  }
}

/// What the law asks to be said with records of a substance use disorder program (42 CFR 2.32).
/// Which ones are of such a program no source says for certain; that they are restricted, it does.
void warn_of_restrictions(const Lens& lens, std::vector<Warning>& out) {
  const std::size_t restricted = restricted_entries(lens);
  if (restricted == 0) return;
  out.push_back({Tone::caution,
                 count_text(restricted, "entry", "entries") +
                     " marked as restricted by the source. Where records come from a substance use "
                     "disorder program: 42 CFR part 2 prohibits unauthorized use or disclosure of "
                     "these records."});
}

void warn_of_facts(const Lens& lens, std::vector<Warning>& out) {
  if (const auto n = lens.unshown().conflicts; n > 0) {
    out.push_back(
        {Tone::caution, count_text(n, "entry", "entries") +
                            " with differences between sources; all are shown and marked."});
  }
  if (const auto n = lens.unshown().implausible; n > 0) {
    out.push_back({Tone::caution, count_text(n, "value") +
                                      " outside of what is possible: shown, and not used in means, "
                                      "trends and flags."});
  }
  if (const std::size_t lost = lens.losses().size(); lost > 0) {
    out.push_back({Tone::caution, count_text(lost, "part") +
                                      " of the sources without a place in this report; see the "
                                      "data quality notes."});
  }
  const auto& visits = lens.of(Kind::encounter);
  if (!visits.empty() && visits.front().fact->when.known() &&
      visits.front().fact->when.value < months_before(lens.as_of(), 24)) {
    out.push_back({Tone::caution, "The last known visit (" + visits.front().fact->when.date_text() +
                                      ") lies more than 24 months before the order."});
  }
}

}  // namespace

std::string address_text(const evidence::PostalAddress& address) {
  std::string out = base::join(address.lines, ", ");
  const auto add = [&out](std::string_view separator, const std::string& part) {
    if (part.empty()) return;
    if (!out.empty()) out += separator;
    out += part;
  };
  add(", ", address.city);
  add(", ", address.state);
  add(" ", address.zip);
  return out;
}

std::string birth_text(const evidence::Person& person) {
  return person.birth_date ? person.birth_date->iso() : person.birth_date_raw;
}

std::vector<Warning> warnings(const Lens& lens) {
  std::vector<Warning> out;
  const OrderContext& context = lens.context();
  if (context.timed_out) {
    out.push_back(
        {Tone::alert, "The order ended by its time limit; some sources had not answered by then."});
  }
  if (context.authorization.empty()) {
    out.push_back({Tone::caution, "No signed HIPAA authorization is on file for this order."});
  }
  warn_of_sources(lens, out);
  warn_of_death(lens, out);
  if (const Tobacco tobacco = tobacco_of(lens); !tobacco.against_never.empty()) {
    out.push_back({Tone::alert, "Tobacco: the newest status is \"" + tobacco.text + "\", with " +
                                    count_text(tobacco.against_never.size(), "entry", "entries") +
                                    " of the last five years against it; see Tobacco."});
  }
  warn_of_restrictions(lens, out);
  warn_of_facts(lens, out);
  return out;
}

Window window_of(const Lens& lens) {
  Window window;
  for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
    for (const Item& item : lens.of(static_cast<Kind>(kind))) {
      const evidence::When& when = item.fact->when;
      if (!when.known()) continue;
      if (!window.first.known() || when.value < window.first.value) window.first = when;
      if (!window.last.known() || when.value > window.last.value) window.last = when;
    }
  }
  return window;
}

Section order_section(const Lens& lens) {
  const OrderContext& context = lens.context();
  const evidence::Person& applicant = lens.record().applicant;
  Section section{"Applicant and order", "order", "order", {}, {}};
  KeyValues values;
  values.items = {pair("Applicant as ordered", applicant.display_name()),
                  pair("Date of birth", birth_text(applicant)), pair("Sex", applicant.sex)};
  if (!applicant.addresses.empty()) {
    values.items.push_back(pair("Address", address_text(applicant.addresses.front())));
  }
  values.items.push_back(pair("Order", context.order_id));
  values.items.push_back(pair("Order type", context.order_type));
  values.items.push_back(pair("Ordered", date_time_text(context.ordered_at)));
  values.items.push_back(pair("Human ID", context.human_id));
  values.items.push_back(pair("Client's user ID", context.client_user_id));
  values.items.push_back(pair(
      "Authorization", context.authorization.empty() ? "none on file" : context.authorization));
  values.items.push_back(
      pair("Made by", "Chartroom " + context.engine_version + ", tables " + rules_version()));
  section.blocks.push_back(std::move(values));
  for (const Warning& warning : warnings(lens)) {
    section.blocks.push_back(callout(
        warning.tone, warning.tone == Tone::alert ? "Important" : "Please note", warning.text));
  }
  section.data = json::object{{"orderId", context.order_id},
                              {"orderType", context.order_type},
                              {"orderedAt", base::format_iso(context.ordered_at)},
                              {"humanId", context.human_id},
                              {"clientUserId", context.client_user_id},
                              {"authorization", context.authorization},
                              {"timedOut", context.timed_out},
                              {"applicant", json::object{{"name", applicant.display_name()},
                                                         {"dateOfBirth", birth_text(applicant)},
                                                         {"sex", applicant.sex}}}};
  return section;
}

namespace {

const char* verdict_text(Status status) {
  switch (status) {
    case Status::read:
    case Status::empty:
      return "accepted";
    case Status::unreadable:
      return "not checked: unreadable";
    case Status::rejected_identity:
      return "rejected: another person";
    case Status::quarantined:
      return "held for review";
  }
  return "";
}

}  // namespace

Section identity_section(const Lens& lens) {
  Section section{"Identity of the records", "identity", "identity", {}, {}};
  Table table;
  table.caption = "How each source was matched with the applicant";
  table.columns = {column("Source", 0.5),
                   column("Person in the source", 1.6),
                   column("Date of birth", 0.9),
                   column("Fields that agree", 2.4),
                   column("Score", 0.5, Align::end),
                   column("Decision", 1.2)};
  json::array data;
  for (const evidence::SourceOutcome* each : lens.outcomes()) {
    const evidence::SourceOutcome& outcome = *each;
    const bool accepted = outcome.status == Status::read || outcome.status == Status::empty;
    // A person who is not the applicant has no place in the applicant's report.
    const std::string name = accepted ? outcome.person.display_name() : std::string{};
    const std::string birth = accepted ? birth_text(outcome.person) : std::string{};
    const bool compared = outcome.status != Status::unreadable;
    const std::string matched = compared ? base::join(outcome.matched_fields, ", ") : std::string{};
    const std::string source = Lens::source_name(outcome.source);
    Span link = plain(source);
    link.target = Lens::source_anchor(outcome.source);
    const Tone tone = accepted                               ? Tone::none
                      : outcome.status == Status::unreadable ? Tone::muted
                                                             : Tone::alert;
    table.rows.push_back({cell(Spans{link}), cell(name.empty() ? "–" : name),
                          cell(birth.empty() ? "–" : birth), cell(matched.empty() ? "–" : matched),
                          number_cell(compared ? std::to_string(outcome.identity_score) : "–"),
                          cell(verdict_text(outcome.status), tone)});
    json::array fields;
    for (const std::string& field : outcome.matched_fields) fields.emplace_back(field);
    json::object row{{"source", source},
                     {"matchedFields", std::move(fields)},
                     {"score", outcome.identity_score},
                     {"decision", verdict_text(outcome.status)}};
    if (accepted) {
      row["name"] = name;
      row["dateOfBirth"] = birth;
    }
    data.push_back(std::move(row));
  }
  if (table.rows.empty()) {
    section.blocks.push_back(quiet_paragraph("Not retrieved."));
  } else {
    section.blocks.push_back(std::move(table));
  }
  section.data = std::move(data);
  return section;
}

}  // namespace chartroom::report
