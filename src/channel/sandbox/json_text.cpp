#include "channel/sandbox/json_text.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

namespace chartroom::channel {
namespace {

void write(const boost::json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    char lead = '{';
    for (const auto& member : *object) {
      out += lead;
      out += boost::json::serialize(member.key());
      out += ':';
      write(member.value(), out);
      lead = ',';
    }
    out += lead == '{' ? "{}" : "}";
  } else if (const auto* array = value.if_array()) {
    char lead = '[';
    for (const auto& element : *array) {
      out += lead;
      write(element, out);
      lead = ',';
    }
    out += lead == '[' ? "[]" : "]";
  } else if (const auto* number = value.if_double()) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *number,
                                   std::chars_format::fixed);
    // 32 characters hold every value of our tables; anything longer keeps Boost's notation.
    if (end.ec == std::errc{}) {
      out.append(digits.data(), end.ptr);
    } else {
      out += boost::json::serialize(value);
    }
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

std::string json_text(const boost::json::value& value) {
  std::string out;
  write(value, out);
  return out;
}

}  // namespace chartroom::channel
