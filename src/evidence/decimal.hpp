// Exact decimal numbers: laboratory values must not go through binary floating point.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace chartroom::evidence {

/// mantissa × 10^-scale with up to 18 digits on input. Immutable values; comparison is by value
/// ("5.10" equals "5.1"), text keeps trailing zeros.
class Decimal {
 public:
  /// Reads "-12.50", ".5", "1e3". Nullopt for anything else, and for more than 18 significant
  /// digits or an exponent that leads over 18 places.
  [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);

  /// With exactly as many places as it carries: "12.50".
  [[nodiscard]] std::string text() const;
  [[nodiscard]] int places() const { return scale_; }
  /// Rounded half away from zero, as laboratories do.
  [[nodiscard]] Decimal rounded(int places) const;

  /// this × multiply ÷ divide + add, rounded to `places`. Nullopt when a step leaves the range, the
  /// result has more than 18 digits, or `divide` is zero.
  [[nodiscard]] std::optional<Decimal> scaled(const Decimal& multiply, const Decimal& divide,
                                              const Decimal& add, int places) const;

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  __extension__ using Wide = __int128;
  Decimal(Wide mantissa, int scale) : mantissa_(mantissa), scale_(scale) {}

  Wide mantissa_ = 0;
  int scale_ = 0;  ///< digits after the point, 0 to 18
};

}  // namespace chartroom::evidence
