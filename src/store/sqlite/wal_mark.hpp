// Where the write-ahead log of a live database ends, without a connection that could change it.
// Formats: sqlite.org/walformat.html (both have been fixed since 2010).
#pragma once

#include <cstdint>
#include <string>

#include "store/files.hpp"

namespace chartroom::store::sqlite {

/// The end of the newest commit.
struct WalMark {
  std::uint32_t frames = 0;  ///< 0: the log holds nothing that is not in the database
  std::uint32_t page_bytes = 0;
  std::string salt;  ///< of this life of the log; another one after it was started anew

  /// How many bytes of the log's file that is.
  [[nodiscard]] std::uint64_t bytes() const;
};

/// From the wal-index ("-shm"), of which writers keep two copies for this purpose. Error
/// unavailable when they never agree.
base::Result<WalMark> read_wal_mark(const OpenFile& wal_index);

/// The salt in the log's own header; empty when it has none yet.
base::Result<std::string> read_wal_salt(const OpenFile& log);

}  // namespace chartroom::store::sqlite
