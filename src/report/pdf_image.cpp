#include "report/pdf_image.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <optional>
#include <qpdf/Pl_DCT.hh>
#include <qpdf/Pl_Discard.hh>

namespace chartroom::report::pdf {
namespace {

using base::ErrorCode;
using base::fail;
using SurfacePtr = std::shared_ptr<cairo_surface_t>;

struct Size {
  int width = 0;
  int height = 0;
};

unsigned byte_at(const std::string& bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

unsigned big16(const std::string& bytes, std::size_t at) {
  return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1);
}

/// Of the IHDR chunk, which comes first (PNG specification, 11.2.2).
std::optional<Size> png_size(const std::string& bytes) {
  if (bytes.size() < 33 || std::memcmp(bytes.data(), "\x89PNG\r\n\x1a\n", 8) != 0) return {};
  if (bytes.compare(12, 4, "IHDR") != 0) return {};
  const unsigned width = big16(bytes, 16) << 16U | big16(bytes, 18);
  const unsigned height = big16(bytes, 20) << 16U | big16(bytes, 22);
  constexpr unsigned kMostSide = 32'767;  // of a cairo image
  if (width == 0 || height == 0 || width > kMostSide || height > kMostSide) return {};
  return Size{static_cast<int>(width), static_cast<int>(height)};
}

bool starts_frame(unsigned marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/// Of the first frame header (ITU-T T.81, B.2.2).
std::optional<Size> jpeg_size(const std::string& bytes) {
  if (bytes.size() < 4 || big16(bytes, 0) != 0xffd8) return {};
  std::size_t at = 2;
  while (at + 9 < bytes.size()) {
    if (byte_at(bytes, at) != 0xff) return {};
    const unsigned marker = byte_at(bytes, at + 1);
    if (marker == 0xff) {  // padding
      ++at;
      continue;
    }
    if (starts_frame(marker)) {
      const Size size{static_cast<int>(big16(bytes, at + 7)),
                      static_cast<int>(big16(bytes, at + 5))};
      if (size.width == 0 || size.height == 0) return {};
      return size;
    }
    const unsigned length = big16(bytes, at + 2);
    if (length < 2) return {};
    at += 2 + length;
  }
  return {};
}

bool decodes_as_jpeg(const std::string& bytes) {
  try {
    Pl_Discard sink;
    Pl_DCT decoder("jpeg", &sink);
    // The decoder wants writable bytes, though it only reads them.
    std::string copy = bytes;
    decoder.write(reinterpret_cast<unsigned char*>(copy.data()), copy.size());
    decoder.finish();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

struct Reader {
  const std::string& bytes;
  std::size_t at = 0;
};

cairo_status_t read_some(void* closure, unsigned char* out, unsigned length) {
  auto& reader = *static_cast<Reader*>(closure);
  if (length > reader.bytes.size() - reader.at) return CAIRO_STATUS_READ_ERROR;
  std::memcpy(out, reader.bytes.data() + reader.at, length);
  reader.at += length;
  return CAIRO_STATUS_SUCCESS;
}

base::Result<SurfacePtr> checked(cairo_surface_t* surface) {
  SurfacePtr owned(surface, cairo_surface_destroy);
  if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
    return fail(ErrorCode::corrupt, "the picture cannot be decoded");
  }
  return owned;
}

base::Result<SurfacePtr> load_jpeg(const std::string& bytes, const Size& size) {
  if (!decodes_as_jpeg(bytes)) return fail(ErrorCode::corrupt, "the picture cannot be decoded");
  auto surface = checked(cairo_image_surface_create(CAIRO_FORMAT_RGB24, size.width, size.height));
  if (!surface) return surface;
  auto* copy = new std::string(bytes);
  const cairo_status_t status = cairo_surface_set_mime_data(
      surface->get(), CAIRO_MIME_TYPE_JPEG, reinterpret_cast<const unsigned char*>(copy->data()),
      copy->size(), [](void* data) { delete static_cast<std::string*>(data); }, copy);
  if (status != CAIRO_STATUS_SUCCESS) {
    delete copy;
    return fail(ErrorCode::internal, "the picture cannot be attached");
  }
  return surface;
}

}  // namespace

base::Result<SurfacePtr> load_image(const Image& image) {
  const bool png = image.media_type == "image/png";
  if (!png && image.media_type != "image/jpeg") {
    return fail(ErrorCode::corrupt, "pictures of this kind are not shown");
  }
  const auto size = png ? png_size(image.bytes) : jpeg_size(image.bytes);
  if (!size) return fail(ErrorCode::corrupt, "the picture cannot be decoded");
  if (static_cast<double>(size->width) * size->height > kImagePixels) {
    return fail(ErrorCode::too_large, "the picture is too large");
  }
  if (!png) return load_jpeg(image.bytes, *size);
  Reader reader{image.bytes};
  return checked(cairo_image_surface_create_from_png_stream(read_some, &reader));
}

}  // namespace chartroom::report::pdf
