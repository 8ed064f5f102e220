// Files that a backup is made of: copied whole, made durable, and given their name last.
//
// Not thread-safe. Errors of all calls: unavailable, with the file's name and the system's own
// words ("No space left on device").
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace chartroom::store {

/// Hears how far long work has come: what is done, bytes so far and bytes in all (0: not counted).
using Progress =
    std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)>;

/// An open file. Closing one ends this process's POSIX locks on it, whoever took them: a database
/// that SQLite has open is closed here after SQLite has closed it.
class OpenFile {
 public:
  static base::Result<OpenFile> to_read(const std::filesystem::path& path);
  /// Mode 0600. Fails when there is something of this name.
  static base::Result<OpenFile> create(const std::filesystem::path& path);
  ~OpenFile();
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&&) = delete;

  [[nodiscard]] base::Result<std::uint64_t> size() const;
  /// Up to `most` bytes from there; fewer at the end of the file.
  [[nodiscard]] base::Result<std::string> read_at(std::uint64_t offset, std::size_t most) const;
  /// Behind what was written so far.
  base::Result<void> write(std::string_view bytes);
  base::Result<void> sync();

 private:
  OpenFile(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  [[nodiscard]] tl::unexpected<base::Error> failure(const char* verb) const;

  int descriptor_;
  std::filesystem::path path_;
};

/// Copies the first `bytes` bytes; fails when there are not so many.
base::Result<void> copy_bytes(const OpenFile& from, OpenFile& to, std::uint64_t bytes,
                              const std::string& what, const Progress& progress,
                              base::Sha256* sum = nullptr);

/// SHA-256 of a whole file, as hex.
base::Result<std::string> sha256_of(const std::filesystem::path& path, const std::string& what,
                                    const Progress& progress);

base::Result<void> sync_folder(const std::filesystem::path& folder);

/// Gives a finished file or folder its name, durably. Never replaces anything: error conflict.
base::Result<void> publish(const std::filesystem::path& made, const std::filesystem::path& name);

/// The name that something has until it is whole: in the same folder, and no other process's.
[[nodiscard]] std::filesystem::path unfinished_name(const std::filesystem::path& name);

/// Removes a file or folder, unless keep() was called before.
class RemoveUnlessKept {
 public:
  explicit RemoveUnlessKept(std::filesystem::path path) : path_(std::move(path)) {}
  ~RemoveUnlessKept();
  RemoveUnlessKept(const RemoveUnlessKept&) = delete;
  RemoveUnlessKept& operator=(const RemoveUnlessKept&) = delete;
  void keep() { path_.clear(); }

 private:
  std::filesystem::path path_;
};

}  // namespace chartroom::store
