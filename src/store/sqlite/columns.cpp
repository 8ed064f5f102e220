#include "store/sqlite/columns.hpp"

#include <boost/json.hpp>

namespace chartroom::store::sqlite {

std::string Place::context() const {
  std::string text;
  for (const std::string_view part : {client_id, table, column}) text.append(part).push_back('|');
  return text.append(row_id);
}

std::string list_to_json(const std::vector<std::string>& list) {
  boost::json::array array;
  for (const std::string& entry : list) array.emplace_back(entry);
  return boost::json::serialize(array);
}

base::Result<std::vector<std::string>> list_from_json(std::string_view json) {
  const auto broken = [] {
    return base::fail(base::ErrorCode::corrupt, "the store holds a broken list");
  };
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  if (error || !value.is_array()) return broken();
  std::vector<std::string> list;
  for (const boost::json::value& entry : value.get_array()) {
    if (!entry.is_string()) return broken();
    list.emplace_back(entry.get_string());
  }
  return list;
}

}  // namespace chartroom::store::sqlite
