// The applicant of an order as the other rooms need to see them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "app/types.hpp"
#include "evidence/model.hpp"

namespace chartroom::app {

/// Which of the fields a channel may need are there (contract §5.2). An address counts with a
/// street and a state or ZIP code; `has_authorization` tells of a stored HIPAA authorisation.
[[nodiscard]] std::set<order::Field> given_fields(const NewOrder& order, bool has_authorization);

/// True when the request itself carries a HIPAA authorisation.
[[nodiscard]] bool carries_authorization(const NewOrder& order);

[[nodiscard]] evidence::Person to_person(const NewOrder& order);

/// Keys under which this person may stand on the suppression list: name and date of birth, and
/// with the SSN's last four digits where known (contract §14). Empty without name and birth date.
[[nodiscard]] std::vector<std::string> suppression_keys(const NewOrder& order,
                                                        const Sealer& sealer);

}  // namespace chartroom::app
