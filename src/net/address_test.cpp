#include "net/address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace chartroom::net {
namespace {

AddressKind kind_of_text(const char* text) {
  Ipv4 v4{};
  if (inet_pton(AF_INET, text, v4.data()) == 1) return kind_of(v4);
  Ipv6 v6{};
  if (inet_pton(AF_INET6, text, v6.data()) == 1) return kind_of(v6);
  ADD_FAILURE() << "not an address: " << text;
  return AddressKind::forbidden;
}

TEST(Addresses, OfTheInternetAreGlobal) {
  for (const char* text : {"1.1.1.1",          "8.8.8.8",
                           "9.255.255.255",    "11.0.0.0",
                           "100.63.255.255",   "100.128.0.0",
                           "126.255.255.255",  "128.0.0.0",
                           "169.253.255.255",  "169.255.0.0",
                           "172.15.255.255",   "172.32.0.0",
                           "192.0.1.0",        "192.167.255.255",
                           "192.169.0.0",      "198.17.255.255",
                           "198.20.0.0",       "223.255.255.255",
                           "2606:4700::1111",  "2a00::1",
                           "2001:200::1",      "2001:4860:4860::8888",
                           "::ffff:8.8.8.8",   "64:ff9b::8.8.8.8",
                           "2002:0808:0808::1"}) {
    EXPECT_EQ(kind_of_text(text), AddressKind::global) << text;
  }
}

TEST(Addresses, OfOwnNetworksAreLocal) {
  for (const char* text :
       {"127.0.0.1", "127.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.0",
        "172.31.255.255", "192.168.0.0", "192.168.255.255", "100.64.0.0", "100.127.255.255", "::1",
        "fc00::1", "fdff:ffff::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1", "2002:7f00:1::1", "2002:c0a8:101::1"}) {
    EXPECT_EQ(kind_of_text(text), AddressKind::local) << text;
  }
}

TEST(Addresses, OfNobodyAreForbidden) {
  for (const char* text :
       {"0.0.0.0",     "0.255.255.255", "169.254.169.254", "169.254.0.0",       "192.0.0.1",
        "192.0.2.1",   "192.88.99.1",   "198.18.0.1",      "198.19.255.255",    "198.51.100.7",
        "203.0.113.9", "224.0.0.1",     "239.255.255.255", "240.0.0.1",         "255.255.255.255",
        "::",          "::2",           "::127.0.0.1",     "::8.8.8.8",         "fe80::1",
        "febf::1",     "fec0::1",       "ff02::1",         "2001::1",           "2001:1ff::1",
        "2001:db8::1", "3fff::1",       "100::1",          "64:ff9b:1::7f00:1", "4000::1"}) {
    EXPECT_EQ(kind_of_text(text), AddressKind::forbidden) << text;
  }
  EXPECT_EQ(kind_of_text("::ffff:169.254.169.254"), AddressKind::forbidden);
  EXPECT_EQ(kind_of_text("64:ff9b::169.254.169.254"), AddressKind::forbidden);
  EXPECT_EQ(kind_of_text("2002:a9fe:a9fe::1"), AddressKind::forbidden);
}

}  // namespace
}  // namespace chartroom::net
