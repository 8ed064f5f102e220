// Which of the providers that an order names a record comes from. Private to this room.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/types.hpp"

namespace chartroom::app {

/// The index of the provider whose name or organisation the record's provider bears: the same words
/// whatever their case, order and punctuation, or all words of the shorter name where it has two or
/// more ("Kindred Hospital" and "Kindred Hospital, Las Vegas"). Nullopt when none or several do.
[[nodiscard]] std::optional<unsigned> find_named_provider(const std::vector<Provider>& named,
                                                          std::string_view provider_name);

}  // namespace chartroom::app
