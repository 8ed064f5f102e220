#include "app/collect.hpp"

#include <gtest/gtest.h>

#include "app/applicant.hpp"

namespace chartroom::app {
namespace {

NewOrder jane_doe() {
  NewOrder order;
  order.first_name = "Jane";
  order.last_name = "Doe";
  order.gender = "female";
  order.date_of_birth = base::Date{1968, 2, 13};
  Address address;
  address.street1 = "12 Hill Street";
  address.city = "Boise";
  address.state = "ID";
  address.zip = "83712";
  order.address = address;
  return order;
}

/// Jane's record with one finished visit on each of these days.
RetrievedItem item_with_visits(const std::vector<std::string>& days) {
  RetrievedItem item;
  item.provider_id = "clinic-1";
  item.provider_name = "Hill Street Clinic";
  item.bytes =
      R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":)"
      R"("Patient","id":"p1","name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1968-02-13",)"
      R"("gender":"female","address":[{"line":["12 Hill Street"],"city":"Boise","state":"ID",)"
      R"("postalCode":"83712"}]}})";
  for (const std::string& day : days) {
    item.bytes += R"(,{"resource":{"resourceType":"Encounter","id":"e)" + day +
                  R"(","status":"finished","class":{"code":"AMB"},"type":[{"text":"Visit"}],)" +
                  R"("subject":{"reference":"Patient/p1"},"period":{"start":")" + day + R"("}}})";
  }
  item.bytes += "]}";
  return item;
}

/// The newest visit that an order of 14 November 2023 counts on 20 November.
std::optional<base::Date> newest_of(const std::vector<std::string>& days) {
  const Collected collected =
      collect("order-1", order::Channel::ehr, to_person(jane_doe()), base::Date{2023, 11, 14}, {},
              {item_with_visits(days)}, *base::parse_iso("2023-11-20T10:00:00Z"));
  EXPECT_EQ(collected.answer.sources, 1U);
  return collected.answer.newest_encounter;
}

TEST(Collect, AVisitAfterTheOrderCountsAndOneThatIsStillToComeDoesNot) {
  EXPECT_EQ(newest_of({"2021-03-01", "2023-11-18"}), (base::Date{2023, 11, 18}));
  EXPECT_EQ(newest_of({"2021-03-01", "2023-11-21"}), (base::Date{2021, 3, 1}));
  EXPECT_EQ(newest_of({"2021-03-01", "2024-12-31"}), (base::Date{2021, 3, 1}));
  EXPECT_EQ(newest_of({"2024-06-01"}), std::nullopt);
}

}  // namespace
}  // namespace chartroom::app
