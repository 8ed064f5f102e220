#include "http/handler_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace chartroom::http {
namespace {

using Taken = HandlerPool::Taken;

/// A gate that jobs wait at.
struct Floodgate {
  std::promise<void> promise;
  std::shared_future<void> opened = promise.get_future().share();
  void open() { promise.set_value(); }
};

/// So many jobs of a caller that wait at the gate; returns when all of them run.
void occupy(HandlerPool& pool, const std::string& caller, unsigned jobs, const Floodgate& gate) {
  auto running = std::make_shared<std::latch>(jobs);
  for (unsigned i = 0; i < jobs; ++i) {
    ASSERT_EQ(pool.submit(caller,
                          [running, opened = gate.opened] {
                            running->count_down();
                            opened.wait();
                          }),
              Taken::yes);
  }
  running->wait();
}

TEST(HandlerPool, ACallerWhoFillsItsThreadsDoesNotHoldUpAnother) {
  Floodgate gate;
  HandlerPool pool({4, 100, 50});
  occupy(pool, "flood", 4, gate);
  for (int i = 0; i < 40; ++i) ASSERT_EQ(pool.submit("flood", [] {}), Taken::yes);
  std::promise<void> ran;
  ASSERT_EQ(pool.submit("quiet", [&] { ran.set_value(); }), Taken::yes);
  ran.get_future().wait();  // while all of flood's threads still wait
  gate.open();
}

TEST(HandlerPool, CallersTakeTurns) {
  Floodgate gate;
  std::mutex mutex;
  std::vector<std::string> order;
  {
    HandlerPool pool({1, 100, 50});
    occupy(pool, "first", 1, gate);
    occupy(pool, "second", 1, gate);  // the thread for guests
    const auto note = [&](const std::string& caller) {
      ASSERT_EQ(pool.submit(caller,
                            [&, caller] {
                              const std::lock_guard lock(mutex);
                              order.push_back(caller);
                            }),
                Taken::yes);
    };
    for (int i = 0; i < 30; ++i) note("flood");
    for (int i = 0; i < 3; ++i) note("quiet");
    gate.open();
  }
  ASSERT_EQ(order.size(), 33U);
  // Two threads and turns: each of the three waits for one or two of flood's at most.
  const auto last = std::find(order.rbegin(), order.rend(), "quiet");
  EXPECT_LE(order.rend() - last, 10);
}

TEST(HandlerPool, RefusesWhatACallerAndWhatAllHaveTooMuchOf) {
  Floodgate gate;
  HandlerPool pool({1, 5, 3});
  occupy(pool, "a", 1, gate);
  occupy(pool, "b", 1, gate);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pool.submit("a", [] {}), Taken::yes);
  EXPECT_EQ(pool.submit("a", [] {}), Taken::caller_full);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(pool.submit("b", [] {}), Taken::yes);
  EXPECT_EQ(pool.submit("b", [] {}), Taken::full);
  EXPECT_EQ(pool.submit("c", [] {}), Taken::full);
  gate.open();
}

TEST(HandlerPool, RunsWhatIsQueuedBeforeItCloses) {
  std::atomic<int> ran = 0;
  HandlerPool pool({2, 100, 100});
  for (int i = 0; i < 50; ++i) ASSERT_EQ(pool.submit("a", [&] { ++ran; }), Taken::yes);
  pool.close();
  EXPECT_EQ(ran, 50);
  EXPECT_EQ(pool.submit("a", [] {}), Taken::full);
}

}  // namespace
}  // namespace chartroom::http
