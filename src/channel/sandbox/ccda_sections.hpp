// The body of a synthetic CCD: each section's narrative and the entries that refer to it.
#pragma once

#include <pugixml.hpp>
#include <vector>

#include "channel/sandbox/chart.hpp"

namespace chartroom::channel {

/// `visits` are those of the facility, by start, and at least one.
void write_sections(pugi::xml_node body, const Chart& chart, std::size_t facility,
                    const std::vector<const Visit*>& visits);

}  // namespace chartroom::channel
