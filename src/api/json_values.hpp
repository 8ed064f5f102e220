// Small things of the writers of JSON. Private to this room.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <vector>

namespace chartroom::api {

[[nodiscard]] inline boost::json::array texts(const std::vector<std::string>& values) {
  return boost::json::array(values.begin(), values.end());
}

}  // namespace chartroom::api
