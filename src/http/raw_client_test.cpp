#include "http/raw_client_test.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "base/text.hpp"

namespace chartroom::http::testing {

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect");
  }
}

RawClient::~RawClient() { ::close(socket_); }

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;  // the server has ended the connection: receive() will tell
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool RawClient::fill() {
  std::array<char, 65536> chunk{};
  const auto count = ::recv(socket_, chunk.data(), chunk.size(), 0);
  if (count <= 0) return false;
  buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  return true;
}

Reply RawClient::receive(bool without_body) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  Reply reply;
  const auto lines = base::split(buffer_.substr(0, end), '\n');
  const std::string& first = lines.front();
  std::from_chars(first.data() + first.find(' ') + 1, first.data() + first.size(), reply.status);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    reply.headers[base::to_lower_ascii(lines[i].substr(0, colon))] =
        std::string(base::trim(std::string_view(lines[i]).substr(colon + 1)));
  }
  buffer_.erase(0, end + 4);
  if (without_body || !reply.headers.contains("content-length")) return reply;
  const auto length = std::stoul(reply.headers.at("content-length"));
  while (buffer_.size() < length) {
    if (!fill()) return {};
  }
  reply.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return reply;
}

bool RawClient::is_closed() {
  if (!buffer_.empty()) return false;
  char byte = 0;
  return ::recv(socket_, &byte, 1, 0) == 0 || errno == ECONNRESET;
}

}  // namespace chartroom::http::testing
