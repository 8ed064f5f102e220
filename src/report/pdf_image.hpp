// Pictures for the PDF: PNG is decoded, JPEG is passed through.
#pragma once

#include <cairo.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "report/document.hpp"

namespace chartroom::report::pdf {

inline constexpr double kImagePixels = 24e6;  ///< width × height

/// A cairo image surface with the picture. Errors: corrupt (no such picture), too_large.
[[nodiscard]] base::Result<std::shared_ptr<cairo_surface_t>> load_image(const Image& image);

}  // namespace chartroom::report::pdf
