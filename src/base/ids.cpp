#include "base/ids.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/bytes.hpp"

namespace chartroom::base {
namespace {

std::string format_uuid(std::array<std::byte, 16> bytes, unsigned version) {
  bytes[6] = (bytes[6] & std::byte{0x0F}) | static_cast<std::byte>(version << 4U);
  bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  const std::string hex = to_hex(bytes);
  std::string uuid;
  uuid.reserve(36);
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) uuid += '-';
    uuid += hex[i];
  }
  return uuid;
}

}  // namespace

std::string make_uuid_v7(TimePoint now, Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  const auto ms = static_cast<std::uint64_t>(to_unix_ms(now));
  for (std::size_t i = 0; i < 6; ++i)
    bytes[i] = static_cast<std::byte>((ms >> (40U - 8U * i)) & 0xFFU);
  return format_uuid(bytes, 7);
}

std::string make_uuid_v4(Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  return format_uuid(bytes, 4);
}

std::string make_uuid_from_name(std::string_view name) {
  std::array<std::byte, 16> bytes{};
  const std::string digest = sha256_raw(name);
  std::copy_n(as_bytes(digest).begin(), bytes.size(), bytes.begin());
  return format_uuid(bytes, 8);
}

std::string make_uuid_from_name(std::string_view name, std::string_view other) {
  constexpr std::size_t kLength = 36;
  constexpr std::size_t kTime = 13;  // 48 bits, with the hyphen in them
  std::string id = make_uuid_from_name(name);
  if (other.size() == kLength && other[kTime] == '-' && other[kTime + 1] == '7') {
    id.replace(0, kTime, other.substr(0, kTime));
  }
  return id;
}

std::string make_hex_id(std::size_t digits, Random& random) {
  std::vector<std::byte> bytes(digits / 2);
  random.fill(bytes);
  return to_hex(bytes);
}

std::string make_hex_id(std::size_t digits, TimePoint now, Random& random) {
  std::string id = make_hex_id(digits, random);
  const auto seconds = static_cast<std::uint32_t>(to_unix_ms(now) / 1000);
  std::array<std::byte, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::byte>((seconds >> (24U - 8U * i)) & 0xFFU);
  const std::string front = to_hex(bytes);
  return id.replace(0, front.size(), front);
}

std::string make_secret(std::size_t count, Random& random) {
  std::vector<std::byte> bytes(count);
  random.fill(bytes);
  return to_base64url(as_text(bytes));
}

}  // namespace chartroom::base
