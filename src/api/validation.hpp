// What is wrong with a request body: collected, all at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chartroom::api {

/// The content of envelope B. Names fields and rules, never values.
struct Validation {
  std::string message;            ///< the first finding: `"address.zip" must be a string`
  std::vector<std::string> keys;  ///< dotted path of every offending field, each once
};

class Findings {
 public:
  /// `path` dotted ("providers.0.name"), empty for the body itself; `rule` as the rest of a
  /// sentence
  /// ("is required").
  void add(std::string_view path, std::string_view rule);
  [[nodiscard]] bool empty() const { return validation_.message.empty(); }
  [[nodiscard]] const Validation& validation() const { return validation_; }

 private:
  Validation validation_;
};

/// "providers" and "0" make "providers.0". Parts are cut to 100 code points, since names of unknown
/// properties are the caller's.
[[nodiscard]] std::string join_path(std::string_view parent, std::string_view name);

}  // namespace chartroom::api
