// How many durable orders a second the house takes, and what each of its layers costs.
//
//   bench_intake FOLDER     FOLDER: where the databases go; on the disk that is to be measured
//
// The same order is placed by the same number of threads in four ways, in turn:
//   commits  the rows of one order through the store's group commit, nothing else
//   desk     the use case: app::Desk::place_order
//   http     POST /api/v1/users over loopback with keep-alive, a token, and validation
//   once     the same with an Idempotency-Key, whose answer is kept in the same transaction
// Everything is durable before it counts: each call returns after its transaction was synced. No
// worker runs beside, so what is measured is the taking of orders. Clients share the machine.
#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "api/new_order_reader.hpp"
#include "api/routes.hpp"
#include "app/desk.hpp"
#include "auth/link_signer.hpp"
#include "auth/sealer.hpp"
#include "auth/secret_hasher.hpp"
#include "auth/token_service.hpp"
#include "base/ids.hpp"
#include "http/server.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace chartroom::bench {
namespace {

using Timer = std::chrono::steady_clock;

constexpr unsigned kThreads = 16;  // as many as the server's handlers by default
constexpr unsigned kRounds = 3;
constexpr std::chrono::milliseconds kWarmUp{500};
constexpr std::chrono::milliseconds kMeasured{3'500};
constexpr const char* kPublicUrl = "http://127.0.0.1";

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

template <typename T>
T take(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// An order as customers send it, without attachments; the id makes a new applicant of each.
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

/// A folder that goes with the object.
struct Folder {
  explicit Folder(std::filesystem::path where) : path(std::move(where)) {
    std::filesystem::create_directories(path);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

/// The house without a worker, over an empty database of its own.
struct House {
  explicit House(const std::filesystem::path& where) : folder(where) {
    application.client_id = base::make_hex_id(40, random);
    application.name = "Bench";
    application.created_at = clock.now();
    const auto stored = store->insert_application(application);
    if (!stored) throw std::runtime_error(stored.error().message);
  }

  [[nodiscard]] std::string new_id() { return base::make_uuid_v7(clock.now(), random); }

  [[nodiscard]] app::NewOrder read(const std::string& body) const {
    const api::NewOrderRules rules{base::Date::from(clock.now()),
                                   {"healthcheck"},
                                   [](const std::optional<std::string>&) { return true; }};
    auto order = api::read_new_order(body, rules);
    require(order.has_value(), "the bench's own order is refused");
    return std::move(*order);
  }

  Folder folder;
  base::SystemClock clock;
  base::SystemRandom random;
  base::NullLogger logger;
  auth::KeyRing ring = take(auth::KeyRing::from_master_keys(
      {base::Sensitive<std::string>(std::string(auth::kMasterKeyBytes, 'b'))}));
  std::unique_ptr<app::Sealer> sealer = auth::make_sealer(ring, random);
  std::unique_ptr<app::Store> store =
      take(store::open_sqlite_store(folder.path, *sealer, clock, random));
  std::unique_ptr<app::SecretHasher> hasher = auth::make_secret_hasher(clock);
  std::unique_ptr<app::LinkSigner> links = auth::make_link_signer(ring);
  std::unique_ptr<app::TokenService> tokens = auth::make_token_service(
      *store, clock, random, *sealer, auth::token_settings_for(kPublicUrl));
  app::Desk desk{{*store, clock, random, logger, *sealer, *hasher, *tokens, *links, {}, {}},
                 {kPublicUrl, false}};
  app::Application application;
};

// ── measuring ───────────────────────────────────────────────────────────────────────────────────

struct Figures {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

/// Does one order; throws when it fails. One per thread, made before the clock starts.
using Place = std::function<void()>;

Figures measure(const std::function<Place()>& make_place) {
  std::vector<std::vector<float>> latencies(kThreads);
  std::atomic<bool> failed{false};
  std::vector<Place> places;
  for (unsigned i = 0; i < kThreads; ++i) places.push_back(make_place());
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      const auto counted_from = Timer::now() + kWarmUp;
      const auto end = counted_from + kMeasured;
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
        std::fprintf(stderr, "intake: %s\n", error.what());
        failed = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  require(!failed, "an order was not taken");

  std::vector<float> all;
  for (const auto& part : latencies) all.insert(all.end(), part.begin(), part.end());
  require(!all.empty(), "no order was taken in time");
  std::sort(all.begin(), all.end());
  const double seconds = std::chrono::duration<double>(kMeasured).count();
  return {static_cast<double>(all.size()) / seconds, all[all.size() / 2],
          all[all.size() * 99 / 100]};
}

// ── the three ways ──────────────────────────────────────────────────────────────────────────────

/// The rows that app::Desk writes for a new applicant's order.
app::Commit rows_of_one_order(House& house, app::NewOrder request) {
  const base::TimePoint now = house.clock.now();
  app::User user;
  user.human_id = base::make_hex_id(32, house.random);
  user.user_id = base::make_hex_id(24, house.random);
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
  job.due_at = now;
  const app::AuditEntry audit{order.core.id, "api", "order.placed", user.human_id, now};
  return {app::InsertUser{std::move(user)}, app::InsertOrder{std::move(order)},
          app::InsertJob{std::move(job)}, app::InsertAudit{audit}};
}

Figures run_commits(House& house) {
  const app::NewOrder sample = house.read(order_body("sample"));
  return measure([&house, sample]() -> Place {
    const std::shared_ptr tenant = house.store->tenant(house.application.client_id);
    return [&house, sample, tenant] {
      app::NewOrder request = sample;
      request.client_user_id = house.new_id();
      const auto stored = tenant->commit(rows_of_one_order(house, std::move(request)));
      if (!stored) throw std::runtime_error(stored.error().message);
    };
  });
}

Figures run_desk(House& house) {
  const app::NewOrder sample = house.read(order_body("sample"));
  return measure([&house, sample]() -> Place {
    return [&house, sample] {
      app::NewOrder request = sample;
      request.client_user_id = house.new_id();
      const auto placed = house.desk.place_order(house.application, request);
      if (!placed) throw std::runtime_error(placed.error().message);
    };
  });
}

/// One keep-alive connection.
class Client {
 public:
  Client(const std::string& url, const std::string& token) {
    require(handle_ != nullptr, "curl has no memory");
    for (const char* line : {"Content-Type: application/json", "Expect:"}) add(line);
    add("Authorization: Bearer " + token);
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    curl_easy_setopt(handle_, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Client::ignore);
  }
  ~Client() {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(handle_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// `key`: an Idempotency-Key; empty for none.
  void post(const std::string& body, const std::string& key) {
    curl_slist* headers = nullptr;
    if (!key.empty()) {
      for (const std::string& line : lines_) headers = curl_slist_append(headers, line.c_str());
      headers = curl_slist_append(headers, ("Idempotency-Key: " + key).c_str());
      curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
    }
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, body.c_str());
    const CURLcode sent = curl_easy_perform(handle_);
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
    curl_slist_free_all(headers);
    require(sent == CURLE_OK, curl_easy_strerror(sent));
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    require(status == 202, "the server answered " + std::to_string(status));
  }

 private:
  static std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
  }
  void add(const std::string& line) {
    lines_.push_back(line);
    headers_ = curl_slist_append(headers_, line.c_str());
  }

  CURL* handle_ = curl_easy_init();
  curl_slist* headers_ = nullptr;
  std::vector<std::string> lines_;
};

Figures run_over_http(House& house, bool with_key) {
  http::ServerSettings settings;
  http::Server server(settings,
                      http::Router(api::make_routes(
                          {house.desk, *house.tokens, house.clock, house.logger, kPublicUrl})),
                      house.logger);
  if (auto started = server.start(); !started) throw std::runtime_error(started.error().message);
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/api/v1/users";
  const std::string token = take(house.tokens->issue(app::TokenService::Kind::client,
                                                     house.application.client_id, "", {}))
                                .token;
  return measure([&]() -> Place {
    const auto client = std::make_shared<Client>(url, token);
    return [&house, client, with_key] {
      client->post(order_body(house.new_id()), with_key ? house.new_id() : std::string());
    };
  });
}

Figures run_http(House& house) { return run_over_http(house, false); }
Figures run_once(House& house) { return run_over_http(house, true); }

// ── the table ───────────────────────────────────────────────────────────────────────────────────

struct Way {
  const char* name;
  Figures (*run)(House&);
  std::vector<Figures> rounds;

  [[nodiscard]] double median(double Figures::* figure) const {
    std::vector<double> values;
    for (const Figures& round : rounds) values.push_back(round.*figure);
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
};

void run(const std::filesystem::path& folder) {
  base::start_crypto();
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::vector<Way> ways{{"commits", run_commits, {}},
                        {"desk", run_desk, {}},
                        {"http", run_http, {}},
                        {"once", run_once, {}}};
  for (unsigned round = 0; round < kRounds; ++round) {
    for (Way& way : ways) {
      House house(folder / (std::string(way.name) + "-" + std::to_string(round)));
      way.rounds.push_back(way.run(house));
    }
  }
  std::printf("intake: %u threads, %u processors, medians of %u rounds of %.1f s each\n\n",
              kThreads, std::thread::hardware_concurrency(), kRounds,
              std::chrono::duration<double>(kMeasured).count());
  std::printf("%-10s %10s %8s %9s %9s\n", "", "orders/s", "ratio", "p50 ms", "p99 ms");
  const double bare = ways.front().median(&Figures::per_second);
  for (const Way& way : ways) {
    const double rate = way.median(&Figures::per_second);
    std::printf("%-10s %10.0f %8.2f %9.1f %9.1f\n", way.name, rate, rate / bare,
                way.median(&Figures::p50_ms), way.median(&Figures::p99_ms));
  }
}

}  // namespace
}  // namespace chartroom::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_intake FOLDER\n");
    return 2;
  }
  try {
    chartroom::bench::run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "intake: %s\n", error.what());
    return 1;
  }
  return 0;
}
