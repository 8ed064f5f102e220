#include "channel/sandbox/folders.hpp"

#include <fstream>
#include <set>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "channel/sandbox/folder_loader.hpp"

namespace chartroom::channel {
namespace {

bool same_birth_date(const evidence::Person& a, const evidence::Person& b) {
  return a.birth_date && b.birth_date && *a.birth_date == *b.birth_date;
}

std::set<std::string> families(const evidence::Person& person) {
  std::set<std::string> names;
  for (const auto& name : person.names) {
    if (!name.family.empty()) names.insert(base::fold(name.family));
  }
  return names;
}

/// First letters of the given names, folded; UTF-8 sequences are cut at their first byte, which is
/// good enough for a network that is sloppy on purpose.
std::set<char> initials(const evidence::Person& person) {
  std::set<char> letters;
  for (const auto& name : person.names) {
    if (name.given.empty()) continue;
    const std::string folded = base::fold(name.given.front());
    if (!folded.empty()) letters.insert(folded.front());
  }
  return letters;
}

template <typename T>
bool overlap(const std::set<T>& a, const std::set<T>& b) {
  for (const T& value : a) {
    if (b.contains(value)) return true;
  }
  return false;
}

bool loosely_alike(const evidence::Person& a, const evidence::Person& b) {
  return same_birth_date(a, b) ||
         (overlap(families(a), families(b)) && overlap(initials(a), initials(b)));
}

base::Result<app::RetrievedItem> hand_over(const FolderItem& item, bool supporting) {
  app::RetrievedItem out{item.provider_id, item.provider_name, item.media_type, item.label, {},
                         supporting};
  if (item.bytes) {
    out.bytes = *item.bytes;
    return out;
  }
  auto bytes = read_file(item.path);
  if (!bytes || base::sha256_hex(*bytes) != item.sha256) {
    return base::fail(base::ErrorCode::unavailable, "a file of the sandbox's folders has changed");
  }
  out.bytes = std::move(*bytes);
  return out;
}

}  // namespace

base::Result<FolderMatches> FolderIndex::find(const evidence::Person& person) const {
  FolderMatches matches;
  for (const Folder& folder : folders_) {
    bool any = false;
    for (const FolderItem& item : folder.items) {
      bool alike = false;
      for (const evidence::Person& found : item.people) {
        alike = alike || loosely_alike(person, found);
        matches.same_birth_date = matches.same_birth_date || same_birth_date(person, found);
      }
      if (!alike) continue;
      any = true;
      auto out = hand_over(item, false);
      if (!out) return base::pass_on(out.error());
      matches.items.push_back(std::move(*out));
    }
    if (!any) continue;
    for (const FolderItem& item : folder.supporting) {
      auto out = hand_over(item, true);
      if (!out) return base::pass_on(out.error());
      matches.items.push_back(std::move(*out));
    }
  }
  return matches;
}

std::vector<app::RecordChannel::PortalChoice> FolderIndex::providers(
    const evidence::Person& person) const {
  std::vector<app::RecordChannel::PortalChoice> choices;
  std::set<std::string> seen;
  for (const Folder& folder : folders_) {
    for (const FolderItem& item : folder.items) {
      for (const evidence::Person& found : item.people) {
        const bool alike =
            same_birth_date(person, found) && overlap(families(person), families(found));
        if (alike && seen.insert(item.provider_id).second) {
          choices.push_back({item.provider_id, item.provider_name, {}});
        }
      }
    }
  }
  return choices;
}

}  // namespace chartroom::channel
