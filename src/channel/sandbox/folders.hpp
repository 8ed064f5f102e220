// The people in the folders that the server was started with.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "base/logger.hpp"
#include "base/result.hpp"
#include "evidence/model.hpp"

namespace chartroom::channel {

/// Bytes of folders that are kept in memory; whole files beyond it are read again when asked for.
inline constexpr std::size_t kFolderCacheBytes = std::size_t{256} * 1024 * 1024;
/// Files that are looked at below one folder.
inline constexpr std::size_t kFolderFiles = 100'000;

/// What an item is and where its bytes are.
///
/// A Bundle and a C-CDA are handed over whole, as a real network does. Rows of NDJSON and files
/// with a single resource are pooled per folder, and a patient's item there is that patient's row
/// with the rows that refer to it: a bulk export is no document, and handing all of it over would
/// give every patient's data to one applicant's order.
struct FolderItem {
  std::string provider_id;
  std::string provider_name;
  std::string media_type;
  std::string label;
  std::vector<evidence::Person> people;  ///< without facts
  std::filesystem::path path;            ///< for files that are not in memory
  std::string sha256;
  std::shared_ptr<const std::string> bytes;
};

struct Folder {
  std::string name;
  std::vector<FolderItem> items;
  std::vector<FolderItem> supporting;  ///< practitioners, organisations
};

struct FolderMatches {
  std::vector<app::RetrievedItem> items;
  bool same_birth_date = false;
};

/// Immutable once loaded; any thread.
class FolderIndex {
 public:
  [[nodiscard]] static FolderIndex load(const std::vector<std::filesystem::path>& roots,
                                        base::Logger& logger);

  /// Everything that is loosely the person's: birth date, or family name and a given initial.
  /// Errors: unavailable (a file has gone or changed).
  [[nodiscard]] base::Result<FolderMatches> find(const evidence::Person& person) const;
  /// Providers that hold a record of that family name and birth date.
  [[nodiscard]] std::vector<app::RecordChannel::PortalChoice> providers(
      const evidence::Person& person) const;
  [[nodiscard]] std::size_t people() const { return people_; }

 private:
  friend class FolderLoader;
  std::vector<Folder> folders_;
  std::size_t people_ = 0;
};

}  // namespace chartroom::channel
