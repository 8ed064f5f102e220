// The model store joins the suite that holds every engine of the Store port.
#include "model_store.hpp"

#include "store/store_suite.hpp"

namespace chartroom::store::testing {
namespace {

class ModelBench final : public Bench {
 public:
  base::Result<std::unique_ptr<app::Store>> open() override {
    return sim::open_model_store(data_, clock, random);
  }
  std::string raw_bytes() override { return {}; }  // there is no disk to look at

 private:
  std::shared_ptr<sim::ModelData> data_ = sim::make_model_data();
};

INSTANTIATE_TEST_SUITE_P(Model, StoreTest, ::testing::Values(MakeBench([] {
                           return std::make_unique<ModelBench>();
                         })),
                         [](const auto&) { return "model"; });

}  // namespace
}  // namespace chartroom::store::testing
