// Reads the members of one JSON object by the general rules of the contract: no nulls, no empty
// strings, no unknown members, a limit on everything.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/validation.hpp"
#include "base/limits.hpp"

namespace chartroom::api {

/// Every member function marks its member as known and reports what is wrong with it; nullopt and
/// nullptr mean absent or wrong.
class ObjectReader {
 public:
  ObjectReader(const boost::json::object& object, std::string path, Findings& findings)
      : object_(object), path_(std::move(path)), findings_(findings) {}

  [[nodiscard]] std::string path(std::string_view name) const { return join_path(path_, name); }
  [[nodiscard]] bool has(std::string_view name) const;
  /// Null when absent; `required` reports that.
  const boost::json::value* any(std::string_view name, bool required = false);

  std::optional<std::string> text(std::string_view name,
                                  std::size_t most_code_points = base::limits::kFieldCodePoints);
  std::optional<std::string> required_text(
      std::string_view name, std::size_t most_code_points = base::limits::kFieldCodePoints);
  /// One of `values`; reports the list when it is another.
  std::optional<std::string> choice(std::string_view name, const std::vector<std::string>& values,
                                    bool required = false);
  std::optional<bool> boolean(std::string_view name);
  const boost::json::object* object(std::string_view name);
  const boost::json::array* array(std::string_view name, std::size_t most_items);
  std::vector<std::string> texts(std::string_view name);

  /// Reports `name` as breaking `rule`.
  void refuse(std::string_view name, std::string_view rule) { findings_.add(path(name), rule); }
  /// Reports every member that none of the calls above asked for.
  void refuse_unknown();

 private:
  const boost::json::object& object_;
  std::string path_;
  Findings& findings_;
  std::set<std::string, std::less<>> known_;
};

/// The general rules for a text at `path`; nullopt when one is broken.
std::optional<std::string> read_text(const boost::json::value& value, const std::string& path,
                                     std::size_t most_code_points, Findings& findings);

}  // namespace chartroom::api
