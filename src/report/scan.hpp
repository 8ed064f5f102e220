// Scans as faxes and APS vendors send them: TIFF 6.0, most of it CCITT Group 4.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace chartroom::report {

inline constexpr std::size_t kScanPages = 500;
inline constexpr double kScanPagePixels = 24e6;  ///< width x height: A4 at 400 dpi has 15e6
inline constexpr double kScanPixels = 2.5e9;     ///< of all pages together

struct ScanPages {
  std::string pdf;  ///< a page for each of the scan's, of its size where that is told
  /// Pages that are shown as far as they could be read, or not at all. However many lie behind a
  /// page that cannot be found, they count as one.
  std::size_t damaged = 0;
};

/// The same bytes give the same PDF. Thread-safe.
/// Errors: corrupt (no TIFF, or not a single page that can be decoded), too_large (the limits
/// above); the messages are sentences that name no content.
[[nodiscard]] base::Result<ScanPages> pages_of_scan(std::string_view tiff);

}  // namespace chartroom::report
