#include "net/address.hpp"

#include <algorithm>
#include <cstddef>

namespace chartroom::net {
namespace {

struct Block4 {
  Ipv4 prefix;
  unsigned bits;
  AddressKind kind;
};
struct Block6 {
  Ipv6 prefix;
  unsigned bits;
  AddressKind kind;
};

constexpr auto kLocal = AddressKind::local;
constexpr auto kForbidden = AddressKind::forbidden;

/// The first match counts; without one, an address is global.
constexpr Block4 kBlocks4[] = {
    {{0, 0, 0, 0}, 8, kForbidden},        // this network
    {{10, 0, 0, 0}, 8, kLocal},           // private
    {{100, 64, 0, 0}, 10, kLocal},        // carrier-grade NAT
    {{127, 0, 0, 0}, 8, kLocal},          // loopback
    {{169, 254, 0, 0}, 16, kForbidden},   // link-local, metadata services
    {{172, 16, 0, 0}, 12, kLocal},        // private
    {{192, 0, 0, 0}, 24, kForbidden},     // protocol assignments
    {{192, 0, 2, 0}, 24, kForbidden},     // documentation
    {{192, 88, 99, 0}, 24, kForbidden},   // 6to4 relays
    {{192, 168, 0, 0}, 16, kLocal},       // private
    {{198, 18, 0, 0}, 15, kForbidden},    // benchmarks
    {{198, 51, 100, 0}, 24, kForbidden},  // documentation
    {{203, 0, 113, 0}, 24, kForbidden},   // documentation
    {{224, 0, 0, 0}, 4, kForbidden},      // multicast
    {{240, 0, 0, 0}, 4, kForbidden},      // reserved, broadcast
};

/// The first match counts; without one, an address is forbidden: only 2000::/3 is given out.
constexpr Block6 kBlocks6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, kLocal},  // loopback
    {{0xfc}, 7, kLocal},                                              // unique local
    {{0x20, 0x01, 0x00}, 23, kForbidden},                             // protocols, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32, kForbidden},                       // documentation
    {{0x3f, 0xff, 0x00}, 20, kForbidden},                             // documentation
    {{0x20}, 3, AddressKind::global},
};

constexpr Ipv6 kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr Ipv6 kNat64 = {0x00, 0x64, 0xff, 0x9b};

template <std::size_t Size>
bool begins_with(const std::array<std::uint8_t, Size>& address,
                 const std::array<std::uint8_t, Size>& prefix, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.begin())) {
    return false;
  }
  const unsigned rest = bits % 8;
  return rest == 0 || ((address[whole] ^ prefix[whole]) >> (8U - rest)) == 0;
}

Ipv4 inner(const Ipv6& address, std::size_t at) {
  return {address[at], address[at + 1], address[at + 2], address[at + 3]};
}

}  // namespace

AddressKind kind_of(const Ipv4& address) {
  for (const Block4& block : kBlocks4) {
    if (begins_with(address, block.prefix, block.bits)) return block.kind;
  }
  return AddressKind::global;
}

AddressKind kind_of(const Ipv6& address) {
  if (begins_with(address, kMapped, 96) || begins_with(address, kNat64, 96)) {
    return kind_of(inner(address, 12));
  }
  if (address[0] == 0x20 && address[1] == 0x02) return kind_of(inner(address, 2));  // 6to4
  for (const Block6& block : kBlocks6) {
    if (begins_with(address, block.prefix, block.bits)) return block.kind;
  }
  return AddressKind::forbidden;
}

bool is_loopback(const Ipv4& address) { return address[0] == 127; }

bool is_loopback(const Ipv6& address) {
  constexpr Ipv6 kLoopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return address == kLoopback;
}

}  // namespace chartroom::net
