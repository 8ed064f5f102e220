// Protected health information and secrets, so marked that they cannot slip into a log.
#pragma once

#include <utility>

namespace chartroom::base {

/// Holds a value that must not reach a log, a metric, a URL or an error message. There is no
/// stream operator, no fmt formatter and no conversion: whoever needs the value says `reveal()`,
/// which is easy to find in a review.
template <typename T>
class Sensitive {
 public:
  Sensitive() = default;
  explicit Sensitive(T value) : value_(std::move(value)) {}

  [[nodiscard]] const T& reveal() const& { return value_; }
  [[nodiscard]] T&& reveal() && { return std::move(value_); }

  friend bool operator==(const Sensitive&, const Sensitive&) = default;

 private:
  T value_{};
};

}  // namespace chartroom::base
