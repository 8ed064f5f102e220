// What only the embedded engine promises; and its entry into the suite of all engines.
#include "store/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "store/columns.hpp"
#include "store/jobs.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/sqlite/writer.hpp"
#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using sqlite::Connection;

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chartroom-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::filesystem::path data() const { return path_ / "data"; }
  [[nodiscard]] std::filesystem::path file() const { return data() / "chartroom.db"; }

 private:
  std::filesystem::path path_;
};

class SqliteBench final : public Bench {
 public:
  base::Result<std::unique_ptr<app::Store>> open() override {
    return open_sqlite_store(folder.data(), sealer, clock, random);
  }
  base::Result<std::unique_ptr<app::Store>> open_tool() {
    return open_sqlite_store(folder.data(), sealer, clock, random,
                             {.role = SqliteOptions::Role::tool});
  }
  std::string raw_bytes() override {
    std::ostringstream all;
    for (const auto& entry : std::filesystem::directory_iterator(folder.data())) {
      // An empty file would put the stream into an error state.
      if (entry.file_size() > 0) all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return all.str();
  }

  Folder folder;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreTest, ::testing::Values(MakeBench([] {
                           return std::make_unique<SqliteBench>();
                         })),
                         [](const auto&) { return "embedded"; });

app::Application application(const std::string& id) {
  app::Application made;
  made.client_id = id;
  return made;
}

class SqliteTest : public ::testing::Test {
 protected:
  void SetUp() override { base::start_crypto(); }
  SqliteBench bench_;
};

TEST_F(SqliteTest, FilesAreThereForTheOwnerAlone) {
  auto store = bench_.open();
  ASSERT_TRUE(store) << store.error().message;
  struct stat status{};
  ASSERT_EQ(::stat(bench_.folder.data().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  for (const auto& entry : std::filesystem::directory_iterator(bench_.folder.data())) {
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path().filename();
  }
}

TEST_F(SqliteTest, AToolMayWriteBesideTheServerButNoSecondServer) {
  auto server = bench_.open();
  ASSERT_TRUE(server);
  auto tool = bench_.open_tool();
  ASSERT_TRUE(tool) << tool.error().message;
  ASSERT_TRUE((*tool)->insert_application(application("from tool")));
  EXPECT_TRUE((*server)->find_application("from tool").value());
  ASSERT_TRUE((*server)->insert_application(application("from server")));
  EXPECT_TRUE((*tool)->find_application("from server").value());
  auto second = bench_.open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_NE(second.error().message.find("stop it first"), std::string::npos);
}

TEST_F(SqliteTest, ADamagedFileIsNamed) {
  ASSERT_TRUE(bench_.open());
  {
    std::fstream file(bench_.folder.file(), std::ios::in | std::ios::out | std::ios::binary);
    file << "this is not the header of a database";
  }
  auto opened = bench_.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  EXPECT_NE(opened.error().message.find("restore it from a backup"), std::string::npos);
}

TEST_F(SqliteTest, DamageInsideIsFoundBeforeItIsServed) {
  ASSERT_TRUE(bench_.open());
  {
    std::fstream file(bench_.folder.file(), std::ios::in | std::ios::out | std::ios::binary);
    const auto size = std::filesystem::file_size(bench_.folder.file());
    for (std::uintmax_t at = 4096 * 3; at < size; at += 4096) {
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(64, '\x7f');
    }
  }
  auto opened = bench_.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
}

TEST_F(SqliteTest, MigratesOnceAndRefusesDriftAndTheFuture) {
  const auto known = static_cast<int>(sqlite::migrations().size());
  EXPECT_EQ(migrate_sqlite(bench_.folder.data(), bench_.clock).value(), known);
  EXPECT_EQ(migrate_sqlite(bench_.folder.data(), bench_.clock).value(), 0);
  const auto change = [&](std::string_view sql) {
    auto db = Connection::open(bench_.folder.file(), Connection::Kind::writer, false);
    ASSERT_TRUE(db && (*db)->script(std::string(sql)));
  };
  change(
      "INSERT INTO schema_migrations (version, name, sha256, applied_at_ms) VALUES (99, "
      "'0099_future.sql', 'x', 0)");
  auto newer = bench_.open();
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::conflict);
  EXPECT_NE(newer.error().message.find("newer Chartroom"), std::string::npos);
  change("DELETE FROM schema_migrations WHERE version = 99");
  ASSERT_TRUE(bench_.open());
  change("UPDATE schema_migrations SET sha256 = 'changed'");
  auto drifted = bench_.open();
  ASSERT_FALSE(drifted);
  EXPECT_EQ(drifted.error().code, ErrorCode::corrupt);
  EXPECT_NE(drifted.error().message.find("0001_initial.sql"), std::string::npos);
}

TEST_F(SqliteTest, DataOfTheFirstReleaseAreTakenAlong) {
  std::filesystem::create_directories(bench_.folder.data());
  {
    auto db = Connection::open(bench_.folder.file(), Connection::Kind::writer, true);
    ASSERT_TRUE(db);
    ASSERT_EQ(sqlite::migrate(**db, sqlite::migrations().first(1), bench_.clock.now()).value(), 1);
    order::Order core =
        order::make_order("o1", order::default_order_types().front(), {}, bench_.clock.now());
    core.tasks.resize(2);
    core.tasks[0].id = "t1";
    core.tasks[1].id = "t2";
    core.tasks[1].state = order::TaskState::withdrawn;
    const auto seal = [&](std::string_view plain, const char* table, const char* column,
                          const char* row) {
      return bench_.sealer.seal(plain, Place{"alpha", table, column, row}.context());
    };
    ASSERT_TRUE(
        (*db)->run("INSERT INTO applications VALUES ('alpha', 'Insurer', 'hash', 1, 1, "
                   "'healthcheck', 0, 0)"));
    ASSERT_TRUE(
        (*db)->run("INSERT INTO orders (client_id, id, version, human_id, client_user_id, core, "
                   "request_sealed) VALUES ('alpha', 'o1', 1, 'h1', 'c1', ?, ?)",
                   order::to_json(core), Bytes{seal("{}", "orders", "request", "o1")}));
    ASSERT_TRUE((*db)->run(
        "INSERT INTO webhooks (client_id, id, url, kinds, enabled, description, created_at_ms, "
        "secret_sealed) VALUES ('alpha', 'w1', 'https://a.example', '[]', 1, '', 5, ?)",
        Bytes{seal("whsec_b2xk", "webhooks", "secret", "w1")}));
  }
  auto opened = bench_.open();
  ASSERT_TRUE(opened) << opened.error().message;
  const auto alpha = (*opened)->tenant("alpha");
  EXPECT_EQ((*opened)->find_application("alpha").value()->settings, app::ApplicationSettings{});
  EXPECT_EQ(alpha->find_task("t1").value()->state, order::TaskState::open);
  EXPECT_EQ(alpha->find_task("t2").value()->state, order::TaskState::withdrawn);
  EXPECT_EQ(alpha->find_task("t2").value()->human_id, "h1");
  const auto webhook = alpha->find_webhook("w1").value();
  ASSERT_TRUE(webhook);
  EXPECT_EQ(webhook->secret.reveal(), "whsec_b2xk");
  EXPECT_EQ(webhook->updated_at, base::from_unix_ms(5));
}

TEST_F(SqliteTest, AReleaseGoesOnWithTheSchemaThatTheNextOneMadeForIt) {
  ASSERT_TRUE(bench_.open());
  const auto known = sqlite::migrations();
  const int ours = known.back().version;
  std::vector<Migration> next(known.begin(), known.end());
  const auto apply_next = [&] {
    auto db = Connection::open(bench_.folder.file(), Connection::Kind::writer, false);
    ASSERT_TRUE(db);
    ASSERT_EQ(sqlite::migrate(**db, next, {}).value(), 1);
  };
  next.push_back({ours + 1, "later.sql", "ALTER TABLE orders ADD COLUMN later TEXT", ours});
  apply_next();
  {
    auto store = bench_.open();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->ping().value(), ours + 1);
  }
  EXPECT_TRUE(plan_sqlite(bench_.folder.data())->empty());
  next.push_back({ours + 2, "much_later.sql", "SELECT 1", ours + 1});
  apply_next();
  auto refused = bench_.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().message.find("does not work with it"), std::string::npos);
}

TEST_F(SqliteTest, AFailedMigrationChangesNothing) {
  ASSERT_TRUE(bench_.open());
  auto db = Connection::open(bench_.folder.file(), Connection::Kind::writer, false);
  ASSERT_TRUE(db);
  const std::array with_bad{sqlite::migrations()[0],
                            Migration{2, "0002_bad.sql", "CREATE TABLE t (a); NONSENSE;"}};
  EXPECT_FALSE(sqlite::migrate(**db, with_bad, {}));
  EXPECT_EQ((*db)->number("SELECT count(*) FROM sqlite_schema WHERE name = 't'").value(), 0);
}

TEST_F(SqliteTest, ATableOfAnotherProgramIsLeftAlone) {
  std::filesystem::create_directory(bench_.folder.data());
  {
    auto db = Connection::open(bench_.folder.file(), Connection::Kind::writer, true);
    ASSERT_TRUE(db && (*db)->script("CREATE TABLE theirs (a)"));
  }
  auto opened = bench_.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
}

TEST_F(SqliteTest, ASealedValueThatWasMovedDoesNotOpen) {
  auto store = bench_.open().value();
  ASSERT_TRUE(store->insert_application(application("alpha")));
  ASSERT_TRUE(store->insert_application(application("beta")));
  const app::StoredEvent event{"e1", "o1", "task", "[]", {}, 0};
  ASSERT_TRUE(store->tenant("alpha")->commit({app::InsertEvent{event}}));
  {
    auto db = Connection::open(bench_.folder.file(), Connection::Kind::writer, false);
    ASSERT_TRUE(db);
    (*db)->never_checkpoint_on_close();
    ASSERT_TRUE((*db)->script("UPDATE events SET client_id = 'beta'"));
  }
  auto moved = store->tenant("beta")->find_event("e1");
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::corrupt);
}

TEST_F(SqliteTest, OldDoneJobsGoAndYoungOnesStay) {
  auto store = bench_.open().value();
  ASSERT_TRUE(store->insert_application(application("alpha")));
  auto alpha = store->tenant("alpha");
  app::Job job;
  job.id = "j1";
  ASSERT_TRUE(alpha->commit({app::InsertJob{job}}));
  auto claimed = store->claim(bench_.clock.now(), kLease, 1).value();
  ASSERT_TRUE(alpha->commit({app::FinishJob{"j1", claimed.at(0).lease}}));
  auto db = Connection::open(bench_.folder.file(), Connection::Kind::reader, false).value();
  const auto rows = [&] { return db->number("SELECT count(*) FROM jobs").value(); };
  const app::Commit any{app::InsertSuppression{"p"}};
  bench_.clock.advance(kDoneJobsKept - std::chrono::seconds(1));
  ASSERT_TRUE(alpha->commit(any));
  ASSERT_TRUE(alpha->commit(any));
  EXPECT_EQ(rows(), 1);
  bench_.clock.advance(std::chrono::minutes(1));
  ASSERT_TRUE(alpha->commit(any));
  ASSERT_TRUE(alpha->commit(any));  // the leader tidies after it has answered
  EXPECT_EQ(rows(), 0);
}

/// The child stores applications as fast as it can and tells each one that was acknowledged.
[[noreturn]] void store_until_killed(SqliteBench& bench, int pipe_end) {
  auto store = bench.open();
  if (!store) ::_exit(1);
  for (int i = 0;; ++i) {
    if (!(*store)->insert_application(application(std::to_string(i)))) ::_exit(2);
    if (::write(pipe_end, &i, sizeof i) != sizeof i) ::_exit(3);
  }
}

TEST_F(SqliteTest, KillLosesNothingThatWasAcknowledged) {
  constexpr int kRounds = 4;
  constexpr int kBeforeKill = 60;
  for (int round = 0; round < kRounds; ++round) {
    SqliteBench bench;
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      store_until_killed(bench, ends[1]);
    }
    ::close(ends[1]);
    int acknowledged = -1;
    int last = -1;
    while (acknowledged < kBeforeKill + round &&
           ::read(ends[0], &last, sizeof last) == sizeof last) {
      acknowledged = last;
    }
    ::kill(child, SIGKILL);
    // What it still acknowledged before it died counts as well.
    while (::read(ends[0], &last, sizeof last) == sizeof last) acknowledged = last;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
    ASSERT_GE(acknowledged, kBeforeKill);
    auto store = bench.open();
    ASSERT_TRUE(store) << store.error().message;
    for (int i = 0; i <= acknowledged; ++i) {
      ASSERT_TRUE((*store)->find_application(std::to_string(i)).value()) << i << " was lost";
    }
  }
}

/// Another process, as a server is for a backup: it stores applications and tells each one that was
/// acknowledged, until this is gone.
class BusyServer {
 public:
  explicit BusyServer(SqliteBench& bench) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    child_ = ::fork();
    if (child_ == 0) {
      ::close(ends[0]);
      store_until_killed(bench, ends[1]);
    }
    ::close(ends[1]);
    from_ = ends[0];
  }
  ~BusyServer() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(from_);
  }
  BusyServer(const BusyServer&) = delete;
  BusyServer& operator=(const BusyServer&) = delete;

  /// Waits for that many more; the number of the last one. What waits in the pipe is older.
  int acknowledged(int more) {
    int last = -1;
    for (int i = 0; i < more; ++i) {
      if (::read(from_, &last, sizeof last) != sizeof last) return -1;
    }
    return last;
  }

 private:
  pid_t child_ = -1;
  int from_ = -1;
};

TEST_F(SqliteTest, ABackupOfALiveStoreHoldsWhatWasAcknowledged) {
  constexpr int kBackups = 6;
  constexpr int kBetween = 400;  // more than one checkpoint and one new life of the log in all
  const base::SystemClock clock;
  const auto quiet = [](const std::string&, std::uint64_t, std::uint64_t) {};
  BusyServer server(bench_);
  for (int i = 0; i < kBackups; ++i) {
    const int acknowledged = server.acknowledged(kBetween);
    ASSERT_GT(acknowledged, 0);
    const auto file = bench_.folder.data() / ("saved" + std::to_string(i));
    const auto made = backup_sqlite(bench_.folder.data(), file, clock, quiet);
    ASSERT_TRUE(made) << made.error().message;
    auto copy = Connection::open(file, Connection::Kind::reader, false).value();
    const auto stored = copy->number("SELECT max(CAST(client_id AS INTEGER)) FROM applications");
    const auto count = copy->number("SELECT count(*) FROM applications");
    ASSERT_TRUE(stored && count);
    EXPECT_GE(stored->value_or(-1), acknowledged) << "something acknowledged is missing";
    EXPECT_EQ(count->value_or(0), stored->value_or(0) + 1) << "something in between is missing";
  }
}

TEST_F(SqliteTest, ARestoredStoreIsTheSameStore) {
  const base::SystemClock clock;
  const auto quiet = [](const std::string&, std::uint64_t, std::uint64_t) {};
  const auto file = bench_.folder.file().string() + ".saved";
  {
    auto store = bench_.open().value();
    ASSERT_TRUE(store->insert_application(application("alpha")));
  }
  ASSERT_TRUE(backup_sqlite(bench_.folder.data(), file, clock, quiet));
  SqliteBench elsewhere;
  ASSERT_TRUE(restore_sqlite(file, elsewhere.folder.data(), bench_.sealer, std::nullopt, quiet));
  auto store = elsewhere.open();
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_TRUE((*store)->find_application("alpha").value());
  const auto again =
      restore_sqlite(file, elsewhere.folder.data(), bench_.sealer, std::nullopt, quiet);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
}

TEST_F(SqliteTest, TheLogIsCopiedIntoTheDatabaseBetweenBatches) {
  constexpr std::uintmax_t kPageBytes = 4'096;
  auto store = bench_.open().value();
  ASSERT_TRUE(store->insert_application(application("alpha")));
  auto alpha = store->tenant("alpha");
  app::Blob blob;
  blob.bytes = base::Sensitive<std::string>(std::string(std::size_t{1} << 20U, 'x'));
  std::uintmax_t longest = 0;
  // Twice what the log holds before it is copied.
  constexpr int kBlobs = 2 * sqlite::Writer::kCheckpointPages * kPageBytes / (1U << 20U);
  for (int i = 0; i < kBlobs; ++i) {
    blob.id = std::to_string(i);
    ASSERT_TRUE(alpha->commit({app::InsertBlob{blob}}));
    longest = std::max(longest, std::filesystem::file_size(bench_.folder.file().string() + "-wal"));
  }
  // It starts anew after each checkpoint, so it holds what one batch may bring on top.
  EXPECT_LT(longest, (sqlite::Writer::kCheckpointPages + 600) * kPageBytes);
  EXPECT_GT(std::filesystem::file_size(bench_.folder.file()),
            kBlobs / 2 * blob.bytes.reveal().size());
}

}  // namespace
}  // namespace chartroom::store::testing
