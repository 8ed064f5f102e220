#include "api/json_body.hpp"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

namespace chartroom::api {
namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t kMostDepth = 32;

/// Walks the text once to see what the parsed tree cannot tell: keys given twice, and spellings.
class Witness {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  std::size_t keys = 0;
  std::vector<std::string> numbers;

  bool on_document_begin(error_code& /*error*/) { return true; }
  bool on_document_end(error_code& /*error*/) { return true; }
  bool on_object_begin(error_code& /*error*/) { return enter(); }
  bool on_object_end(std::size_t /*size*/, error_code& /*error*/) { return leave(); }
  bool on_array_begin(error_code& /*error*/) { return enter(); }
  bool on_array_end(std::size_t /*size*/, error_code& /*error*/) { return leave(); }
  bool on_key_part(json::string_view part, std::size_t /*size*/, error_code& /*error*/) {
    if (depth_ == 1) key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t /*size*/, error_code& /*error*/) {
    ++keys;
    if (depth_ != 1) return true;
    key_.append(part.data(), part.size());
    in_client_data_ = key_ == "clientData" || key_ == "customer_metadata";
    key_.clear();
    return true;
  }
  bool on_string_part(json::string_view /*part*/, std::size_t /*size*/, error_code& /*error*/) {
    return true;
  }
  bool on_string(json::string_view /*part*/, std::size_t /*size*/, error_code& /*error*/) {
    return true;
  }
  bool on_number_part(json::string_view part, error_code& /*error*/) {
    number_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t /*value*/, json::string_view part, error_code& error) {
    return end_number(part, error);
  }
  bool on_uint64(std::uint64_t /*value*/, json::string_view part, error_code& error) {
    return end_number(part, error);
  }
  bool on_double(double /*value*/, json::string_view part, error_code& error) {
    return end_number(part, error);
  }
  bool on_bool(bool /*value*/, error_code& /*error*/) { return true; }
  bool on_null(error_code& /*error*/) { return true; }
  bool on_comment_part(json::string_view /*part*/, error_code& /*error*/) { return true; }
  bool on_comment(json::string_view /*part*/, error_code& /*error*/) { return true; }

 private:
  bool enter() {
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }
  bool end_number(json::string_view part, error_code& error) {
    on_number_part(part, error);
    if (in_client_data_ && depth_ == 2) numbers.push_back(number_);
    number_.clear();
    return true;
  }

  std::size_t depth_ = 0;
  bool in_client_data_ = false;
  std::string key_;
  std::string number_;
};

std::size_t count_keys(const json::value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count += object->size();
    for (const auto& member : *object) count += count_keys(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) count += count_keys(element);
  }
  return count;
}

}  // namespace

std::optional<JsonBody> parse_body(std::string_view text, Validation& why_not) {
  why_not = Validation{std::string(kBrokenJson), {}};
  json::parse_options options;
  options.max_depth = kMostDepth;
  error_code error;
  auto value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return std::nullopt;
  if (!value.is_object()) {
    why_not.message = R"("value" must be an object)";
    return std::nullopt;
  }
  json::basic_parser<Witness> walk(options);
  walk.write_some(false, text.data(), text.size(), error);
  const auto& witness = walk.handler();
  if (error || witness.keys != count_keys(value)) return std::nullopt;
  return JsonBody{std::move(value.get_object()), witness.numbers};
}

}  // namespace chartroom::api
