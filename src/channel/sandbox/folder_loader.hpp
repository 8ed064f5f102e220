// Reads folders of clinical files into a FolderIndex.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/logger.hpp"
#include "channel/sandbox/folders.hpp"

namespace chartroom::channel {

/// The whole file; nullopt when it cannot be read or is larger than limits::kDocumentBytes.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path);

class FolderLoader {
 public:
  explicit FolderLoader(base::Logger& logger) : logger_(logger) {}
  [[nodiscard]] FolderIndex load(const std::vector<std::filesystem::path>& roots) &&;

 private:
  /// Rows of NDJSON and single resources of one folder.
  struct Pool {
    std::map<std::string, std::string> patients;           ///< by Patient id
    std::map<std::string, std::vector<std::string>> rows;  ///< by Patient id
    std::vector<std::string> supporting;
  };

  void load_folder(const std::filesystem::path& path,
                   const std::vector<std::filesystem::path>& files);
  void load_file(const std::filesystem::path& path, Folder& folder, Pool& pool);
  void load_document(const std::filesystem::path& path, std::string bytes, bool ccda,
                     Folder& folder);
  /// False when the row is no JSON resource.
  static bool add_row(std::string row, Pool& pool);
  void close_pool(Folder& folder, Pool& pool);
  FolderItem make_item(const Folder& folder, std::string media_type, std::string label,
                       std::string bytes, const std::filesystem::path& path);
  void skip(const std::filesystem::path& path, const char* why);

  base::Logger& logger_;
  FolderIndex index_;
  std::size_t cached_bytes_ = 0;
  std::size_t skipped_ = 0;
};

}  // namespace chartroom::channel
