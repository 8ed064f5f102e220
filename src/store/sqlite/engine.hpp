// What all stores of one open database share.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "app/ports.hpp"
#include "base/ports.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/writer.hpp"

namespace chartroom::store::sqlite {

struct Engine {
  const app::Sealer& sealer;
  const base::Clock& clock;
  base::Random& random;
  std::optional<FileLock> server_lock;  ///< held as long as a server has the directory open
  // The writer closes last: its close may checkpoint, which needs all readers gone.
  std::unique_ptr<Writer> writer;
  std::unique_ptr<ReaderPool> readers;

  /// Runs `query(Connection&)` on a borrowed reader and gives its Result.
  template <typename Query>
  auto read(Query&& query) -> decltype(query(std::declval<Connection&>())) {
    auto reader = readers->borrow();
    if (!reader) return base::pass_on(reader.error());
    return query(**reader);
  }

  /// Runs `change(Connection&) -> Result<T>` in the writer; the value counts only when the
  /// transaction is durable.
  template <typename T, typename Change>
  base::Result<T> write(Change&& change) {
    std::optional<T> value;
    auto stored = writer->run([&](Connection& db) -> base::Result<void> {
      base::Result<T> result = change(db);
      if (!result) return base::pass_on(result.error());
      value = std::move(*result);
      return {};
    });
    if (!stored) return base::pass_on(stored.error());
    return std::move(*value);
  }
};

}  // namespace chartroom::store::sqlite
