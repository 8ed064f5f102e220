// Measures and colours of the PDF face of a report. Lengths are points (1/72 inch), y grows down.
#pragma once

#include "report/document.hpp"

namespace chartroom::report::pdf {

struct Rgb {
  double red = 0;
  double green = 0;
  double blue = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

constexpr Rgb rgb(unsigned hex) {
  return {((hex >> 16U) & 255U) / 255.0, ((hex >> 8U) & 255U) / 255.0, (hex & 255U) / 255.0};
}

// The palette of report.css. Every text colour has at least 4.5:1 against white and against its own
// tint.
inline constexpr Rgb kInk = rgb(0x18212b);
inline constexpr Rgb kMuted = rgb(0x55606f);
inline constexpr Rgb kAccent = rgb(0x0a4f96);
inline constexpr Rgb kBrand = rgb(0x12304f);
inline constexpr Rgb kSecond = rgb(0x8a5fa8);
inline constexpr Rgb kHairline = rgb(0xd5dbe3);
inline constexpr Rgb kRule = rgb(0x8b96a5);
inline constexpr Rgb kBand = rgb(0xf1f4f6);
inline constexpr Rgb kAlert = rgb(0xa3211b);
inline constexpr Rgb kAlertTint = rgb(0xfbecea);
inline constexpr Rgb kCaution = rgb(0x7d4f00);
inline constexpr Rgb kCautionTint = rgb(0xfdf3df);
inline constexpr Rgb kGood = rgb(0x1e6339);
inline constexpr Rgb kGoodTint = rgb(0xe9f4ed);

constexpr Rgb tone_ink(Tone tone) {
  switch (tone) {
    case Tone::good:
      return kGood;
    case Tone::caution:
      return kCaution;
    case Tone::alert:
      return kAlert;
    case Tone::muted:
      return kMuted;
    case Tone::none:
      break;
  }
  return kInk;
}

constexpr Rgb tone_tint(Tone tone) {
  switch (tone) {
    case Tone::good:
      return kGoodTint;
    case Tone::caution:
      return kCautionTint;
    case Tone::alert:
      return kAlertTint;
    case Tone::muted:
    case Tone::none:
      break;
  }
  return kBand;
}

// US Letter. The top right corner stays empty: a combined report's page numbers are stamped there.
inline constexpr double kPageWidth = 612;
inline constexpr double kPageHeight = 792;
inline constexpr double kLeft = 46;
inline constexpr double kRight = kPageWidth - 46;
inline constexpr double kContentWidth = kRight - kLeft;
inline constexpr double kTop = 58;      ///< of the content, from the second page on
inline constexpr double kBottom = 744;  ///< content ends here
inline constexpr double kBandTop = 44;  ///< of the title, on the first page
inline constexpr double kBandPadding = 13;
inline constexpr double kTitleY = kBandTop + kBandPadding + 2;
inline constexpr double kStampY = 20;  ///< top of the stamped page number
inline constexpr double kRunningHeadY = 32;
inline constexpr double kFooterY = 755;
inline constexpr double kContentHeight = kBottom - kTop;

inline constexpr double kBodySize = 9;
inline constexpr double kTableSize = 8;
inline constexpr double kTableHeadSize = 7.25;
inline constexpr double kSmallSize = 7;
inline constexpr double kParagraphGap = 5;

}  // namespace chartroom::report::pdf
