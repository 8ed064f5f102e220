#include "auth/master_key.hpp"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"

namespace chartroom::auth {
namespace {

using base::ErrorCode;

constexpr std::size_t kFileBytes = 4096;

/// Closes what open(2) gave.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

/// HKDF-SHA256. Failing means that OpenSSL has no memory or no HKDF: nothing can go on then.
std::string derive(const std::string& master, std::string_view purpose, std::size_t length) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
      EVP_KDF_fetch(nullptr, "HKDF", nullptr), &EVP_KDF_free);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
      kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr, &EVP_KDF_CTX_free);
  std::string digest = "SHA256";
  std::string key = master;
  std::string salt = "chartroom master key v1";
  std::string info{purpose};
  const std::array<OSSL_PARAM, 5> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end()};
  std::string out(length, '\0');
  if (!context || EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(out.data()),
                                 out.size(), parameters.data()) != 1) {
    throw std::runtime_error("HKDF-SHA256 is not available");
  }
  return out;
}

std::optional<std::string> read_key_line(std::string_view line) {
  auto bytes = line.size() == 2 * kMasterKeyBytes ? base::from_hex(line) : base::from_base64(line);
  if (!bytes || bytes->size() != kMasterKeyBytes) return std::nullopt;
  return bytes;
}

bool is_hex_text(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

base::Result<std::vector<base::Sensitive<std::string>>> read_keys(const std::string& content) {
  std::vector<base::Sensitive<std::string>> keys;
  if (content.size() == kMasterKeyBytes) {
    // Random bytes are never all hex digits: this is a text key of half the length.
    if (is_hex_text(content)) {
      return base::fail(ErrorCode::invalid_input, "the master key is too short: 64 hex digits");
    }
    keys.emplace_back(content);
    return keys;
  }
  for (const std::string& raw : base::split(content, '\n')) {
    const std::string_view line = base::trim(raw);
    if (line.empty() || line.front() == '#') continue;
    auto key = read_key_line(line);
    if (!key) {
      return base::fail(ErrorCode::invalid_input,
                        "the master key file must hold 32 raw bytes, or one key per line as 64 "
                        "hex digits or as base64 of 32 bytes");
    }
    keys.emplace_back(std::move(*key));
  }
  return keys;
}

base::Result<std::string> read_private_file(const std::filesystem::path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (in.get() < 0) {
    if (errno == ENOENT) {
      return base::fail(ErrorCode::not_found, "no master key file at " + file.string());
    }
    return base::fail(ErrorCode::internal, "cannot open the master key file " + file.string());
  }
  struct stat status{};
  if (::fstat(in.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return base::fail(ErrorCode::invalid_input, file.string() + " is not a regular file");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return base::fail(ErrorCode::forbidden,
                      "the master key file is open to others; run: chmod 600 " + file.string());
  }
  std::string content(kFileBytes + 1, '\0');
  std::size_t used = 0;
  while (used < content.size()) {
    const ssize_t count = ::read(in.get(), content.data() + used, content.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::fail(ErrorCode::internal, "cannot read " + file.string());
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  if (used > kFileBytes) {
    return base::fail(ErrorCode::invalid_input, "the master key file is over 4 KiB");
  }
  content.resize(used);
  return content;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool write_private_file(const std::filesystem::path& file, std::string_view content) {
  const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return out.get() >= 0 && ::fchmod(out.get(), 0600) == 0 && write_all(out.get(), content) &&
         ::fsync(out.get()) == 0;
}

/// A key whose name is lost in a crash would take all sealed data with it.
bool sync_folder_of(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.get() >= 0 && ::fsync(fd.get()) == 0;
}

}  // namespace

base::Result<KeyRing> KeyRing::from_master_keys(
    const std::vector<base::Sensitive<std::string>>& master_keys) {
  if (master_keys.empty() || master_keys.size() > kMasterKeys) {
    return base::fail(ErrorCode::invalid_input, "there must be 1 to 16 master keys");
  }
  std::vector<Keys> ring;
  for (const auto& master : master_keys) {
    const std::string& bytes = master.reveal();
    if (bytes.size() != kMasterKeyBytes) {
      return base::fail(ErrorCode::invalid_input, "a master key must have 32 bytes");
    }
    Keys keys{.id = derive(bytes, "key id", kKeyIdBytes),
              .sealing = base::Sensitive<std::string>(derive(bytes, "sealing", 32)),
              .hashing = base::Sensitive<std::string>(derive(bytes, "keyed hash", 32)),
              .links = base::Sensitive<std::string>(derive(bytes, "links", 32))};
    if (std::ranges::find(ring, keys.id, &Keys::id) != ring.end()) {
      return base::fail(ErrorCode::invalid_input, "a master key is given twice");
    }
    ring.push_back(std::move(keys));
  }
  return KeyRing(std::move(ring));
}

const KeyRing::Keys* KeyRing::find(std::string_view id) const {
  const auto found = std::ranges::find(keys_, id, &Keys::id);
  return found == keys_.end() ? nullptr : &*found;
}

base::Result<KeyRing> load_key_ring(const std::filesystem::path& file) {
  auto content = read_private_file(file);
  if (!content) return base::pass_on(content.error());
  const auto keys = read_keys(*content);
  if (!keys) return base::pass_on(keys.error());
  return KeyRing::from_master_keys(*keys);
}

base::Result<void> create_key_file(const std::filesystem::path& file, base::Random& random) {
  std::string key(kMasterKeyBytes, '\0');
  random.fill(std::as_writable_bytes(std::span(key)));
  // link(2) refuses to replace, and shows the file only once all of it is on the disk.
  const std::filesystem::path unfinished = file.string() + "." + base::make_hex_id(16, random);
  const bool written = write_private_file(unfinished, base::to_hex(base::as_bytes(key)) + "\n");
  const int linked = written ? ::link(unfinished.c_str(), file.c_str()) : -1;
  const bool taken = written && linked != 0 && errno == EEXIST;
  ::unlink(unfinished.c_str());
  if (taken) {
    return base::fail(ErrorCode::conflict, "there is a master key file already: " + file.string());
  }
  if (linked != 0 || !sync_folder_of(file)) {
    return base::fail(ErrorCode::internal, "cannot write the master key file " + file.string());
  }
  return {};
}

base::Result<KeyRing> load_or_create_key_ring(const std::filesystem::path& file,
                                              base::Random& random) {
  auto ring = load_key_ring(file);
  if (ring || ring.error().code != ErrorCode::not_found) return ring;
  const auto created = create_key_file(file, random);
  if (!created && created.error().code != ErrorCode::conflict) {
    return base::pass_on(created.error());
  }
  return load_key_ring(file);
}

}  // namespace chartroom::auth
