#include "net/sftp_client.hpp"

#include <fcntl.h>
#include <libssh/libssh.h>
#include <libssh/sftp.h>

#include <algorithm>

#include "app/outgoing_rules.hpp"
#include "net/connected_socket.hpp"

namespace chartroom::net {
namespace {

using base::ErrorCode;
using std::chrono::steady_clock;

constexpr std::size_t kChunkBytes = std::size_t{32} * 1024;  // what every server takes at once
constexpr mode_t kFileMode = 0600;

struct SshFree {
  void operator()(ssh_session session) const {
    ssh_disconnect(session);
    ssh_free(session);
  }
  void operator()(sftp_session session) const { sftp_free(session); }
  void operator()(ssh_key key) const { ssh_key_free(key); }
  void operator()(char* text) const { ssh_string_free_char(text); }
  void operator()(unsigned char* hash) const { ssh_clean_pubkey_hash(&hash); }
};
using SshSession = std::unique_ptr<ssh_session_struct, SshFree>;
using SftpSession = std::unique_ptr<sftp_session_struct, SshFree>;
using SshKey = std::unique_ptr<ssh_key_struct, SshFree>;

tl::unexpected<base::Error> not_sent(const char* words) {
  return base::fail(ErrorCode::unavailable, words);
}

/// "SHA256:…" of the key that the server proved to have; empty when it has shown none.
std::string host_key_of(ssh_session session) {
  ssh_key raw_key = nullptr;
  if (ssh_get_server_publickey(session, &raw_key) != SSH_OK) return {};
  const SshKey key(raw_key);
  unsigned char* raw_hash = nullptr;
  std::size_t size = 0;
  if (ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &raw_hash, &size) != SSH_OK) {
    return {};
  }
  const std::unique_ptr<unsigned char, SshFree> hash(raw_hash);
  const std::unique_ptr<char, SshFree> text(
      ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash.get(), size));
  return text ? std::string(text.get()) : std::string();
}

SshSession new_session(const app::SftpPlace& place, int socket, std::chrono::milliseconds timeout) {
  SshSession session(ssh_new());
  const bool no_config = false;
  const int silent = SSH_LOG_NOLOG;
  const long seconds = std::max<long>(1, static_cast<long>(timeout.count() / 1000));
  const bool ready =
      session && ssh_options_set(session.get(), SSH_OPTIONS_PROCESS_CONFIG, &no_config) == SSH_OK &&
      ssh_options_set(session.get(), SSH_OPTIONS_LOG_VERBOSITY, &silent) == SSH_OK &&
      ssh_options_set(session.get(), SSH_OPTIONS_HOST, place.host.c_str()) == SSH_OK &&
      ssh_options_set(session.get(), SSH_OPTIONS_USER, place.user.c_str()) == SSH_OK &&
      ssh_options_set(session.get(), SSH_OPTIONS_TIMEOUT, &seconds) == SSH_OK &&
      ssh_options_set(session.get(), SSH_OPTIONS_FD, &socket) == SSH_OK;
  return ready ? std::move(session) : SshSession{};
}

/// Handshake, the server's identity, then ours.
base::Result<void> log_in(ssh_session session, ssh_key key, const app::FileUpload& upload) {
  if (ssh_connect(session) != SSH_OK) return not_sent("transfer failed");
  const std::string shown = host_key_of(session);
  if (std::find(upload.host_keys.begin(), upload.host_keys.end(), shown) ==
      upload.host_keys.end()) {
    return not_sent("host key is another");
  }
  switch (ssh_userauth_publickey(session, nullptr, key)) {
    case SSH_AUTH_SUCCESS:
      return {};
    case SSH_AUTH_DENIED:
    case SSH_AUTH_PARTIAL:
      return not_sent("login refused");
    default:
      return not_sent("transfer failed");
  }
}

const char* words_for_sftp(sftp_session session) {
  switch (sftp_get_error(session)) {
    case SSH_FX_NO_SUCH_FILE:
    case SSH_FX_NO_SUCH_PATH:
      return "no such directory";
    case SSH_FX_PERMISSION_DENIED:
    case SSH_FX_WRITE_PROTECT:
      return "not allowed";
    default:
      return "transfer failed";
  }
}

/// Writes everything and closes; the server has it on disk where it can promise that.
bool write_all(sftp_session session, sftp_file file, std::string_view content) {
  bool good = true;
  while (good && !content.empty()) {
    const std::size_t chunk = std::min(content.size(), kChunkBytes);
    const auto written = sftp_write(file, content.data(), chunk);
    good = written > 0;
    if (good) content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (good && sftp_extension_supported(session, "fsync@openssh.com", "1") != 0) {
    good = sftp_fsync(file) == SSH_OK;
  }
  return sftp_close(file) == SSH_OK && good;
}

base::Result<void> put(sftp_session session, const std::string& directory,
                       const app::FileUpload& upload) {
  const std::string folder = directory.empty() || directory == "/" ? directory : directory + '/';
  const std::string temporary = folder + upload.temporary_name;
  const std::string final_name = folder + upload.file_name;
  sftp_file file = sftp_open(session, temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC, kFileMode);
  if (file == nullptr) return not_sent(words_for_sftp(session));
  if (write_all(session, file, upload.content)) {
    if (sftp_rename(session, temporary.c_str(), final_name.c_str()) == SSH_OK) return {};
    // Version 3 of the protocol does not say that a rename replaces: an earlier copy goes first.
    if (sftp_unlink(session, final_name.c_str()) == SSH_OK &&
        sftp_rename(session, temporary.c_str(), final_name.c_str()) == SSH_OK) {
      return {};
    }
  }
  const char* words = words_for_sftp(session);
  (void)sftp_unlink(session, temporary.c_str());
  return not_sent(words);
}

class SshFileSender final : public app::FileSender {
 public:
  explicit SshFileSender(SftpSettings settings) : settings_(settings) {}

  base::Result<void> send(const app::FileUpload& upload) override {
    const auto place = app::read_sftp_url(upload.url);
    if (!place) return base::fail(ErrorCode::invalid_input, "invalid url");
    ssh_key raw_key = nullptr;
    if (ssh_pki_import_privkey_base64(upload.private_key.reveal().c_str(), "", nullptr, nullptr,
                                      &raw_key) != SSH_OK) {
      return base::fail(ErrorCode::invalid_input, "invalid private key");
    }
    const SshKey key(raw_key);
    const auto end = steady_clock::now() + upload.timeout;
    auto socket =
        connect_guarded(place->host, place->port, settings_.allow_private_addresses,
                        std::min(settings_.connect_timeout, upload.timeout), settings_.stop);
    if (!socket) return base::pass_on(socket.error());
    const Deadline deadline(socket->get(), end, settings_.stop);
    const auto sent = over(*std::move(socket), *place, key.get(), upload);
    if (sent || !deadline.passed()) return sent;
    return not_sent(settings_.stop.stop_requested() ? "cancelled" : "timeout");
  }

 private:
  static base::Result<void> over(Socket socket, const app::SftpPlace& place, ssh_key key,
                                 const app::FileUpload& upload) {
    const SshSession session = new_session(place, socket.get(), upload.timeout);
    if (!session) return not_sent("transfer failed");
    (void)socket.release();  // the session closes it
    if (auto in = log_in(session.get(), key, upload); !in) return in;
    const SftpSession sftp(sftp_new(session.get()));
    if (!sftp || sftp_init(sftp.get()) != SSH_OK) return not_sent("transfer failed");
    return put(sftp.get(), place.directory, upload);
  }

  const SftpSettings settings_;
};

}  // namespace

std::unique_ptr<app::FileSender> make_file_sender(SftpSettings settings) {
  return std::make_unique<SshFileSender>(settings);
}

}  // namespace chartroom::net
