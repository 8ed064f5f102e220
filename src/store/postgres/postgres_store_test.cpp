// What only the engine for many nodes promises; and its entry into the suite of all engines.
#include "store/postgres/postgres_bench.hpp"

namespace chartroom::store::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(Postgres, StoreTest, ::testing::Values(MakeBench([] {
                           return std::make_unique<PostgresBench>();
                         })),
                         [](const auto&) { return "postgres"; });

}  // namespace
}  // namespace chartroom::store::testing
