// One node's transaction stands still while another one's goes on.
#include <atomic>

#include "store/postgres/nodes_testing.hpp"

namespace chartroom::store::testing {
namespace {

/// Lets a commit that appends the event "held" stand still after all it did before.
class StandstillTest : public NodesTest {
 protected:
  [[nodiscard]] app::InsertEvent event(const char* id) const {
    return {{id, "o", "task", "[]", now(), 0}};
  }

  /// Runs `first`, which ends with event("held"), until it stands still; then `second` on the other
  /// node until it is through or has to wait; then `look`; then lets them end.
  void run(
      const app::Commit& first, const app::Commit& second,
      const std::function<void()>& look = [] {}) {
    watcher_ = bench_->connect();
    const auto holder = bench_->connect();
    ASSERT_TRUE(holder->run("BEGIN"));
    ASSERT_TRUE(
        holder->run("INSERT INTO events (client_id, id, order_id, kind, created_at_ms, "
                    "body_sealed) VALUES ('alpha', 'held', '', '', 0, '')"));
    std::thread one([&] { EXPECT_TRUE(tenant(0)->commit(first)); });
    EXPECT_TRUE(eventually([&] { return waiting(*watcher_) >= 1; })) << "it does not stand still";
    std::atomic<bool> through{false};
    std::thread other([&] {
      EXPECT_TRUE(tenant(1)->commit(second));
      through = true;
    });
    EXPECT_TRUE(eventually([&] { return through || waiting(*watcher_) >= 2; }));
    look();
    EXPECT_TRUE(holder->run("ROLLBACK"));
    one.join();
    other.join();
  }

  std::unique_ptr<postgres::Connection> watcher_;
};

TEST_F(StandstillTest, NoEventBecomesVisibleBeforeAnEarlierOne) {
  std::vector<std::string> seen;
  std::int64_t after = 0;
  const auto follow = [&] {
    const auto page = tenant(1)->events("", after, 10).value();
    for (const app::StoredEvent& stored : page) {
      seen.push_back(stored.id);
      after = stored.sequence;
    }
  };
  run({event("first"), event("held")}, {event("second")}, follow);
  follow();
  EXPECT_EQ(seen, (std::vector<std::string>{"first", "held", "second"}));
}

TEST_F(StandstillTest, AJobThatComesIntoALaneWhileTheOneBeforeItEndsIsNotForgotten) {
  ASSERT_TRUE(tenant(0)->commit({app::InsertJob{job("l1", "lane")}}));
  const auto claimed = nodes_[0]->claim(now(), kLease, 1).value();
  ASSERT_EQ(claimed.size(), 1U);
  run({app::FinishJob{"l1", claimed[0].lease}, event("held")}, {app::InsertJob{job("l2", "lane")}});
  const auto next = nodes_[1]->claim(now(), kLease, 5).value();
  ASSERT_EQ(next.size(), 1U) << "the lane is stuck";
  EXPECT_EQ(next[0].id, "l2");
}

TEST_F(StandstillTest, TwoJobsThatComeIntoAnEmptyLaneAtOnceStayOneByOne) {
  run({app::InsertJob{job("l1", "lane")}, event("held")}, {app::InsertJob{job("l2", "lane")}});
  const auto next = nodes_[1]->claim(now(), kLease, 5).value();
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].id, "l1");
}

TEST_F(StandstillTest, AClaimPassesByWhatIsLocked) {
  ASSERT_TRUE(tenant(0)->commit({app::InsertJob{job("j1")}, app::InsertJob{job("j2")}}));
  const auto claimed = nodes_[0]->claim(now(), kLease, 1).value();
  ASSERT_EQ(claimed.size(), 1U);
  run({app::FinishJob{"j1", claimed[0].lease}, event("held")}, {event("other")}, [&] {
    // Its lease has run out, and its row is locked by the one who ends it after all.
    const auto next = nodes_[1]->claim(now() + 2 * kLease, kLease, 5).value();
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].id, "j2");
    EXPECT_TRUE(nodes_[1]->heartbeat({{"j1", claimed[0].lease}}, now(), kLease).value().empty());
  });
}

}  // namespace
}  // namespace chartroom::store::testing
