// Applicants of the sandbox whose last name decides what happens to their order.
#pragma once

#include <array>
#include <string_view>

namespace chartroom::channel {

enum class PersonaKind {
  no_records,
  pended,
  times_out,
  wrong_person,
  vendor_down,
  broken_document,
  suppressed,
  extra_fee,
  question,
};

struct Persona {
  PersonaKind kind = PersonaKind::no_records;
  std::string_view last_name;  ///< compared without regard to case
  std::string_view happens;    ///< what the network does
  std::string_view outcome;    ///< what the customer sees
};

/// All of them, in the order in which documentation lists them.
inline constexpr std::array kPersonas = {
    Persona{PersonaKind::no_records, "NoRecords", "Every channel answers, and knows nobody.",
            "The order completes without data and without reports."},
    Persona{PersonaKind::pended, "Pended",
            "Starfleet Medical wants its own authorization form before it releases anything.",
            "The order is pended with a task for the applicant; once it is resolved, records come "
            "and the order completes with reports."},
    Persona{PersonaKind::times_out, "TimesOut", "Every channel says day after day: not yet.",
            "The order completes at its time limit with timedOut true."},
    Persona{PersonaKind::wrong_person, "WrongPerson",
            "The network returns the record of somebody else with the same birth date, at the same "
            "address and of a similar family name.",
            "The record is rejected or held for review; no report ever shows a value of it."},
    Persona{PersonaKind::vendor_down, "VendorDown",
            "The network is away for the first three tries, then answers.",
            "The order completes with reports, only later."},
    Persona{PersonaKind::broken_document, "BrokenDocument",
            "Beside good records come a C-CDA that ends in the middle and a file of garbage.",
            "The order completes with reports; their coverage names what could not be read."},
    Persona{PersonaKind::suppressed, "Suppressed",
            "The person is on the suppression list; the network would answer nothing.",
            "The order completes with fcraSuppressed true and without reports."},
    Persona{
        PersonaKind::extra_fee, "ExtraFee",
        "The networks know nobody; the records office wants 45 dollars before it copies paper.",
        "The order is pended with a task for the customer; approved, records come; declined, the "
        "order completes without them."},
    Persona{PersonaKind::question, "Question",
            "The networks know nobody; the copying service asks whether the facility that the "
            "records have moved to shall be asked, and then for which years.",
            "The order is pended with one task after the other for the customer; answered, records "
            "come; declined or left alone, the order completes without them."},
};

/// Null for everybody else.
[[nodiscard]] const Persona* find_persona(std::string_view last_name);

}  // namespace chartroom::channel
