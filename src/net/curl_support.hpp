// What the users of libcurl share. Private to this room: it brings curl's headers.
#pragma once

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>
#include <string>

#include "net/address.hpp"

namespace chartroom::net {

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
  void operator()(char* text) const { curl_free(text); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;
using CurlList = std::unique_ptr<curl_slist, CurlCleanup>;

/// False when there is no memory.
inline bool append_line(CurlList& list, const std::string& line) {
  curl_slist* head = curl_slist_append(list.get(), line.c_str());
  if (!list) list.reset(head);  // a list that has a head keeps it
  return head != nullptr;
}

/// Calls `with(bytes)` for the IPv4 or IPv6 address; `otherwise` for any other family.
template <typename Value, typename With>
Value with_address(const sockaddr& address, Value otherwise, With with) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    Ipv4 bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return with(bytes);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    Ipv6 bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return with(bytes);
  }
  return otherwise;
}

/// For CURLOPT_OPENSOCKETFUNCTION: `target` is the very address that libcurl connects to next.
inline curl_socket_t open_socket(const curl_sockaddr& target) {
  return ::socket(target.family, target.socktype | SOCK_CLOEXEC, target.protocol);
}

}  // namespace chartroom::net
