// The rules of what an applicant types in. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/desk.hpp"
#include "base/time.hpp"
#include "pages/form.hpp"

namespace chartroom::pages {

inline constexpr std::size_t kNameCodePoints = 100;     ///< names and organizations, each
inline constexpr std::size_t kAddressCodePoints = 200;  ///< a line of an address
inline constexpr unsigned kProviderRows = 3;            ///< offered at once; more come by telephone

/// What is wrong with one field: its id on the page, and a sentence that says how to mend it.
struct FieldError {
  std::string field;
  std::string message;
};

struct ReadInput {
  app::ApplicantInput input;       ///< complete only when there are no errors
  std::vector<FieldError> errors;  ///< in the order of the page
};

/// Reads the fields that a missing_information task asks for; all errors at once.
[[nodiscard]] ReadInput read_information(const Form& form, const std::set<order::Field>& wanted,
                                         const base::Date& today);

/// Reads a signature or an uploaded form: "signature" with "agree", or "document".
[[nodiscard]] ReadInput read_authorization(const Form& form);

/// Codes and names of states and territories, by name (USPS Publication 28, appendix B).
[[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& states();

}  // namespace chartroom::pages
