#include "api/object_reader.hpp"

#include <algorithm>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include "base/text.hpp"

namespace chartroom::api {

namespace json = boost::json;

namespace {

bool is_forbidden_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

}  // namespace

std::optional<std::string> read_text(const json::value& value, const std::string& path,
                                     std::size_t most_code_points, Findings& findings) {
  const auto* string = value.if_string();
  if (string == nullptr) {
    findings.add(path, "must be a string");
    return std::nullopt;
  }
  const std::string_view text(string->data(), string->size());
  if (base::trim(text).empty()) {
    findings.add(path, "is not allowed to be empty");
    return std::nullopt;
  }
  if (base::count_code_points(text) > most_code_points) {
    findings.add(path, "length must be less than or equal to " + std::to_string(most_code_points) +
                           " characters long");
    return std::nullopt;
  }
  if (std::any_of(text.begin(), text.end(), is_forbidden_control)) {
    findings.add(path, "must not contain control characters");
    return std::nullopt;
  }
  return std::string(text);
}

bool ObjectReader::has(std::string_view name) const {
  return object_.contains({name.data(), name.size()});
}

const json::value* ObjectReader::any(std::string_view name, bool required) {
  known_.emplace(name);
  const auto* value = object_.if_contains({name.data(), name.size()});
  if (value == nullptr && required) refuse(name, "is required");
  return value;
}

std::optional<std::string> ObjectReader::text(std::string_view name, std::size_t most_code_points) {
  const auto* value = any(name);
  if (value == nullptr) return std::nullopt;
  return read_text(*value, path(name), most_code_points, findings_);
}

std::optional<std::string> ObjectReader::required_text(std::string_view name,
                                                       std::size_t most_code_points) {
  const auto* value = any(name, true);
  if (value == nullptr) return std::nullopt;
  return read_text(*value, path(name), most_code_points, findings_);
}

std::optional<std::string> ObjectReader::choice(std::string_view name,
                                                const std::vector<std::string>& values,
                                                bool required) {
  auto text = required ? required_text(name) : this->text(name);
  if (!text || std::find(values.begin(), values.end(), *text) != values.end()) return text;
  refuse(name, "must be one of [" + base::join(values, ", ") + "]");
  return std::nullopt;
}

std::optional<bool> ObjectReader::boolean(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* boolean = value->if_bool()) return *boolean;
  refuse(name, "must be a boolean");
  return std::nullopt;
}

const json::object* ObjectReader::object(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) refuse(name, "must be an object");
  return value->if_object();
}

const json::array* ObjectReader::array(std::string_view name, std::size_t most_items) {
  const auto* value = any(name);
  if (value == nullptr) return nullptr;
  const auto* array = value->if_array();
  if (array == nullptr) {
    refuse(name, "must be an array");
    return nullptr;
  }
  if (array->size() > most_items) {
    refuse(name, "must contain less than or equal to " + std::to_string(most_items) + " items");
    return nullptr;
  }
  return array;
}

std::vector<std::string> ObjectReader::texts(std::string_view name) {
  std::vector<std::string> out;
  const auto* values = array(name, base::limits::kListEntries);
  if (values == nullptr) return out;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const auto where = join_path(path(name), std::to_string(i));
    auto text = read_text((*values)[i], where, base::limits::kFieldCodePoints, findings_);
    if (text) out.push_back(*std::move(text));
  }
  return out;
}

void ObjectReader::refuse_unknown() {
  for (const auto& member : object_) {
    const std::string_view name(member.key().data(), member.key().size());
    if (!known_.contains(name)) refuse(name, "is not allowed");
  }
}

}  // namespace chartroom::api
