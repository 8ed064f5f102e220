#include "main/toml_document.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

#include "base/text.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::fail;

constexpr std::size_t kFileBytes = std::size_t{1024} * 1024;
constexpr const char* kDurationRule =
    "must be a time such as \"90s\", \"15m\", \"8h\", \"7d\" or \"2w\"";

std::string item(std::string_view name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

std::optional<base::Duration> duration_of(const toml::node& node) {
  const auto* text = node.as_string();
  return text == nullptr ? std::nullopt : base::parse_duration(text->get());
}

/// The library knows how a value is written and escaped.
std::string quoted(std::string_view text) {
  std::ostringstream out;
  const toml::value<std::string> value{std::string(text)};
  out << toml::toml_formatter(value, toml::format_flags::allow_unicode_strings);
  return out.str();
}

std::string name_of(const json::key_value_pair& member) {
  return {member.key().data(), member.key().size()};
}

std::string inline_value(const json::value& value) {
  if (const auto* text = value.if_string()) return quoted({text->data(), text->size()});
  if (const auto* list = value.if_array()) {
    std::vector<std::string> parts;
    for (const json::value& part : *list) parts.push_back(inline_value(part));
    return "[" + base::join(parts, ", ") + "]";
  }
  if (const auto* object = value.if_object()) {
    if (object->empty()) return "{}";
    std::vector<std::string> parts;
    for (const auto& member : *object)
      parts.push_back(name_of(member) + " = " + inline_value(member.value()));
    return "{ " + base::join(parts, ", ") + " }";
  }
  return json::serialize(value);  // whole numbers and booleans are spelled alike
}

bool is_table_list(const json::value& value) {
  const auto* list = value.if_array();
  return list != nullptr && !list->empty() && list->front().is_object();
}

}  // namespace

base::Result<toml::table> read_toml(const std::filesystem::path& file) {
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::invalid_input, file.string() + ": " + why, "file");
  };
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (in) {
    text.resize(kFileBytes + 1);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad() || (!in.eof() && in.fail())) return refuse("cannot be read");
  if (text.size() > kFileBytes) return refuse("is longer than 1 MiB");
  toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return refuse("line " + std::to_string(parsed.error().source().begin.line) + ": " +
                  std::string(parsed.error().description()));
  }
  return std::move(parsed).table();
}

std::string TableReader::path(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

const toml::node* TableReader::any(std::string_view name, bool required) {
  known_.emplace_back(name);
  const toml::node* node = table_.get(name);
  if (node == nullptr && required) refuse(name, "is required");
  return node;
}

std::optional<std::string> TableReader::text(std::string_view name, bool required) {
  const toml::node* node = any(name, required);
  if (node == nullptr) return std::nullopt;
  if (const auto* text = node->as_string()) return text->get();
  refuse(name, "must be a text in quotes");
  return std::nullopt;
}

std::optional<bool> TableReader::flag(std::string_view name) {
  const toml::node* node = any(name);
  if (node == nullptr) return std::nullopt;
  if (const auto* flag = node->as_boolean()) return flag->get();
  refuse(name, "must be true or false");
  return std::nullopt;
}

std::optional<unsigned> TableReader::count(std::string_view name) {
  const toml::node* node = any(name);
  if (node == nullptr) return std::nullopt;
  const auto* number = node->as_integer();
  if (number != nullptr && number->get() >= 0 && number->get() <= std::numeric_limits<int>::max()) {
    return static_cast<unsigned>(number->get());
  }
  refuse(name, "must be a whole number");
  return std::nullopt;
}

std::optional<base::Duration> TableReader::duration(std::string_view name) {
  const toml::node* node = any(name);
  if (node == nullptr) return std::nullopt;
  auto duration = duration_of(*node);
  if (!duration) refuse(name, kDurationRule);
  return duration;
}

const toml::array* TableReader::array(std::string_view name, const char* rule) {
  const toml::node* node = any(name);
  if (node == nullptr) return nullptr;
  if (node->as_array() == nullptr) refuse(name, rule);
  return node->as_array();
}

std::optional<std::vector<base::Duration>> TableReader::durations(std::string_view name) {
  const auto* list = array(name, "must be a list of times such as [\"1d\", \"3d\"]");
  if (list == nullptr) return std::nullopt;
  std::vector<base::Duration> durations;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto duration = duration_of((*list)[i]);
    if (!duration) refuse(item(name, i), kDurationRule);
    durations.push_back(duration.value_or(base::Duration{}));
  }
  return durations;
}

std::optional<std::vector<std::string>> TableReader::texts(std::string_view name) {
  const auto* list = array(name, "must be a list of texts");
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* text = (*list)[i].as_string();
    if (text == nullptr) refuse(item(name, i), "must be a text in quotes");
    texts.push_back(text == nullptr ? std::string() : text->get());
  }
  return texts;
}

const toml::table* TableReader::table(std::string_view name) {
  const toml::node* node = any(name);
  if (node == nullptr) return nullptr;
  if (node->as_table() == nullptr) refuse(name, "must be a table");
  return node->as_table();
}

std::vector<const toml::table*> TableReader::tables(std::string_view name, bool required) {
  std::vector<const toml::table*> tables;
  if (required && !has(name)) {
    (void)any(name, true);
    return tables;
  }
  const auto* list = array(name, "must be a list of tables");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (const auto* table = (*list)[i].as_table()) {
      tables.push_back(table);
    } else {
      refuse(item(name, i), "must be a table");
    }
  }
  return tables;
}

void TableReader::refuse_unknown() {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      refuse(name, "is unknown; known are " + base::join(known_, ", "));
  }
}

std::string to_toml(const json::object& object, const std::string& prefix) {
  std::string out;
  for (const auto& member : object) {
    const std::string name = name_of(member);
    if (!is_table_list(member.value())) {
      out += name + " = " + inline_value(member.value()) + "\n";
      continue;
    }
    for (const json::value& entry : member.value().as_array()) {
      out += "\n[[" + prefix + name + "]]\n";
      out += to_toml(entry.as_object(), prefix + name + ".");
    }
  }
  return out;
}

}  // namespace chartroom::cli
