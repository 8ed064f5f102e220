#include "api/validation.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace chartroom::api {
namespace {

constexpr std::size_t kMostKeys = 200;
constexpr std::size_t kPartCodePoints = 100;

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string_view first_code_points(std::string_view text, std::size_t most) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (continues_code_point(text[i])) continue;
    if (most-- == 0) return text.substr(0, i);
  }
  return text;
}

}  // namespace

void Findings::add(std::string_view path, std::string_view rule) {
  if (validation_.message.empty()) {
    validation_.message =
        '"' + std::string(path.empty() ? "value" : path) + "\" " + std::string(rule);
  }
  auto& keys = validation_.keys;
  if (path.empty() || keys.size() >= kMostKeys) return;
  if (std::find(keys.begin(), keys.end(), path) == keys.end()) keys.emplace_back(path);
}

std::string join_path(std::string_view parent, std::string_view name) {
  const auto part = std::string(first_code_points(name, kPartCodePoints));
  return parent.empty() ? part : std::string(parent) + '.' + part;
}

}  // namespace chartroom::api
