// Invents a life: from demographics to a chart, the same one every time.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "channel/sandbox/chart.hpp"

namespace chartroom::channel {

/// First year that the current providers know. Fixed, and not "ten years ago": so a later `now`
/// adds visits and takes none away.
inline constexpr int kFirstYear = 2016;
/// First year in the paper of the archive practice; it ends where kFirstYear begins.
inline constexpr int kArchiveYear = 2012;
/// No life goes on beyond it, whatever the sandbox clock says.
inline constexpr int kLastYear = 2060;

/// Hash of folded name, birth date, sex and zip: 64 hex digits. Never log it: demographics can be
/// guessed from it.
[[nodiscard]] std::string seed_of(const Identity& who);

/// One to three current providers, and last in Chart::facilities an archive practice that has the
/// years before kFirstYear. `concerns` are the order's conditions: they make it likelier, not
/// certain, that the patient has them. Visits appear two weeks after they took place.
[[nodiscard]] Chart live(const Identity& who, const std::vector<std::string>& concerns,
                         base::TimePoint now);

/// The providers alone, without the life: for the portal's list.
[[nodiscard]] std::vector<Facility> facilities_of(const Identity& who);
/// A provider by name and place; the clinician follows from both.
[[nodiscard]] Facility make_facility(FacilityKind kind, const std::string& name,
                                     const std::string& city, const std::string& state,
                                     const std::string& zip);

}  // namespace chartroom::channel
