// Stored orders: what is read can be written, and reads back as the same.
#include "fuzz.hpp"
#include "order/order.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chartroom;
  const auto order = order::order_from_json(fuzz::as_text(data, size));
  if (!order) return 0;
  const std::string written = order::to_json(*order);
  const auto again = order::order_from_json(written);
  fuzz::must(again.has_value(), "a written order can be read");
  fuzz::must(order::to_json(*again) == written, "an order reads back as it was written");
  return 0;
}
