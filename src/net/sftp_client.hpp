// app::FileSender over libssh.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

#include "app/ports.hpp"

namespace chartroom::net {

struct SftpSettings {
  /// Sandbox: lets loopback and private addresses through, as in HttpClientSettings.
  bool allow_private_addresses = false;
  std::chrono::milliseconds connect_timeout{5'000};  ///< the upload's own timeout covers it all
  std::stop_token stop{};  ///< when it asks, what is under way ends soon: "cancelled"
};

/// One connection per file. The socket is connected by us, so the address that is checked is the
/// one that is talked to. The server's host key is compared before anything is said about us; there
/// is no trust on first use and no known_hosts file. Login by public key alone. No configuration of
/// the machine's user is read.
///
/// The file is written under its temporary name with mode 0600, synchronised where the server can,
/// and renamed; on failure the temporary file is removed if that is still possible.
/// Thread-safe.
[[nodiscard]] std::unique_ptr<app::FileSender> make_file_sender(SftpSettings settings);

}  // namespace chartroom::net
