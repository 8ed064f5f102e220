// How commands show results: one JSON object a line on standard output.
#pragma once

#include <boost/json.hpp>
#include <iostream>

namespace chartroom::cli {

inline void print(const boost::json::object& line) {
  std::cout << boost::json::serialize(line) << std::endl;
}

/// A list as one line.
inline void print_list(const boost::json::array& lines) {
  std::cout << boost::json::serialize(lines) << std::endl;
}

}  // namespace chartroom::cli
