#include "evidence/fhir/json.hpp"

#include <simdjson.h>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace chartroom::evidence::fhir {

using base::ErrorCode;
namespace ondemand = simdjson::ondemand;

namespace {
const Json& missing_value() {
  static const Json kMissing;
  return kMissing;
}
}  // namespace

const Json& Json::operator[](std::string_view name) const {
  if (type == Type::object) {
    for (const Json& child : children) {
      if (child.key == name) return child;
    }
  }
  return missing_value();
}

const Json& Json::operator[](std::size_t position) const {
  if (type == Type::array) {
    return position < children.size() ? children[position] : missing_value();
  }
  return position == 0 ? *this : missing_value();
}

const Json* Json::begin() const {
  if (type == Type::array) return children.data();
  return type == Type::object ? this : nullptr;
}

const Json* Json::end() const {
  if (type == Type::array) return children.data() + children.size();
  return type == Type::object ? this + 1 : nullptr;
}

bool is_json_number(std::string_view token) {
  std::size_t i = 0;
  const auto digits = [&token, &i] {
    const std::size_t start = i;
    while (i < token.size() && token[i] >= '0' && token[i] <= '9') ++i;
    return i - start;
  };
  if (i < token.size() && token[i] == '-') ++i;
  const std::size_t whole_at = i;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && token[whole_at] == '0')) return false;
  if (i < token.size() && token[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
    ++i;
    if (i < token.size() && (token[i] == '+' || token[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == token.size();
}

namespace {

// Walks one document. Errors are simdjson's: a bool would lose which limit was hit.
class Walker {
 public:
  explicit Walker(std::size_t& nodes_left) : nodes_left_(nodes_left) {}

  // `value` is an ondemand::value, or the document itself at the root.
  template <typename Value>
  simdjson::error_code read(Value& value, Json& out, std::size_t depth) {
    if (depth > base::limits::kJsonDepth) return simdjson::DEPTH_ERROR;
    if (nodes_left_ == 0) return simdjson::CAPACITY;
    --nodes_left_;
    ondemand::json_type type{};
    if (auto error = value.type().get(type)) return error;
    switch (type) {
      case ondemand::json_type::object:
        return read_object(value, out, depth);
      case ondemand::json_type::array:
        return read_array(value, out, depth);
      case ondemand::json_type::string:
        out.type = Json::Type::string;
        return value.get_string().get(out.scalar);
      case ondemand::json_type::number:
        return read_number(value, out);
      case ondemand::json_type::boolean:
        return read_boolean(value, out);
      case ondemand::json_type::null:
        return read_null(value, out);
    }
    return simdjson::INCORRECT_TYPE;
  }

 private:
  template <typename Value>
  simdjson::error_code read_object(Value& value, Json& out, std::size_t depth) {
    out.type = Json::Type::object;
    ondemand::object object;
    if (auto error = value.get_object().get(object)) return error;
    for (auto each : object) {
      ondemand::field field;
      if (auto error = std::move(each).get(field)) return error;
      Json& child = out.children.emplace_back();
      if (auto error = field.unescaped_key().get(child.key)) return error;
      if (auto error = read(field.value(), child, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  template <typename Value>
  simdjson::error_code read_array(Value& value, Json& out, std::size_t depth) {
    out.type = Json::Type::array;
    ondemand::array array;
    if (auto error = value.get_array().get(array)) return error;
    for (auto each : array) {
      ondemand::value item;
      if (auto error = std::move(each).get(item)) return error;
      if (auto error = read(item, out.children.emplace_back(), depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  static simdjson::simdjson_result<std::string_view> token_of(ondemand::document& document) {
    return document.raw_json_token();
  }
  static simdjson::simdjson_result<std::string_view> token_of(ondemand::value& value) {
    return value.raw_json_token();
  }

  template <typename Value>
  simdjson::error_code read_number(Value& value, Json& out) {
    out.type = Json::Type::number;
    std::string_view token;
    if (auto error = token_of(value).get(token)) return error;
    out.scalar = base::trim(token);
    if (!is_json_number(out.scalar)) return simdjson::NUMBER_ERROR;
    // The token is only looked at; a value that was not consumed would be skipped by the iterator.
    return simdjson::SUCCESS;
  }

  template <typename Value>
  simdjson::error_code read_boolean(Value& value, Json& out) {
    out.type = Json::Type::boolean;
    bool flag = false;
    if (auto error = value.get_bool().get(flag)) return error;
    out.scalar = flag ? "true" : "false";
    return simdjson::SUCCESS;
  }

  template <typename Value>
  simdjson::error_code read_null(Value& value, Json& out) {
    out.type = Json::Type::null;
    std::string_view token;
    if (auto error = token_of(value).get(token)) return error;
    return base::trim(token) == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
  }

  std::size_t& nodes_left_;
};

}  // namespace

struct JsonDocument::Buffers {
  simdjson::padded_string text;
  ondemand::parser parser;
  Json root;
};

JsonDocument::JsonDocument(std::unique_ptr<Buffers> buffers) : buffers_(std::move(buffers)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

const Json& JsonDocument::root() const { return buffers_->root; }

base::Result<JsonDocument> JsonDocument::parse(std::string_view bytes, std::size_t& nodes_left) {
  if (bytes.size() > base::limits::kDocumentBytes) {
    return base::fail(ErrorCode::too_large, "The item is larger than a document may be.");
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  auto buffers = std::make_unique<Buffers>();
  buffers->text = simdjson::padded_string(bytes);
  ondemand::document document;
  simdjson::error_code error = buffers->parser.iterate(buffers->text).get(document);
  if (!error) error = Walker(nodes_left).read(document, buffers->root, 1);
  if (error == simdjson::CAPACITY && nodes_left == 0) {
    return base::fail(ErrorCode::too_large, "the item holds too many JSON values");
  }
  if (error == simdjson::DEPTH_ERROR) {
    return base::fail(ErrorCode::corrupt, "The JSON is nested too deeply.");
  }
  // Whatever follows the one value that a JSON text may hold has a location.
  const char* behind = nullptr;
  const bool trailing = !error && !document.current_location().get(behind);
  if (error || trailing) {
    return base::fail(ErrorCode::corrupt, "The item is no well-formed JSON.");
  }
  return JsonDocument(std::move(buffers));
}

}  // namespace chartroom::evidence::fhir
