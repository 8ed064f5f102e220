#include "order/sufficiency.hpp"

#include <algorithm>

namespace chartroom::order {
namespace {

/// Begun months count: an encounter of yesterday is one month old at most.
unsigned age_in_months(const base::Date& date, const base::Date& today) {
  if (date >= today) return 0;
  const int months = (today.year - date.year) * 12 + static_cast<int>(today.month) -
                     static_cast<int>(date.month) + (today.day > date.day ? 1 : 0);
  return static_cast<unsigned>(months);
}

}  // namespace

bool is_enough(const Order& order, base::TimePoint now) {
  unsigned sources = 0;
  unsigned facts = 0;
  std::set<unsigned> named;
  std::optional<base::Date> newest;
  for (const ChannelProgress& channel : order.channels) {
    sources += channel.sources;
    facts += channel.facts;
    named.insert(channel.named.begin(), channel.named.end());
    newest = std::max(newest, channel.newest_encounter);
  }
  const Sufficiency& asked = order.type.sufficiency;
  const bool all_named =
      asked.named_providers && order.named_providers > 0 && named.size() >= order.named_providers;
  return sources > 0 && (sources >= asked.sources || all_named) && facts >= asked.facts &&
         (asked.months == 0 ||
          (newest && age_in_months(*newest, base::Date::from(now)) <= asked.months));
}

bool is_digital_in_progress(const Order& order) {
  return std::any_of(order.channels.begin(), order.channels.end(), [](const ChannelProgress& c) {
    return c.channel != Channel::aps && c.state != ChannelState::waiting && !is_settled(c.state);
  });
}

}  // namespace chartroom::order
