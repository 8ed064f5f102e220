// A posted form, whichever of the two encodings the browser used.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"

namespace chartroom::pages {

inline constexpr std::size_t kFormFields = 100;
inline constexpr std::size_t kFormBytes =
    std::size_t{64} * 1024;  ///< all fields together, files apart

/// Holds what a person typed: PHI. Values are valid UTF-8 on one line, trimmed.
class Form {
 public:
  /// The request must outlive the form. Errors: invalid_input (neither encoding, or a broken body),
  /// too_large (a limit above).
  [[nodiscard]] static base::Result<Form> read(const http::Request& request);

  /// First value; empty when absent.
  [[nodiscard]] std::string text(std::string_view name) const;
  /// The bytes of a file that was chosen; nullopt when none was.
  [[nodiscard]] std::optional<std::string_view> file(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
  std::vector<std::pair<std::string, std::string_view>> files_;
};

}  // namespace chartroom::pages
