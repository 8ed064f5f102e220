// Answers that come when the order is over: nothing of them is kept.
#include <gtest/gtest.h>

#include "app/applicant.hpp"
#include "house.hpp"

namespace chartroom::sim {
namespace {

/// A network answers with a record, and `first` happens before its answer is there.
void answers_late(House& house, const std::function<void()>& first) {
  house.ehr.script = [first](const app::RetrievalRequest&) {
    first();
    return found({item_of({}, "Gout")});
  };
}

void connect_portal(House& house) {
  const app::StoredOrder order = house.order_of("policy-1");
  app::TaskList session;
  session.client_id = house.application().client_id;
  session.human_id = order.human_id;
  session.order_id = order.core.id;
  ASSERT_TRUE(house.desk().connect_portal(session, order.core.tasks.at(0).id, "clinic-1"));
}

void expect_nothing_kept(House& house) {
  const app::StoredOrder order = house.order_of("policy-1");
  ASSERT_TRUE(order::is_final(order.core.state));
  const auto records = house.tenant()->records_of(order.core.id, /*with_bytes=*/true);
  for (const app::RawRecord& record : *records) EXPECT_TRUE(record.bytes.reveal().empty());
  EXPECT_TRUE(house.store().dead_jobs(9)->empty());
}

TEST(LateAnswers, OfASuppressedPersonAreNotKept) {
  House house;
  bool listed = false;
  answers_late(house, [&] {
    if (std::exchange(listed, true)) return;
    const auto order = house.order_of("policy-1");
    const auto key = app::suppression_keys(order.request, house.sealer()).front();
    ASSERT_TRUE(house.tenant()->commit({app::InsertSuppression{key}}));
    // Another worker asks the portal, and finds the person on the list.
    connect_portal(house);
    house.run_due();
    ASSERT_TRUE(house.order_of("policy-1").core.suppressed);
  });
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "complete")));
  house.run_due();
  EXPECT_TRUE(listed);
  EXPECT_TRUE(house.order_of("policy-1").core.suppressed);
  expect_nothing_kept(house);
}

TEST(LateAnswers, OfAnAbortedOrderAreNotKept) {
  House house;
  answers_late(house, [&] {
    ASSERT_TRUE(house.desk().abort(house.application(), {std::nullopt, "policy-1"}));
  });
  ASSERT_TRUE(house.place(house.order_for({}, "policy-1", "ehr-only")));
  house.run_due();
  EXPECT_EQ(house.order_of("policy-1").core.state, order::State::cancelled);
  expect_nothing_kept(house);
}

}  // namespace
}  // namespace chartroom::sim
