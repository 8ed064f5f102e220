#include "bench/house.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdio>
#include <thread>

#include "api/new_order_reader.hpp"
#include "base/ids.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace chartroom::bench {

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

std::string order_body(const std::string& client_user_id) {
  return R"({"orderType":"healthcheck","clientUserId":")" + client_user_id +
         R"(","clientUserEmail":"jane.doe@example.com","firstName":"Jane","middleName":"A.",)"
         R"("lastName":"Doe","gender":"female","dateOfBirth":"1968-02-13T00:00:00.000Z",)"
         R"("ssn":"987-65-4329","phone":"(555) 213-5555","address":{"street1":"12 Elm Street",)"
         R"("city":"Springfield","state":"IL","zip":"62704"},"conditions":["COPD","Tobacco use"],)"
         R"("providers":[{"name":"Pat Example M.D.","organizationName":"Cedar Valley",)"
         R"("address":{"city":"Springfield","state":"IL","zip":"62704"},)"
         R"("phone":"(555) 213-6666"}],"clientData":{"policy":"A-1"},"autoInvite":false})";
}

app::NewOrder read_order(const std::string& body, const base::Clock& clock) {
  const api::NewOrderRules rules{base::Date::from(clock.now()),
                                 {"healthcheck"},
                                 [](const std::optional<std::string>&) { return true; }};
  auto order = api::read_new_order(body, rules);
  require(order.has_value(), "the bench's own order is refused");
  return std::move(*order);
}

Folder::Folder(std::filesystem::path where) : path(std::move(where)) {
  std::filesystem::create_directories(path);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

House::House(const Open& open)
    : store(take(open(*sealer, clock, random))),
      hasher(auth::make_secret_hasher(clock)),
      links(auth::make_link_signer(ring)),
      tokens(auth::make_token_service(*store, clock, random, *sealer,
                                      auth::token_settings_for(kPublicUrl))),
      desk(std::make_unique<app::Desk>(
          app::Desk::Ports{
              *store, clock, random, logger, *sealer, *hasher, *tokens, *links, {}, {}},
          app::DeskSettings{kPublicUrl, false})) {
  application.client_id = base::make_hex_id(40, random);
  application.name = "Bench";
  application.created_at = clock.now();
  take(store->insert_application(application));
}

House::Open open_sqlite(const std::filesystem::path& folder) {
  return [folder](const app::Sealer& sealer, const base::Clock& clock, base::Random& random) {
    return store::open_sqlite_store(folder, sealer, clock, random);
  };
}

House::Open open_postgres(const std::string& url) {
  return [url](const app::Sealer& sealer, const base::Clock& clock, base::Random& random) {
    store::PostgresOptions options;
    options.url = base::Sensitive<std::string>(url);
    return store::open_postgres_store(options, sealer, clock, random, true);
  };
}

app::Commit rows_of_one_order(House& house, app::NewOrder request, base::TimePoint due) {
  const base::TimePoint now = house.clock.now();
  app::User user;
  user.human_id = base::make_hex_id(32, now, house.random);
  user.user_id = base::make_hex_id(24, now, house.random);
  user.client_user_id = request.client_user_id;
  user.profile = request;
  user.created_at = user.updated_at = now;
  app::StoredOrder order;
  order.core = order::make_order(house.new_id(), order::default_order_types().front(), {}, now);
  order.human_id = user.human_id;
  order.client_user_id = request.client_user_id;
  order.request = std::move(request);
  app::Job job;
  job.id = house.new_id();
  job.kind = "order.command";
  job.order_id = order.core.id;
  job.payload = R"({"command":"start"})";
  job.due_at = due;
  const app::AuditEntry audit{order.core.id, "api", "order.placed", user.human_id, now};
  return {app::InsertUser{std::move(user)}, app::InsertOrder{std::move(order)},
          app::InsertJob{std::move(job)}, app::InsertAudit{audit}};
}

Figures measure(const Load& load, const std::function<Place()>& make_place) {
  std::vector<std::vector<float>> latencies(load.threads);
  std::atomic<bool> failed{false};
  std::vector<Place> places;
  for (unsigned i = 0; i < load.threads; ++i) places.push_back(make_place());
  std::barrier start(load.threads);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < load.threads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      const auto counted_from = Timer::now() + load.warm_up;
      const auto end = counted_from + load.measured;
      try {
        for (auto before = Timer::now(); before < end && !failed;) {
          places[i]();
          const auto after = Timer::now();
          if (before >= counted_from && after <= end) {
            latencies[i].push_back(
                std::chrono::duration<float, std::milli>(after - before).count());
          }
          before = after;
        }
      } catch (const std::exception& error) {
        std::fprintf(stderr, "bench: %s\n", error.what());
        failed = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  require(!failed, "an order was not taken");

  std::vector<float> all;
  for (const auto& part : latencies) all.insert(all.end(), part.begin(), part.end());
  // A moment's trial on a busy machine may count nothing.
  if (all.empty()) return {0, 0, 0};
  std::sort(all.begin(), all.end());
  const double seconds = std::chrono::duration<double>(load.measured).count();
  return {static_cast<double>(all.size()) / seconds, all[all.size() / 2],
          all[all.size() * 99 / 100]};
}

Place place_rows(House& house, base::Duration due_in) {
  const app::NewOrder sample = read_order(order_body("sample"), house.clock);
  const std::shared_ptr tenant = house.store->tenant(house.application.client_id);
  return [&house, sample, tenant, due_in] {
    app::NewOrder request = sample;
    request.client_user_id = house.new_id();
    take(tenant->commit(rows_of_one_order(house, std::move(request), house.clock.now() + due_in)));
  };
}

Place place_at_desk(House& house) {
  const app::NewOrder sample = read_order(order_body("sample"), house.clock);
  return [&house, sample] {
    app::NewOrder request = sample;
    request.client_user_id = house.new_id();
    const auto placed = house.desk->place_order(house.application, request);
    if (!placed) throw std::runtime_error(placed.error().message);
  };
}

}  // namespace chartroom::bench
