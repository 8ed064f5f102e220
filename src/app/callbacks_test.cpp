#include "app/callbacks.hpp"

#include <gtest/gtest.h>

namespace chartroom::app {
namespace {

TEST(Callbacks, PrefixesAreOriginsWithPerhapsAPath) {
  for (const char* good : {"https://a.example", "https://a.example/", "https://a.example:8443/done",
                           "http://127.0.0.1:3000", "HTTPS://A.example/x/y/"}) {
    EXPECT_TRUE(is_callback_prefix(good)) << good;
  }
  for (const char* bad : {"",
                          "a.example",
                          "//a.example",
                          "ftp://a.example",
                          "https://",
                          "https:///x",
                          "https://u@a.example",
                          "https://a.example?x",
                          "https://a.example/#x",
                          "https://a.example:0",
                          "https://a.example:65536",
                          "https://a.example:x",
                          "https://a.example/../x",
                          "https://a.example/%2E./x",
                          "https://a.example\\x",
                          "https://a.example/a,b",
                          "https://a.example/ x",
                          "javascript://a.example/",
                          "https://*.example",
                          "https://\xC3\xA4.example"}) {
    EXPECT_FALSE(is_callback_prefix(bad)) << bad;
  }
  EXPECT_FALSE(is_callback_prefix("https://a.example/" + std::string(kCallbackPrefixBytes, 'a')));
}

TEST(Callbacks, AHostIsTheWholeHost) {
  const std::vector<std::string> listed{"https://a.example"};
  for (const char* good : {"https://a.example", "https://a.example/", "https://A.EXAMPLE/x?y=1#z",
                           "https://a.example:443/x", "https://a.example?x=https://b.example"}) {
    EXPECT_TRUE(admits_callback(listed, good)) << good;
  }
  for (const char* bad :
       {"https://a.example.evil.example/", "https://a.example@evil.example/",
        "https://evil.example/https://a.example/", "http://a.example/", "https://a.example:8443/",
        "https://b.a.example/", "https://a.exampl", "https://a.example./",
        "https://a.example\\@evil.example/", "https://evil.example?https://a.example", ""}) {
    EXPECT_FALSE(admits_callback(listed, bad)) << bad;
  }
}

TEST(Callbacks, APathIsComparedBySegments) {
  for (const char* prefix : {"https://a.example:8443/app", "https://a.example:8443/app/"}) {
    const std::vector<std::string> listed{"https://other.example", prefix};
    for (const char* good : {"https://a.example:8443/app", "https://a.example:8443/app/",
                             "https://a.example:8443/app/x", "https://a.example:8443/app?x"}) {
      EXPECT_TRUE(admits_callback(listed, good)) << good;
    }
    for (const char* bad :
         {"https://a.example:8443/apple", "https://a.example:8443/", "https://a.example:8443/APP/",
          "https://a.example:8443/x/app", "https://a.example/app",
          "https://a.example:8443/app/../admin", "https://a.example:8443/app/%2e%2E/admin",
          "https://a.example:8443/app/.%2e", "https://a.example:8443//app"}) {
      EXPECT_FALSE(admits_callback(listed, bad)) << bad;
    }
  }
}

TEST(Callbacks, NothingIsListedNothingIsAdmitted) {
  EXPECT_FALSE(admits_callback({}, "https://a.example/"));
  EXPECT_FALSE(admits_callback({""}, "https://a.example/"));
}

TEST(Callbacks, LoopbackIsThisMachineAlone) {
  for (const char* good :
       {"http://localhost:3000/x", "http://127.0.0.1/", "https://127.255.0.1:8443/"}) {
    EXPECT_TRUE(is_loopback_url(good)) << good;
  }
  for (const char* bad : {"http://localhost.evil.example/", "http://127.0.0.1.evil.example/",
                          "http://127.evil.example/", "http://128.0.0.1/", "http://127.0.0.256/",
                          "http://127.0.0./", "http://127.0.0.1@evil.example/", "localhost"}) {
    EXPECT_FALSE(is_loopback_url(bad)) << bad;
  }
}

}  // namespace
}  // namespace chartroom::app
