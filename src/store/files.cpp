#include "store/files.hpp"

#include <fcntl.h>
#include <stdio.h>  // renameat2
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace chartroom::store {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kPieceBytes = std::size_t{1024} * 1024;

tl::unexpected<base::Error> file_failure(const char* verb, const std::filesystem::path& path) {
  const int number = errno;
  return base::fail(ErrorCode::unavailable, std::string("cannot ") + verb + ' ' + path.string() +
                                                ": " + std::generic_category().message(number));
}

}  // namespace

Result<OpenFile> OpenFile::to_read(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file_failure("open", path);
  return OpenFile(descriptor, path);
}

Result<OpenFile> OpenFile::create(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return file_failure("make", path);
  return OpenFile(descriptor, path);
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

OpenFile::OpenFile(OpenFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

tl::unexpected<base::Error> OpenFile::failure(const char* verb) const {
  return file_failure(verb, path_);
}

Result<std::uint64_t> OpenFile::size() const {
  struct stat found{};
  if (::fstat(descriptor_, &found) != 0) return failure("look at");
  return static_cast<std::uint64_t>(found.st_size);
}

Result<std::string> OpenFile::read_at(std::uint64_t offset, std::size_t most) const {
  std::string bytes(most, '\0');
  std::size_t have = 0;
  while (have < most) {
    const ssize_t got =
        ::pread(descriptor_, bytes.data() + have, most - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Result<void> OpenFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> OpenFile::sync() {
  if (::fsync(descriptor_) != 0) return failure("write");
  return {};
}

Result<void> copy_bytes(const OpenFile& from, OpenFile& to, std::uint64_t bytes,
                        const std::string& what, const Progress& progress, base::Sha256* sum) {
  for (std::uint64_t done = 0; done < bytes;) {
    progress(what, done, bytes);
    const std::size_t most = std::min<std::uint64_t>(kPieceBytes, bytes - done);
    auto piece = from.read_at(done, most);
    if (!piece) return base::pass_on(piece.error());
    if (piece->size() < most) {
      return base::fail(ErrorCode::unavailable, what + ": the file became shorter under way");
    }
    if (sum != nullptr) sum->add(*piece);
    if (auto written = to.write(*piece); !written) return written;
    done += piece->size();
  }
  return {};
}

Result<std::string> sha256_of(const std::filesystem::path& path, const std::string& what,
                              const Progress& progress) {
  auto file = OpenFile::to_read(path);
  if (!file) return base::pass_on(file.error());
  const auto size = file->size();
  if (!size) return base::pass_on(size.error());
  base::Sha256 sum;
  for (std::uint64_t done = 0; done < *size;) {
    progress(what, done, *size);
    const auto piece = file->read_at(done, kPieceBytes);
    if (!piece) return base::pass_on(piece.error());
    if (piece->empty()) break;
    sum.add(*piece);
    done += piece->size();
  }
  return sum.finish();
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder.empty() ? "." : folder;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return file_failure("open", path);
  const bool synced = ::fsync(descriptor) == 0;
  // Some file systems cannot do this to a folder, and say so; they need not either.
  if (!synced && errno != EINVAL) {
    auto failed = file_failure("write", path);
    ::close(descriptor);
    return failed;
  }
  ::close(descriptor);
  return {};
}

Result<void> publish(const std::filesystem::path& made, const std::filesystem::path& name) {
  int renamed = ::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE);
  if (renamed != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system that cannot promise it: look first.
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(name, ignored))) {
      errno = EEXIST;
    } else {
      renamed = ::rename(made.c_str(), name.c_str());
    }
  }
  if (renamed != 0 && (errno == EEXIST || errno == ENOTEMPTY)) {
    return base::fail(ErrorCode::conflict,
                      name.string() + " exists already; nothing is ever overwritten");
  }
  if (renamed != 0) return file_failure("make", name);
  return sync_folder(name.parent_path());
}

std::filesystem::path unfinished_name(const std::filesystem::path& name) {
  return name.parent_path() /
         ('.' + name.filename().string() + ".unfinished-" + std::to_string(::getpid()));
}

RemoveUnlessKept::~RemoveUnlessKept() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  // What SQLite keeps beside a database.
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    std::filesystem::remove(path_.string() + suffix, ignored);
  }
}

}  // namespace chartroom::store
