// The people of a simulated world and what is known about them.
#pragma once

#include <string>
#include <vector>

#include "app/ports.hpp"
#include "app/types.hpp"
#include "dice.hpp"

namespace chartroom::sim {

struct Person {
  std::string client_user_id;  ///< all of one length, so that none begins another
  std::string first, last, birth, gender, street, zip;
};

/// Every third person lives with the one before: same name, same street, another birth date.
[[nodiscard]] std::vector<Person> make_people(unsigned count, Dice& dice);

/// The word by which findings of this person are known again wherever they turn up.
[[nodiscard]] std::string marker_of(const Person& person);

/// An order as the customer has it: some leave out what will be asked for later.
[[nodiscard]] app::NewOrder order_for(const Person& person, const std::string& type, Dice& dice);

/// Everything about the person, and a signed authorisation.
[[nodiscard]] app::NewOrder all_about(const Person& person);

/// A document that says something about this person, sometimes too little to be sure whose it is.
[[nodiscard]] app::RetrievedItem record_of(const Person& person, Dice& dice);

/// Order types of the world's application: all shapes of plans, and reports that cost little. The
/// last one makes every report there is.
[[nodiscard]] std::vector<order::OrderType> make_order_types();

}  // namespace chartroom::sim
