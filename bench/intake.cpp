// How many durable orders a second the house takes, and what each of its layers costs.
//
//   bench_intake FOLDER [--smoke]    FOLDER: where the databases go; on the disk that is to be
//   measured
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
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/routes.hpp"
#include "bench/house.hpp"
#include "http/server.hpp"

namespace chartroom::bench {
namespace {

/// As many threads as the server has handlers by default.
constexpr Load kLoad{16, std::chrono::milliseconds{500}, std::chrono::milliseconds{3'500}};
constexpr Load kSmoke{4, std::chrono::milliseconds{20}, std::chrono::milliseconds{100}};
constexpr unsigned kRounds = 3;

// ── the four ways ───────────────────────────────────────────────────────────────────────────────

Figures run_commits(House& house, const Load& load) {
  return measure(load, [&] { return place_rows(house); });
}

Figures run_desk(House& house, const Load& load) {
  return measure(load, [&] { return place_at_desk(house); });
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

Figures run_over_http(House& house, const Load& load, bool with_key) {
  http::ServerSettings settings;
  http::Server server(settings,
                      http::Router(api::make_routes(
                          {*house.desk, *house.tokens, house.clock, house.logger, kPublicUrl})),
                      house.logger);
  if (auto started = server.start(); !started) throw std::runtime_error(started.error().message);
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/api/v1/users";
  const std::string token = take(house.tokens->issue(app::TokenService::Kind::client,
                                                     house.application.client_id, "", {}))
                                .token;
  return measure(load, [&]() -> Place {
    const auto client = std::make_shared<Client>(url, token);
    return [&house, client, with_key] {
      client->post(order_body(house.new_id()), with_key ? house.new_id() : std::string());
    };
  });
}

Figures run_http(House& house, const Load& load) { return run_over_http(house, load, false); }
Figures run_once(House& house, const Load& load) { return run_over_http(house, load, true); }

// ── the table ───────────────────────────────────────────────────────────────────────────────────

struct Way {
  const char* name;
  Figures (*run)(House&, const Load&);
  std::vector<Figures> rounds;

  [[nodiscard]] double median(double Figures::* figure) const {
    std::vector<double> values;
    for (const Figures& round : rounds) values.push_back(round.*figure);
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
};

void run(const std::filesystem::path& folder, bool smoke) {
  const Load load = smoke ? kSmoke : kLoad;
  const unsigned rounds = smoke ? 1 : kRounds;
  base::start_crypto();
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::vector<Way> ways{{"commits", run_commits, {}},
                        {"desk", run_desk, {}},
                        {"http", run_http, {}},
                        {"once", run_once, {}}};
  for (unsigned round = 0; round < rounds; ++round) {
    for (Way& way : ways) {
      const Folder data(folder / (std::string(way.name) + "-" + std::to_string(round)));
      House house(open_sqlite(data.path));
      way.rounds.push_back(way.run(house, load));
    }
  }
  std::printf("intake: %u threads, %u processors, medians of %u rounds of %.1f s each\n\n",
              load.threads, std::thread::hardware_concurrency(), rounds,
              std::chrono::duration<double>(load.measured).count());
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
  const bool smoke = argc == 3 && std::string(argv[2]) == "--smoke";
  if (argc != 2 && !smoke) {
    std::fprintf(stderr, "usage: bench_intake FOLDER [--smoke]\n");
    return 2;
  }
  try {
    chartroom::bench::run(argv[1], smoke);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "intake: %s\n", error.what());
    return 1;
  }
  return 0;
}
