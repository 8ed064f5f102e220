#include "report/scan.hpp"

#include <cairo-pdf.h>
#include <tiffio.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace chartroom::report {
namespace {

using base::ErrorCode;
using base::fail;

constexpr tmsize_t kMostMemory = tmsize_t{256} * 1024 * 1024;  // of one allocation of libtiff's
constexpr std::uint32_t kMostSide = 32'767;                    // of a cairo image
constexpr double kLetterWidth = 612;                           // points
constexpr double kPointsPerInch = 72;
constexpr double kCentimetresPerInch = 2.54;

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};
using TiffPtr = std::unique_ptr<TIFF, Close>;
using SurfacePtr = std::unique_ptr<cairo_surface_t, Close>;
using CairoPtr = std::unique_ptr<cairo_t, Close>;

// ── a file in memory, as libtiff wants to be told of it ─────────────────────────────────────────

struct Memory {
  std::string_view bytes;
  std::uint64_t at = 0;
  std::size_t complaints = 0;  ///< of libtiff
};

tmsize_t read_some(thandle_t handle, void* out, tmsize_t wanted) {
  auto& memory = *static_cast<Memory*>(handle);
  if (wanted <= 0 || memory.at >= memory.bytes.size()) return 0;
  const auto count =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(wanted), memory.bytes.size() - memory.at);
  std::memcpy(out, memory.bytes.data() + memory.at, count);
  memory.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_nothing(thandle_t /*handle*/, void* /*in*/, tmsize_t /*size*/) { return 0; }

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto& memory = *static_cast<Memory*>(handle);
  // Backwards is a large number, which wraps round.
  if (whence == SEEK_SET) memory.at = offset;
  if (whence == SEEK_CUR) memory.at += offset;
  if (whence == SEEK_END) memory.at = memory.bytes.size() + offset;
  return memory.at;
}

int close_nothing(thandle_t /*handle*/) { return 0; }

toff_t size_of(thandle_t handle) { return static_cast<Memory*>(handle)->bytes.size(); }

/// The words may quote what was read, so they go nowhere; that there were some is what matters: the
/// fax decoders go on behind damage, and only say so.
int count_complaint(TIFF* /*tiff*/, void* data, const char* /*module*/, const char* /*format*/,
                    va_list /*arguments*/) {
  ++static_cast<Memory*>(data)->complaints;
  return 1;
}

TiffPtr open_tiff(Memory& memory) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, kMostMemory);
  TIFFOpenOptionsSetErrorHandlerExtR(options, count_complaint, &memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options, count_complaint, &memory);
  // "m": no mapping into memory, where it is already.
  TiffPtr tiff(TIFFClientOpenExt("scan", "rm", &memory, read_some, write_nothing, seek,
                                 close_nothing, size_of, nullptr, nullptr, options));
  TIFFOpenOptionsFree(options);
  return tiff;
}

// ── pages ───────────────────────────────────────────────────────────────────────────────────────

struct Page {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  double points_wide = 0;
  double points_high = 0;
};

/// What a tag says of dots per inch, when that is anything that a scanner does.
double dots_per_inch(TIFF* tiff, std::uint32_t tag) {
  float dots = 0;
  std::uint16_t unit = RESUNIT_INCH;
  if (TIFFGetField(tiff, tag, &dots) == 0) return 0;
  (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  if (unit == RESUNIT_NONE) return 0;
  const double inch = unit == RESUNIT_CENTIMETER ? dots * kCentimetresPerInch : dots;
  return inch >= 50 && inch <= 2'400 ? inch : 0;
}

base::Result<Page> measure(TIFF* tiff) {
  Page page;
  if (TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page.width) == 0 ||
      TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page.height) == 0 || page.width == 0 ||
      page.height == 0) {
    return fail(ErrorCode::corrupt, "A page of the scan has no size.");
  }
  if (page.width > kMostSide || page.height > kMostSide ||
      static_cast<double>(page.width) * page.height > kScanPagePixels) {
    return fail(ErrorCode::too_large, "A page of the scan has more pixels than the limit.");
  }
  const double across = dots_per_inch(tiff, TIFFTAG_XRESOLUTION);
  const double down = dots_per_inch(tiff, TIFFTAG_YRESOLUTION);
  if (across > 0 && down > 0) {
    page.points_wide = page.width * kPointsPerInch / across;
    page.points_high = page.height * kPointsPerInch / down;
  } else {
    page.points_wide = kLetterWidth;
    page.points_high = kLetterWidth * page.height / page.width;
  }
  return page;
}

std::uint8_t on_white(std::uint32_t colour, std::uint32_t alpha) {
  // libtiff has multiplied the colour by alpha already.
  return static_cast<std::uint8_t>(std::min<std::uint32_t>(255, colour + (255 - alpha)));
}

/// As far as it can be decoded; null when nothing can.
SurfacePtr decode(TIFF* tiff, const Page& page) {
  std::vector<std::uint32_t> raster(std::size_t{page.width} * page.height, 0);
  constexpr int kGoOnWhenDamaged = 0;
  const int decoded = TIFFReadRGBAImageOriented(tiff, page.width, page.height, raster.data(),
                                                ORIENTATION_TOPLEFT, kGoOnWhenDamaged);
  if (decoded == 0) return nullptr;
  SurfacePtr surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(page.width),
                                                static_cast<int>(page.height)));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return nullptr;
  cairo_surface_flush(surface.get());
  unsigned char* data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (std::uint32_t y = 0; y < page.height; ++y) {
    unsigned char* row = data + y * stride;
    for (std::uint32_t x = 0; x < page.width; ++x) {
      const std::uint32_t dot = raster[std::size_t{y} * page.width + x];
      const std::uint32_t alpha = TIFFGetA(dot);
      const std::uint32_t rgb = static_cast<std::uint32_t>(on_white(TIFFGetR(dot), alpha)) << 16U |
                                static_cast<std::uint32_t>(on_white(TIFFGetG(dot), alpha)) << 8U |
                                on_white(TIFFGetB(dot), alpha);
      std::memcpy(row + x * sizeof rgb, &rgb, sizeof rgb);
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

/// False at the end; also where the way to the next page is damaged, which counts as one that is.
bool next_page(TIFF* tiff, const Memory& memory, std::size_t& damaged) {
  const std::size_t complaints = memory.complaints;
  if (TIFFReadDirectory(tiff) != 0) return true;
  if (memory.complaints > complaints) ++damaged;
  return false;
}

cairo_status_t append(void* closure, const unsigned char* data, unsigned length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

void draw(cairo_surface_t* pdf, cairo_t* cairo, const Page& page, cairo_surface_t* picture) {
  cairo_pdf_surface_set_size(pdf, page.points_wide, page.points_high);
  cairo_save(cairo);
  cairo_scale(cairo, page.points_wide / page.width, page.points_high / page.height);
  cairo_set_source_surface(cairo, picture, 0, 0);
  cairo_paint(cairo);
  cairo_restore(cairo);
  cairo_show_page(cairo);
}

}  // namespace

base::Result<ScanPages> pages_of_scan(std::string_view bytes) {
  Memory memory{bytes};
  const TiffPtr tiff = open_tiff(memory);
  if (!tiff) return fail(ErrorCode::corrupt, "The scan is no TIFF that can be read.");
  ScanPages made;
  const SurfacePtr pdf(cairo_pdf_surface_create_for_stream(append, &made.pdf, kLetterWidth, 792));
  cairo_pdf_surface_set_metadata(pdf.get(), CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
  const CairoPtr cairo(cairo_create(pdf.get()));
  std::size_t drawn = 0;
  std::size_t seen = 0;
  double pixels = 0;
  do {
    if (++seen > kScanPages) {
      return fail(ErrorCode::too_large, "The scan has more pages than the limit.");
    }
    const auto page = measure(tiff.get());
    if (!page && page.error().code == ErrorCode::too_large) return base::pass_on(page.error());
    if (!page) {
      ++made.damaged;
      continue;
    }
    pixels += static_cast<double>(page->width) * page->height;
    if (pixels > kScanPixels) {
      return fail(ErrorCode::too_large, "The scan has more pixels than the limit.");
    }
    const std::size_t complaints = memory.complaints;
    const SurfacePtr picture = decode(tiff.get(), *page);
    if (!picture || memory.complaints > complaints) ++made.damaged;
    if (!picture) continue;
    draw(pdf.get(), cairo.get(), *page, picture.get());
    ++drawn;
  } while (next_page(tiff.get(), memory, made.damaged));
  cairo_surface_finish(pdf.get());
  if (drawn == 0) return fail(ErrorCode::corrupt, "No page of the scan can be decoded.");
  if (cairo_status(cairo.get()) != CAIRO_STATUS_SUCCESS ||
      cairo_surface_status(pdf.get()) != CAIRO_STATUS_SUCCESS) {
    return fail(ErrorCode::internal, "The pages of the scan could not be drawn.");
  }
  return made;
}

}  // namespace chartroom::report
