#include "app/shipping.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace chartroom::app {
namespace {

namespace json = boost::json;

StoredReport shipped_report() {
  StoredReport report;
  report.id = "r1";
  report.order_id = "o1";
  report.human_id = "h1";
  report.name = "combined";
  report.file_extension = "pdf";
  report.base_report_names = {"healthcheck", "ccdraw"};
  report.created_at = base::from_unix_ms(1'700'000'000'000);
  report.bytes = base::Sensitive<std::string>("%PDF");
  return report;
}

Destination destination_with(std::vector<std::string> reports) {
  Destination destination;
  destination.id = "d1";
  destination.name = "archive";
  destination.reports = std::move(reports);
  return destination;
}

TEST(Shipping, ADestinationGetsWhatItWants) {
  const StoredReport report = shipped_report();
  for (const char* wanted : {"combined", "combined.pdf", "*.pdf"}) {
    EXPECT_TRUE(wants(destination_with({"apidata", wanted}), report)) << wanted;
  }
  for (const char* other : {"healthcheck", "combined.json", "*.json", "*"}) {
    EXPECT_FALSE(wants(destination_with({other}), report)) << other;
  }
  EXPECT_TRUE(wants(destination_with({}), report));
}

TEST(Shipping, MetadataNameTheFileInTheContractsOrder) {
  const Subject subject{"client", "h1", "u1", "policy", R"({"n":1.50})"};
  const Shipment shipment = make_shipment(subject, destination_with({}), shipped_report());
  EXPECT_EQ(shipment.file_name, "o1_combined_r1.pdf");
  EXPECT_EQ(shipment.content_type, "application/pdf");
  EXPECT_EQ(shipment.content.reveal(), "%PDF");
  EXPECT_EQ(shipment.metadata_json,
            R"({"orderId":"o1","clientUserId":"policy","userId":"u1","humanId":"h1",)"
            R"("clientId":"client","fileName":"o1_combined_r1.pdf","fileExtension":"pdf",)"
            R"("reportName":"combined","reportId":"r1","baseReportNames":["healthcheck","ccdraw"],)"
            R"("contentType":"application/pdf","createdAt":"2023-11-14T22:13:20.000Z",)"
            R"("shipmentId":")" +
                shipment.id + R"(","clientData":{"n":1.50}})");
}

TEST(Shipping, TheIdIsThatOfReportAndDestination) {
  const Subject subject{"client", "h1", "u1", "policy", std::nullopt};
  const auto id = [&](const Destination& destination, const StoredReport& report) {
    return make_shipment(subject, destination, report).id;
  };
  Destination other = destination_with({});
  other.id = "d2";
  StoredReport later = shipped_report();
  later.id = "r2";
  EXPECT_EQ(id(destination_with({}), shipped_report()),
            id(destination_with({"*.pdf"}), shipped_report()));
  EXPECT_NE(id(destination_with({}), shipped_report()), id(other, shipped_report()));
  EXPECT_NE(id(destination_with({}), shipped_report()), id(destination_with({}), later));
  const Job first = ship_job(shipped_report(), other, {});
  EXPECT_EQ(first.id, ship_job(shipped_report(), other, {}).id) << "building twice ships once";
  EXPECT_NE(first.id, ship_job(shipped_report(), other, {}, "again").id);
  EXPECT_EQ(first.kind, "ship");
  EXPECT_EQ(first.order_id, "o1");
}

TEST(Shipping, FileNamesCannotLeaveTheirDirectory) {
  StoredReport report = shipped_report();
  report.name = "../a b\"";
  const Subject subject{"client", "h1", "u1", "policy", std::nullopt};
  EXPECT_EQ(make_shipment(subject, destination_with({}), report).file_name, "o1_.._a_b__r1.pdf");
}

}  // namespace
}  // namespace chartroom::app
