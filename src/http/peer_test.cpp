#include "http/peer.hpp"

#include <gtest/gtest.h>

namespace chartroom::http {
namespace {

Request from(const std::string& peer, const std::vector<std::string>& forwarded = {}) {
  Request request;
  request.remote_address = peer;
  for (const auto& value : forwarded) request.headers.emplace_back("x-forwarded-for", value);
  return request;
}

const std::vector<std::string> kProxies{"127.0.0.1", "10.0.0.7", "::1"};

TEST(Peer, AddressesHaveOneSpelling) {
  EXPECT_EQ(canonical_address("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(canonical_address("::ffff:127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(canonical_address("2001:DB8:0:0::1"), "2001:db8::1");
  for (const char* other : {"", "example.com", "127.0.0", "127.0.0.1:80", "10.0.0.0/8", " ::1"}) {
    EXPECT_EQ(canonical_address(other), std::nullopt) << other;
  }
}

TEST(Peer, WithoutATrustedProxyTheHeaderSaysNothing) {
  EXPECT_EQ(client_address(from("203.0.113.5", {"198.51.100.1"}), kProxies), "203.0.113.5");
  EXPECT_EQ(client_address(from("127.0.0.1", {"198.51.100.1"}), {}), "127.0.0.1");
}

TEST(Peer, ATrustedProxyNamesTheClient) {
  EXPECT_EQ(client_address(from("127.0.0.1", {"198.51.100.1"}), kProxies), "198.51.100.1");
  EXPECT_EQ(client_address(from("::ffff:127.0.0.1", {"198.51.100.1:4711"}), kProxies),
            "198.51.100.1");
  EXPECT_EQ(client_address(from("::1", {"[2001:db8::9]:80"}), kProxies), "2001:db8::9");
  EXPECT_EQ(client_address(from("::1", {"2001:db8::9"}), kProxies), "2001:db8::9");
  EXPECT_EQ(client_address(from("127.0.0.1"), kProxies), "127.0.0.1");
}

TEST(Peer, OnlyTheLastUntrustedHopCounts) {
  EXPECT_EQ(client_address(from("127.0.0.1", {"1.1.1.1, 198.51.100.1"}), kProxies), "198.51.100.1")
      << "what stands before was made up by the client";
  EXPECT_EQ(client_address(from("127.0.0.1", {"1.1.1.1, 198.51.100.1,10.0.0.7"}), kProxies),
            "198.51.100.1")
      << "two proxies";
  EXPECT_EQ(client_address(from("127.0.0.1", {"1.1.1.1", "198.51.100.1"}), kProxies),
            "198.51.100.1")
      << "two headers are one list";
  EXPECT_EQ(client_address(from("127.0.0.1", {"1.1.1.1, nonsense"}), kProxies), "127.0.0.1");
  EXPECT_EQ(client_address(from("127.0.0.1", {""}), kProxies), "127.0.0.1");
}

TEST(Peer, AnIpv6SubscriberIsOneEnd) {
  EXPECT_EQ(network_end("2001:db8:1:2:3:4:5:6"), network_end("2001:db8:1:2::1"));
  EXPECT_NE(network_end("2001:db8:1:2::1"), network_end("2001:db8:1:3::1"));
  EXPECT_EQ(network_end("203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(network_end("unknown"), "unknown");
}

}  // namespace
}  // namespace chartroom::http
