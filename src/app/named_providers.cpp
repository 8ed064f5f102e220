#include "app/named_providers.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "base/text.hpp"

namespace chartroom::app {
namespace {

using Words = std::set<std::string>;

Words words_of(std::string_view name) {
  std::string plain = base::fold(name);
  for (char& c : plain) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || byte >= 0x80;
    // "M.D." and "MD" are one word; whatever else stands between words parts them.
    if (!letter && c != '.') c = ' ';
  }
  std::erase(plain, '.');
  Words words;
  for (std::string& word : base::split(plain, ' ')) {
    if (!word.empty()) words.insert(std::move(word));
  }
  return words;
}

bool is_same(const Words& a, const Words& b) {
  if (a.empty() || b.empty()) return false;
  if (a == b) return true;
  const auto& [shorter, longer] = a.size() < b.size() ? std::tie(a, b) : std::tie(b, a);
  constexpr std::size_t kTelling = 2;  // "Hospital" alone names nobody
  return shorter.size() >= kTelling &&
         std::includes(longer.begin(), longer.end(), shorter.begin(), shorter.end());
}

}  // namespace

std::optional<unsigned> find_named_provider(const std::vector<Provider>& named,
                                            std::string_view provider_name) {
  const Words wanted = words_of(provider_name);
  std::optional<unsigned> found;
  for (std::size_t i = 0; i < named.size(); ++i) {
    const bool same = is_same(words_of(named[i].name.value_or("")), wanted) ||
                      is_same(words_of(named[i].organization_name.value_or("")), wanted);
    if (!same) continue;
    if (found) return std::nullopt;
    found = static_cast<unsigned>(i);
  }
  return found;
}

}  // namespace chartroom::app
