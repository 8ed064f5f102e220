#include "delivery/retry_schedule.hpp"

#include <cassert>

namespace chartroom::delivery {
namespace {

constexpr std::chrono::seconds kFirstQuickWait{1};
constexpr std::chrono::minutes kFirstLongWait{15};

base::Duration spread(base::Duration wait, std::uint32_t random) {
  // 800 to 1,200 thousandths, in whole numbers so that every platform gives the same.
  const std::int64_t thousandths = 800 + static_cast<std::int64_t>(random) * 401 / (1LL << 32U);
  return wait * thousandths / 1000;
}

}  // namespace

std::optional<base::Duration> delay_after(unsigned failed_tries, std::uint32_t random) {
  assert(failed_tries > 0);
  if (failed_tries >= kTriesMost) return std::nullopt;
  const unsigned within_round = failed_tries % kTriesPerRound;
  if (within_round != 0) {
    return spread(kFirstQuickWait * (1LL << (within_round - 1)), random);
  }
  const unsigned rounds_done = failed_tries / kTriesPerRound;
  return spread(kFirstLongWait * (1LL << (rounds_done - 1)), random);
}

}  // namespace chartroom::delivery
