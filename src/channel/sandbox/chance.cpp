#include "channel/sandbox/chance.hpp"

#include <array>
#include <charconv>

#include "base/bytes.hpp"

namespace chartroom::channel {

Chance::Chance(std::string_view seed, std::string_view stream) : state_(0) {
  std::string key(seed);
  key += '|';
  key += stream;
  const std::string hash = base::sha256_raw(key);
  for (std::size_t i = 0; i < 8; ++i) {
    state_ = (state_ << 8U) | static_cast<unsigned char>(hash[i]);
  }
}

std::uint64_t Chance::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

double Chance::unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

int Chance::between(int low, int high) {
  const auto span = static_cast<std::uint64_t>(high - low) + 1;
  return low + static_cast<int>(next() % span);
}

double Chance::normal(double mean, double deviation) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += unit();
  return mean + sum * deviation;
}

std::string stable_hex(std::string_view text, std::size_t digits) {
  return base::sha256_hex(text).substr(0, digits);
}

std::string stable_uuid(std::string_view text) {
  std::string hex = base::sha256_hex(text).substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' +
         hex.substr(16, 4) + '-' + hex.substr(20);
}

std::string decimal(double value, int decimals) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::fixed, decimals);
  return {text.data(), end.ptr};
}

}  // namespace chartroom::channel
