#include "evidence/decimal.hpp"

#include <algorithm>

namespace chartroom::evidence {
namespace {

__extension__ using Wide = __int128;

constexpr int kPlacesMost = 18;
// Sign, 18 digits, point, exponent and some zeros; no longer text is a measured value.
constexpr std::size_t kTextMost = 40;
// 10^37: a number below it can be multiplied by ten once more.
constexpr int kWideDigits = 37;

Wide power_of_ten(int exponent) {
  Wide result = 1;
  for (int i = 0; i < exponent; ++i) result *= 10;
  return result;
}

int digit_count(Wide value) {
  if (value < 0) value = -value;
  int count = 0;
  while (value > 0) {
    value /= 10;
    ++count;
  }
  return count;
}

// a ÷ b, half away from zero.
Wide divide_rounded(Wide a, Wide b) {
  const bool negative = (a < 0) != (b < 0);
  if (a < 0) a = -a;
  if (b < 0) b = -b;
  const Wide quotient = a / b;
  const Wide rest = a % b;
  const Wide rounded = rest >= b - rest ? quotient + 1 : quotient;
  return negative ? -rounded : rounded;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  if (text.size() > kTextMost) return std::nullopt;
  std::size_t i = 0;
  bool negative = false;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
  Wide mantissa = 0;
  int places = 0;
  bool any = false;
  bool point = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      if (digit_count(mantissa) >= kPlacesMost) return std::nullopt;
      mantissa = mantissa * 10 + (c - '0');
      if (point && ++places > kPlacesMost) return std::nullopt;
      any = true;
    } else {
      break;
    }
  }
  if (!any) return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    const auto exponent = parse(text.substr(i + 1));
    if (!exponent || exponent->scale_ != 0 || exponent->mantissa_ > kPlacesMost ||
        exponent->mantissa_ < -kPlacesMost || text.find_first_of("eE", i + 1) != text.npos) {
      return std::nullopt;
    }
    places -= static_cast<int>(exponent->mantissa_);
  }
  if (places < 0) {
    if (digit_count(mantissa) - places > kPlacesMost) return std::nullopt;
    mantissa *= power_of_ten(-places);
    places = 0;
  }
  if (places > kPlacesMost) return std::nullopt;
  return Decimal(negative ? -mantissa : mantissa, places);
}

std::string Decimal::text() const {
  Wide rest = mantissa_ < 0 ? -mantissa_ : mantissa_;
  std::string digits;
  for (int i = 0; i < scale_ || rest > 0 || i == scale_; ++i) {
    if (i == scale_ && scale_ > 0) digits += '.';
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (mantissa_ < 0) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

Decimal Decimal::rounded(int places) const {
  if (places >= scale_) return *this;
  return {divide_rounded(mantissa_, power_of_ten(scale_ - places)), places};
}

std::optional<Decimal> Decimal::scaled(const Decimal& multiply, const Decimal& divide,
                                       const Decimal& add, int places) const {
  if (divide.mantissa_ == 0) return std::nullopt;
  if (digit_count(mantissa_) + digit_count(multiply.mantissa_) > kWideDigits) return std::nullopt;
  Wide top = mantissa_ * multiply.mantissa_;
  Wide bottom = divide.mantissa_;
  // value = top / bottom × 10^(divide.scale - scale - multiply.scale); wanted × 10^places
  const int shift = places + divide.scale_ - scale_ - multiply.scale_;
  if (shift >= 0) {
    if (digit_count(top) + shift > kWideDigits) return std::nullopt;
    top *= power_of_ten(shift);
  } else {
    if (digit_count(bottom) - shift > kWideDigits) return std::nullopt;
    bottom *= power_of_ten(-shift);
  }
  // The sum is exact only before rounding, so the addend joins the fraction.
  const Decimal addend = add.scale_ > places
                             ? add
                             : Decimal(add.mantissa_ * power_of_ten(places - add.scale_), places);
  // Whoever reads the result again must be able to.
  const auto of_size = [places](Wide result) -> std::optional<Decimal> {
    if (digit_count(result) > kPlacesMost) return std::nullopt;
    return Decimal(result, places);
  };
  if (addend.scale_ == places) {
    if (digit_count(addend.mantissa_) + digit_count(bottom) > kWideDigits) return std::nullopt;
    return of_size(divide_rounded(top + addend.mantissa_ * bottom, bottom));
  }
  const int finer = addend.scale_ - places;
  if (digit_count(top) + finer > kWideDigits ||
      digit_count(addend.mantissa_) + digit_count(bottom) > kWideDigits ||
      digit_count(bottom) + finer > kWideDigits) {
    return std::nullopt;
  }
  top = top * power_of_ten(finer) + addend.mantissa_ * bottom;
  return of_size(divide_rounded(top, bottom * power_of_ten(finer)));
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  // At most 18 digits and 18 places each, so both fit when brought to one scale.
  const int scale = std::max(a.scale_, b.scale_);
  const Wide left = a.mantissa_ * power_of_ten(scale - a.scale_);
  const Wide right = b.mantissa_ * power_of_ten(scale - b.scale_);
  return left < right
             ? std::strong_ordering::less
             : (left > right ? std::strong_ordering::greater : std::strong_ordering::equal);
}

}  // namespace chartroom::evidence
