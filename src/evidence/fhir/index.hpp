// The resources of one item and how they refer to each other (FHIR R4 §2.3 "References").
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "evidence/fhir/json.hpp"

namespace chartroom::evidence::fhir {

struct Resource {
  const Json* json = nullptr;
  std::string type;
  std::string id;
  std::string full_url;
  bool own = false;  ///< of the item that is read; false: of a supporting file

  /// "Observation/123"; the tail of the fullUrl where the resource has no id.
  [[nodiscard]] std::string locator() const;
};

class Index {
 public:
  /// `json` must outlive the index.
  void add(const Json& json, std::string_view full_url, bool own);

  /// What `reference` points at when it stands in `from`: "#id" (contained), "Type/id", an
  /// absolute URL, "urn:uuid:…" or "Type?identifier=system|value". Null when it is not here, or
  /// when the same address names two different resources.
  ///
  /// An absolute URL of one server never resolves to a resource that is known to come from
  /// another: "Patient/1" exists everywhere.
  [[nodiscard]] const Json* resolve(std::string_view reference, const Json& from) const;
  /// As above for a Reference object, whose `identifier` is used when it has no `reference`.
  [[nodiscard]] const Json* resolve(const Json& reference, const Json& from) const;

  [[nodiscard]] const std::vector<Resource>& resources() const { return resources_; }
  [[nodiscard]] const Resource* find(const Json& json) const;

  /// Name of what a Reference points at: its own `display`, else from the resource.
  [[nodiscard]] std::string display(const Json& reference, const Json& from) const;

 private:
  [[nodiscard]] const Json* resolve_relative(std::string_view reference, const Json& from) const;
  [[nodiscard]] const Json* unique(const std::string& key) const;
  void put(std::string key, std::size_t position);
  [[nodiscard]] std::string name_of(const Json& resource, int hops) const;
  [[nodiscard]] std::string display_within(const Json& reference, const Json& from, int hops) const;

  std::vector<Resource> resources_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_key_;
  std::unordered_map<const Json*, std::size_t> by_json_;
};

}  // namespace chartroom::evidence::fhir
