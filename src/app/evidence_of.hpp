// An order's stored records as one evidence record.
#pragma once

#include <vector>

#include "app/types.hpp"
#include "evidence/model.hpp"

namespace chartroom::app {

/// Reads every accepted record again, matches identity again (a record of another person must not
/// enter a report even if a verdict was stored wrongly) and merges. Records that were rejected or
/// could not be read have a row in `outcomes` and nothing else. `records` come with bytes.
[[nodiscard]] evidence::Record evidence_of(const StoredOrder& order,
                                           const std::vector<RawRecord>& records);

}  // namespace chartroom::app
