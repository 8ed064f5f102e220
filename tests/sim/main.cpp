#include <iostream>

#include "world.hpp"
int main(int argc, char** argv) {
  chartroom::sim::Figures sum;
  const unsigned long n = argc > 1 ? std::stoul(argv[1]) : 10;
  std::uint64_t first = argc > 2 ? std::stoull(argv[2]) : 1;
  for (unsigned i = 0; i < n; ++i) {
    chartroom::sim::WorldOptions o;
    o.seed = first + i;
    o.trace = argc > 3 && argv[3][0] == 't';
    if (argc > 3) o.plant = chartroom::sim::plant_from(argv[3]);
    const auto r = chartroom::sim::run_world(o);
    sum.add(r.figures);
    if (!r.violation.empty())
      std::cout << "seed " << o.seed << ": " << r.violation << " after " << r.figures.orders
                << " orders\n";
  }
  const auto* v = reinterpret_cast<const std::uint64_t*>(&sum);
  for (std::size_t i = 0; i < sizeof(sum) / 8; ++i) std::cout << v[i] << ' ';
  std::cout << '\n';
}
