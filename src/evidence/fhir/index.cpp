#include "evidence/fhir/index.hpp"

#include <algorithm>

#include "evidence/fhir/values.hpp"

namespace chartroom::evidence::fhir {
namespace {

// PractitionerRole → Practitioner is the longest chain that names need; a loop must end.
constexpr int kNameHops = 3;

bool is_absolute(std::string_view reference) {
  return reference.starts_with("http://") || reference.starts_with("https://");
}

// "https://x/fhir/Patient/1/_history/2" → "https://x/fhir/Patient/1"
std::string_view without_version(std::string_view reference) {
  const std::size_t at = reference.find("/_history/");
  return at == std::string_view::npos ? reference : reference.substr(0, at);
}

// "https://x/fhir/Patient/1" → "Patient/1"; empty when it has no two parts.
std::string_view tail(std::string_view reference) {
  const std::size_t id_at = reference.rfind('/');
  if (id_at == std::string_view::npos || id_at == 0) return {};
  const std::size_t type_at = reference.rfind('/', id_at - 1);
  return type_at == std::string_view::npos ? reference : reference.substr(type_at + 1);
}

// "https://x/fhir/Patient/1" → "https://x/fhir/"; empty for what is no absolute URL.
std::string_view base_of(std::string_view full_url) {
  if (!is_absolute(full_url)) return {};
  const std::string_view last_two = tail(full_url);
  return last_two.empty() ? std::string_view{}
                          : full_url.substr(0, full_url.size() - last_two.size());
}

std::string identifier_key(std::string_view type, std::string_view token) {
  return std::string(type) + "?" + std::string(token);
}

}  // namespace

std::string Resource::locator() const {
  if (!id.empty()) return type + "/" + id;
  std::string_view url = full_url;
  if (url.starts_with("urn:uuid:")) url.remove_prefix(9);
  const std::size_t slash = url.rfind('/');
  if (slash != std::string_view::npos) url.remove_prefix(slash + 1);
  return url.empty() ? type : type + "/" + std::string(url);
}

void Index::put(std::string key, std::size_t position) {
  auto& places = by_key_[std::move(key)];
  if (places.empty() || places.back() != position) places.push_back(position);
}

void Index::add(const Json& json, std::string_view full_url, bool own) {
  Resource resource;
  resource.json = &json;
  resource.type = json["resourceType"].text();
  resource.id = json["id"].text();
  resource.full_url = std::string(without_version(full_url));
  resource.own = own;
  const std::size_t position = resources_.size();
  if (!resource.full_url.empty()) put(resource.full_url, position);
  if (!resource.id.empty()) {
    put(resource.type + "/" + resource.id, position);
    put("urn:uuid:" + resource.id, position);
  }
  for (const Json& identifier : json["identifier"]) {
    const std::string value = identifier["value"].text();
    if (value.empty()) continue;
    put(identifier_key(resource.type, identifier["system"].text() + "|" + value), position);
  }
  by_json_.emplace(&json, position);
  resources_.push_back(std::move(resource));
}

const Resource* Index::find(const Json& json) const {
  const auto found = by_json_.find(&json);
  return found == by_json_.end() ? nullptr : &resources_[found->second];
}

const Json* Index::unique(const std::string& key) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  const Resource* chosen = nullptr;
  for (const std::size_t position : found->second) {
    const Resource& each = resources_[position];
    if (chosen == nullptr) {
      chosen = &each;
    } else if (chosen->own != each.own) {
      if (each.own) chosen = &each;
    } else if (chosen->id != each.id || chosen->full_url != each.full_url) {
      return nullptr;
    }
  }
  return chosen == nullptr ? nullptr : chosen->json;
}

const Json* Index::resolve(std::string_view reference, const Json& from) const {
  if (reference.empty()) return nullptr;
  if (reference.front() == '#') {
    for (const Json& contained : from["contained"]) {
      if (contained["id"].string() == reference.substr(1)) return &contained;
    }
    return nullptr;
  }
  reference = without_version(reference);
  constexpr std::string_view kQuery = "?identifier=";
  if (const std::size_t at = reference.find(kQuery); at != std::string_view::npos) {
    return unique(identifier_key(tail(reference.substr(0, at)).empty()
                                     ? reference.substr(0, at)
                                     : tail(reference.substr(0, at)),
                                 reference.substr(at + kQuery.size())));
  }
  if (!is_absolute(reference) && !reference.starts_with("urn:")) {
    return resolve_relative(reference, from);
  }
  if (const Json* exact = unique(std::string(reference))) return exact;
  if (!is_absolute(reference)) return nullptr;
  const Json* same_id = unique(std::string(tail(reference)));
  if (same_id == nullptr) return nullptr;
  const Resource* resource = find(*same_id);
  return is_absolute(resource->full_url) ? nullptr : same_id;
}

const Json* Index::resolve_relative(std::string_view reference, const Json& from) const {
  // "Patient/1" means the Patient/1 of the server that the referring resource comes from (R4
  // §2.36.4.1); without such an address, the only one that is here.
  const Resource* referrer = find(from);
  const std::string base(referrer == nullptr ? std::string_view{} : base_of(referrer->full_url));
  if (base.empty()) return unique(std::string(reference));
  if (const Json* exact = unique(base + std::string(reference))) return exact;
  const Json* same_id = unique(std::string(reference));
  if (same_id == nullptr) return nullptr;
  return base_of(find(*same_id)->full_url).empty() ? same_id : nullptr;
}

const Json* Index::resolve(const Json& reference, const Json& from) const {
  if (reference["reference"].exists()) return resolve(reference["reference"].string(), from);
  const Json& identifier = reference["identifier"];
  const std::string type = reference["type"].text();
  if (type.empty() || identifier["value"].text().empty()) return nullptr;
  return unique(
      identifier_key(type, identifier["system"].text() + "|" + identifier["value"].text()));
}

std::string Index::display(const Json& reference, const Json& from) const {
  return display_within(reference, from, kNameHops);
}

std::string Index::display_within(const Json& reference, const Json& from, int hops) const {
  if (reference["display"].exists()) return reference["display"].text();
  if (hops == 0) return {};
  const Json* resource = resolve(reference, from);
  return resource == nullptr ? std::string{} : name_of(*resource, hops);
}

std::string Index::name_of(const Json& resource, int hops) const {
  const std::string_view type = resource["resourceType"].string();
  if (type == "Practitioner" || type == "RelatedPerson" || type == "Patient") {
    return human_name_text(resource["name"][0]);
  }
  if (type == "PractitionerRole") {
    std::string name = display_within(resource["practitioner"], resource, hops - 1);
    return name.empty() ? display_within(resource["organization"], resource, hops - 1) : name;
  }
  if (type == "Organization" || type == "Location" || type == "CareTeam") {
    return resource["name"].text();
  }
  if (type == "Device") return resource["deviceName"][0]["name"].text();
  return {};
}

}  // namespace chartroom::evidence::fhir
