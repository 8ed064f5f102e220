// From stored records to the reports that the order type asks for. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/types.hpp"

namespace chartroom::app {

struct Produced {
  std::vector<StoredReport> reports;
  bool data_available = false;
  std::vector<std::string> failures;  ///< "combined.pdf: …": a report that could not be built
};

/// One report that cannot be built never costs the others. `records` come with bytes.
[[nodiscard]] Produced produce(const StoredOrder& order, const std::vector<RawRecord>& records,
                               base::TimePoint now, const std::string& engine_version);

}  // namespace chartroom::app
