// Scans for tests, made with libtiff: black lines on white paper.
#pragma once

#include <tiffio.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace chartroom::report::testing {

struct Sheet {
  std::uint32_t width = 200;
  std::uint32_t height = 100;
  std::uint16_t compression = COMPRESSION_CCITTFAX4;
  std::uint16_t samples = 1;  ///< 1: black and white (1 bit) or grey (8), 3: RGB, 4: with alpha
  std::uint16_t bits = 1;
  double dots_across = 0;  ///< an inch; 0: not told
  double dots_down = 0;
  std::uint8_t paper = 0xFF;  ///< every byte of a line without ink
};

/// A TIFF with these pages. The tenth line of each is ink from its begin to its end.
inline std::string scan_of(const std::vector<Sheet>& sheets) {
  std::string folder = (std::filesystem::temp_directory_path() / "chartroom-scan-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  const std::string path = folder + "/x.tif";
  TIFF* tiff = TIFFOpen(path.c_str(), "w");
  for (const Sheet& sheet : sheets) {
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, sheet.width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, sheet.height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, sheet.bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, sheet.samples);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 8);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, sheet.compression);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 sheet.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
    if (sheet.samples == 4) {
      const std::uint16_t alpha = EXTRASAMPLE_ASSOCALPHA;
      TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &alpha);
    }
    if (sheet.dots_across > 0) {
      TIFFSetField(tiff, TIFFTAG_XRESOLUTION, sheet.dots_across);
      TIFFSetField(tiff, TIFFTAG_YRESOLUTION, sheet.dots_down);
      TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    }
    const auto bytes = static_cast<std::size_t>(TIFFScanlineSize(tiff));
    for (std::uint32_t y = 0; y < sheet.height; ++y) {
      std::vector<std::uint8_t> line(bytes, y == 9 ? 0 : sheet.paper);
      if (y == 9 && sheet.samples == 4) {
        for (std::size_t x = 3; x < bytes; x += 4) line[x] = 0xFF;
      }
      TIFFWriteScanline(tiff, line.data(), y, 0);
    }
    TIFFWriteDirectory(tiff);
  }
  TIFFClose(tiff);
  std::ifstream file(path, std::ios::binary);
  std::string made(std::istreambuf_iterator<char>(file), {});
  std::filesystem::remove_all(folder);
  return made;
}

}  // namespace chartroom::report::testing
