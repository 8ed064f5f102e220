// What only this engine promises to its operator; and its entry into the suite of all engines.
#include "store/postgres/migrate.hpp"
#include "store/postgres/postgres_bench.hpp"

namespace chartroom::store::testing {
namespace {

using base::ErrorCode;
using postgres::Statement;

INSTANTIATE_TEST_SUITE_P(Postgres, StoreTest, ::testing::Values(MakeBench([] {
                           return std::make_unique<PostgresBench>();
                         })),
                         [](const auto&) { return "postgres"; });

TEST(PostgresTongue, ParametersAreNumberedAndHintsAreDropped) {
  EXPECT_EQ(postgres::translate("SELECT a FROM t INDEXED BY t_a WHERE a = ? AND b = '?' AND c = ?",
                                Statement::Kind::plain),
            "SELECT a FROM t WHERE a = $1 AND b = '?' AND c = $2");
  EXPECT_EQ(postgres::translate("UPDATE t SET a = ?2 WHERE b = ?1", Statement::Kind::once),
            "WITH done AS (UPDATE t SET a = $2 WHERE b = $1 RETURNING 1) "
            "SELECT 1 / count(*) FROM done");
}

TEST(PostgresTongue, AStatementOfManyRowsRepeatsWhatStandsBehindValues) {
  EXPECT_EQ(postgres::translate("INSERT INTO t (a, b) VALUES (?, lower(?)) ON CONFLICT DO NOTHING",
                                Statement::Kind::plain, 2),
            "INSERT INTO t (a, b) VALUES ($1, lower($2)), ($3, lower($4)) ON CONFLICT DO NOTHING");
  EXPECT_EQ(postgres::translate("INSERT INTO t VALUES (?2, ?1, ?2)", Statement::Kind::plain, 2),
            "INSERT INTO t VALUES ($2, $1, $2), ($4, $3, $4)");
}

TEST(PostgresTongue, OnlyStatementsOfOneRowOfValuesBecomeOne) {
  const auto may_merge = [](std::string_view sql, Statement::Kind kind = Statement::Kind::plain) {
    return Statement(sql, kind, std::nullopt, {}).may_merge();
  };
  EXPECT_TRUE(may_merge("INSERT INTO t (a) VALUES (?)"));
  EXPECT_TRUE(
      may_merge("WITH v AS (VALUES (?)) SELECT 1 / count(*) FROM v", Statement::Kind::checked));
  EXPECT_FALSE(may_merge("INSERT INTO t (a) VALUES (?)", Statement::Kind::once));
  EXPECT_FALSE(may_merge("INSERT INTO t (a) SELECT ?"));
  EXPECT_FALSE(may_merge("INSERT INTO t (a) SELECT v.a FROM (VALUES (?)) v (a) WHERE v.a > ?"));
  EXPECT_FALSE(may_merge("INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET a = 1"));
  EXPECT_FALSE(may_merge("DELETE FROM t WHERE a IN (VALUES (?))"));
}

TEST(PostgresUrl, IsShownWithoutItsPassword) {
  EXPECT_EQ(describe_postgres_url("postgres://me:SECRET-5@db1:5433,db2:5434/chart?sslmode=require"),
            "postgres://me@db1,db2:5433,5434/chart");
  EXPECT_TRUE(check_postgres_url("postgresql://db1/chart"));
  for (const char* broken : {"", "db1", "mysql://db1/x", "postgres://me:SECRET-5@db1:port x/chart",
                             "postgres://me:SECRET-5@db1/chart?no_such_thing=1"}) {
    const auto checked = check_postgres_url(broken);
    ASSERT_FALSE(checked) << broken;
    EXPECT_EQ(checked.error().message.find("SECRET-5"), std::string::npos);
    EXPECT_EQ(describe_postgres_url(broken), "");
  }
}

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    base::start_crypto();
    bench_ = std::make_unique<PostgresBench>();
    need_engine(*bench_);
  }
  [[nodiscard]] base::Error error_of(const PostgresOptions& options) const {
    const auto opened =
        open_postgres_store(options, bench_->sealer, bench_->clock, bench_->random, false);
    EXPECT_FALSE(opened);
    return opened ? base::Error{} : opened.error();
  }
  [[nodiscard]] static PostgresOptions at(const std::string& url) {
    PostgresOptions options;
    options.url = base::Sensitive<std::string>(url);
    return options;
  }
  static void expect_words(const base::Error& error, ErrorCode code, const char* words) {
    EXPECT_EQ(error.code, code) << error.message;
    EXPECT_NE(error.message.find(words), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("SECRET-5"), std::string::npos);
  }

  std::unique_ptr<PostgresBench> bench_;
};

TEST_F(PostgresTest, WhatIsWrongAtTheStartIsSaidWithWhatToDo) {
  expect_words(error_of(at("postgres://me:SECRET-5@127.0.0.1:1/chart")), ErrorCode::unavailable,
               "check that the server runs");
  expect_words(error_of(PostgresBench::server().options("no_such_database")),
               ErrorCode::invalid_input, "createdb");
  expect_words(error_of(at("postgres://me:SECRET-5@127.0.0.1:port/chart")),
               ErrorCode::invalid_input, "must be a URL such as");
}

TEST_F(PostgresTest, AUserWithoutRightsIsToldWhichOnesItNeeds) {
  const std::string role = "weak_" + bench_->name;
  const std::string empty = bench_->name + "_empty";
  PostgresServer& server = PostgresBench::server();
  server.admin("CREATE ROLE " + role + " LOGIN");
  server.admin("CREATE DATABASE " + empty);
  std::string url = server.url(empty);
  url.replace(url.find("postgres@"), 8, role);
  expect_words(error_of(at(url)), ErrorCode::invalid_input, "GRANT CREATE");
  server.admin("DROP DATABASE " + empty + " WITH (FORCE)");
  server.admin("DROP ROLE " + role);
}

TEST_F(PostgresTest, ADatabaseInAnotherEncodingIsRefused) {
  const std::string latin = bench_->name + "_latin";
  PostgresServer& server = PostgresBench::server();
  server.admin("CREATE DATABASE " + latin + " ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  expect_words(error_of(server.options(latin)), ErrorCode::invalid_input, "--encoding=UTF8");
  server.admin("DROP DATABASE " + latin + " WITH (FORCE)");
}

TEST_F(PostgresTest, MigratesOnceAndRefusesDriftAndTheFuture) {
  const auto db = bench_->connect();
  EXPECT_EQ(migrate_postgres(bench_->options(), bench_->clock).value(), 0);
  EXPECT_TRUE(plan_postgres(bench_->options())->empty());
  ASSERT_TRUE(
      db->script("INSERT INTO schema_migrations (version, name, sha256, applied_at_ms) VALUES (99, "
                 "'0099_future.sql', 'x', 0)"));
  expect_words(error_of(bench_->options()), ErrorCode::conflict, "newer Chartroom");
  ASSERT_TRUE(db->script("DELETE FROM schema_migrations WHERE version = 99"));
  ASSERT_TRUE(db->script("UPDATE schema_migrations SET sha256 = 'changed' WHERE version = 1"));
  expect_words(error_of(bench_->options()), ErrorCode::corrupt, "0001_initial.sql");
}

TEST_F(PostgresTest, AReleaseGoesOnWithTheSchemaThatTheNextOneMadeForIt) {
  ASSERT_TRUE(bench_->open());
  const auto db = bench_->connect();
  const auto known = postgres::migrations();
  const int ours = known.back().version;
  std::vector<Migration> next(known.begin(), known.end());
  next.push_back({ours + 1, "later.sql", "ALTER TABLE orders ADD COLUMN later text", ours});
  ASSERT_EQ(postgres::migrate(*db, next, {}).value(), 1);
  auto store = bench_->open();
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->ping().value(), ours + 1);
  EXPECT_TRUE(plan_postgres(bench_->options())->empty());
  next.push_back({ours + 2, "much_later.sql", "SELECT 1", ours + 1});
  ASSERT_EQ(postgres::migrate(*db, next, {}).value(), 1);
  expect_words(error_of(bench_->options()), ErrorCode::conflict, "does not work with it");
  ASSERT_TRUE(db->script("UPDATE schema_migrations SET works_with = 1, sha256 = 'changed'"));
  expect_words(error_of(bench_->options()), ErrorCode::corrupt, "0001_initial.sql");
}

TEST_F(PostgresTest, AFailedMigrationChangesNothing) {
  const auto db = bench_->connect();
  const auto known = postgres::migrations();
  std::vector<Migration> with_bad(known.begin(), known.end());
  with_bad.push_back({99, "0099_bad.sql", "CREATE TABLE t (a int); NONSENSE;"});
  EXPECT_EQ(postgres::plan(*db, with_bad)->size(), 1U);
  EXPECT_FALSE(postgres::migrate(*db, with_bad, {}));
  EXPECT_EQ(db->number("SELECT count(*) FROM pg_class WHERE relname = 't'").value(), 0);
  EXPECT_TRUE(bench_->open());
}

TEST_F(PostgresTest, TablesOfAnotherProgramAreLeftAlone) {
  const std::string theirs = bench_->name + "_theirs";
  PostgresServer& server = PostgresBench::server();
  server.admin("CREATE DATABASE " + theirs);
  {
    auto db = postgres::Connection::open(server.options(theirs));
    ASSERT_TRUE(db && (*db)->script("CREATE TABLE theirs (a int)"));
  }
  expect_words(error_of(server.options(theirs)), ErrorCode::corrupt, "another program");
  server.admin("DROP DATABASE " + theirs + " WITH (FORCE)");
}

TEST_F(PostgresTest, TextThatPostgresqlCannotHoldIsStoredWithoutIt) {
  auto store = bench_->open().value();
  app::Application application;
  application.client_id = "alpha";
  ASSERT_TRUE(store->insert_application(application));
  const auto alpha = store->tenant("alpha");
  app::RawRecord record;
  record.id = "r1";
  record.order_id = "o1";
  record.provider_name = std::string("Harbor\0Clinic \xFF\xC3\xA9", 17);
  ASSERT_TRUE(alpha->commit({app::InsertRecord{record}}));
  EXPECT_EQ(alpha->records_of("o1", false)->at(0).provider_name,
            "Harbor\xEF\xBF\xBD"
            "Clinic \xEF\xBF\xBD\xC3\xA9");
  EXPECT_FALSE(alpha->find_user(std::string("h\0", 2)).value());
}

TEST_F(PostgresTest, ASealedValueThatWasMovedDoesNotOpen) {
  auto store = bench_->open().value();
  for (const char* id : {"alpha", "beta"}) {
    app::Application application;
    application.client_id = id;
    ASSERT_TRUE(store->insert_application(application));
  }
  ASSERT_TRUE(
      store->tenant("alpha")->commit({app::InsertEvent{{"e1", "o1", "task", "[]", {}, 0}}}));
  const auto db = bench_->connect();
  ASSERT_TRUE(db->script("UPDATE events SET client_id = 'beta'"));
  const auto moved = store->tenant("beta")->find_event("e1");
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace chartroom::store::testing
