// Finished reports on their way to destinations: durable, bounded, and held back when they must be.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "app/applicant.hpp"
#include "delivery/retry_schedule.hpp"
#include "house.hpp"

namespace chartroom::sim {
namespace {

using namespace std::chrono_literals;

class ShippingHouse : public testing::Test {
 protected:
  ShippingHouse() {
    house_.ehr.script = [](const app::RetrievalRequest&) {
      return found({item_of({}, "Hypertension")});
    };
  }
  void add(const std::string& name, std::vector<std::string> reports = {}) {
    app::Destination destination;
    destination.id = "id-of-" + name;
    destination.name = name;
    destination.url = "https://customer.example/reports";
    destination.reports = std::move(reports);
    destination.created_at = house_.clock.now();
    ASSERT_TRUE(house_.tenant()->commit({app::InsertDestination{destination}}));
  }
  /// Places an order and runs what is due, so that its reports are built.
  app::StoredOrder complete(const std::string& client_user_id = "policy-1") {
    EXPECT_TRUE(house_.place(house_.order_for({}, client_user_id, "ehr-only")));
    house_.run_due();
    const auto order = house_.order_of(client_user_id);
    EXPECT_TRUE(order::is_final(order.core.state));
    return order;
  }
  std::size_t told(const app::StoredOrder& order, const std::string& action) {
    std::size_t count = 0;
    const auto entries = house_.tenant()->audit_of(order.core.id);
    for (const app::AuditEntry& entry : *entries) count += entry.action == action ? 1 : 0;
    return count;
  }
  std::size_t reports(const app::StoredOrder& order) {
    return house_.tenant()->reports_of(order.human_id)->size();
  }

  House house_;
};

TEST_F(ShippingHouse, EveryReportGoesToEveryDestinationOnce) {
  add("archive");
  add("mirror", {"healthcheck.json"});
  const auto order = complete();
  house_.pass(1min);
  std::map<std::string, std::size_t> counts;
  std::set<std::string> ids;
  for (const auto& one : house_.shipper.accepted) {
    ++counts[one.destination];
    EXPECT_TRUE(ids.insert(one.shipment_id).second);
    EXPECT_FALSE(one.content.empty());
  }
  EXPECT_EQ(counts["archive"], reports(order));
  EXPECT_EQ(counts["mirror"], 1U);
  EXPECT_EQ(told(order, "report.shipped"), reports(order) + 1);
}

TEST_F(ShippingHouse, WithoutADestinationNothingIsQueued) {
  const auto order = complete();
  house_.pass(24h);
  EXPECT_EQ(house_.shipper.tries, 0);
  EXPECT_EQ(told(order, "report.shipped"), 0U);
}

TEST_F(ShippingHouse, AWorkerThatDiesShipsTheSameShipmentAgain) {
  add("archive", {"healthcheck.json"});
  int left = 1;
  house_.shipper.during = [&] {
    if (left-- > 0) throw std::runtime_error("the process ends here");
  };
  EXPECT_TRUE(house_.place(house_.order_for({}, "policy-1", "ehr-only")));
  EXPECT_THROW(house_.run_due(), std::runtime_error);
  house_.restart();
  house_.pass(1min);
  ASSERT_EQ(house_.shipper.accepted.size(), 1U);
  EXPECT_EQ(house_.shipper.tries, 2);
  EXPECT_EQ(told(house_.order_of("policy-1"), "report.shipped"), 1U);
}

TEST_F(ShippingHouse, SixRoundsOfSixTriesThenTriage) {
  add("archive", {"healthcheck.json"});
  house_.shipper.fails = [] { return true; };
  const auto order = complete();
  house_.pass(30s);
  EXPECT_EQ(house_.shipper.tries, 5);
  house_.pass(1s);
  EXPECT_EQ(house_.shipper.tries, 6) << "after 1 + 2 + 4 + 8 + 16 seconds";
  house_.pass(24h);
  EXPECT_EQ(house_.shipper.tries, static_cast<int>(delivery::kTriesMost));
  EXPECT_EQ(told(order, "report.shipping_failed"), 1U);
  const auto dead = house_.store().dead_jobs(10).value();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].kind, "ship");
  EXPECT_EQ(dead[0].order_id, order.core.id);
  EXPECT_EQ(house_.tenant()->attempts("id-of-archive", 100)->size(), delivery::kTriesMost);
}

TEST_F(ShippingHouse, ASuppressedPersonsReportsStay) {
  add("archive", {"healthcheck.json"});
  house_.shipper.fails = [] { return true; };
  const auto order = complete();
  app::Commit listed;
  for (const std::string& key : app::suppression_keys(order.request, house_.sealer())) {
    listed.emplace_back(app::InsertSuppression{key});
  }
  ASSERT_TRUE(house_.tenant()->commit(listed));
  house_.shipper.fails = nullptr;
  const int before = house_.shipper.tries;
  house_.pass(24h);
  EXPECT_EQ(house_.shipper.tries, before);
  EXPECT_EQ(told(order, "report.not_shipped"), 1U);
}

TEST_F(ShippingHouse, PurgedReportsAndRemovedDestinationsEndIt) {
  add("archive", {"healthcheck.json"});
  add("mirror", {"healthcheck.json"});
  house_.shipper.fails = [] { return true; };
  const auto order = complete();
  ASSERT_TRUE(house_.tenant()->commit({app::DeleteDestination{"id-of-mirror"}}));
  ASSERT_TRUE(house_.tenant()->commit({app::PurgeOrderData{order.core.id}}));
  house_.shipper.fails = nullptr;
  const int before = house_.shipper.tries;
  house_.pass(24h);
  EXPECT_EQ(house_.shipper.tries, before);
  EXPECT_EQ(told(order, "report.not_shipped"), 1U);
  EXPECT_EQ(told(order, "report.shipped"), 0U);
}

TEST_F(ShippingHouse, AnApplicationThatIsSwitchedOffShipsNothing) {
  add("archive", {"healthcheck.json"});
  house_.shipper.fails = [] { return true; };
  const auto order = complete();
  auto application = **house_.store().find_application(house_.application().client_id);
  application.enabled = false;
  ASSERT_TRUE(house_.store().update_application(application));
  house_.shipper.fails = nullptr;
  house_.pass(24h);
  EXPECT_TRUE(house_.shipper.accepted.empty());
  EXPECT_EQ(told(order, "report.not_shipped"), 1U);
}

TEST_F(ShippingHouse, WhoWaitsForASlotHasNotTried) {
  add("archive", {"healthcheck.json"});
  add("mirror", {"healthcheck.json"});
  // While one is on its way, a second worker finds the other and has no slot for it.
  bool nested = false;
  house_.shipper.during = [&] {
    if (nested) return;
    nested = true;
    house_.clock.set(house_.clock.now() + 20s);  // so that what this worker holds is free again
    house_.run_due();
    EXPECT_EQ(house_.shipper.tries, 1);
  };
  const auto order = complete();
  house_.pass(1min);
  EXPECT_EQ(told(order, "report.shipped"), 2U);
  for (const char* id : {"id-of-archive", "id-of-mirror"}) {
    const auto attempts = house_.tenant()->attempts(id, 10).value();
    ASSERT_EQ(attempts.size(), 1U) << id;
    EXPECT_EQ(attempts[0].number, 1U);
  }
}

}  // namespace
}  // namespace chartroom::sim
