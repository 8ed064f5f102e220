#include "main/settings_commands.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <set>

#include "app/setting_rules.hpp"
#include "base/text.hpp"
#include "main/commands.hpp"
#include "main/print.hpp"
#include "main/settings_documents.hpp"
#include "main/wiring.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

/// An application as the commands find it.
struct Found {
  std::unique_ptr<OpenStore> house;
  std::unique_ptr<app::TenantStore> tenant;
  app::Application application;
  std::vector<order::OrderType> own;

  [[nodiscard]] const std::vector<order::OrderType>& types() const {
    return app::effective_order_types(own);
  }
  [[nodiscard]] base::TimePoint now() const {
    return house->clock.now() + application.clock_offset;
  }
};

Result<Found> find(const Config& config, const std::string& client_id) {
  auto open = open_store(config, Purpose::tool);
  if (!open) return pass_on(open.error());
  Found found;
  found.house = std::move(*open);
  auto application = find_application(*found.house->store, client_id);
  if (!application) return pass_on(application.error());
  found.application = std::move(*application);
  found.tenant = found.house->store->tenant(client_id);
  auto own = found.tenant->own_order_types();
  if (!own) return pass_on(own.error());
  found.own = std::move(*own);
  return found;
}

/// All of them, one a line; the exit code.
int report_findings(const std::string& where, const DocumentFindings& findings) {
  for (const DocumentFinding& finding : findings)
    std::cerr << "chartroom: " << where << finding.key << ": " << finding.rule << "\n";
  std::cerr << "chartroom: nothing was changed" << std::endl;
  return kUsedWrongly;
}

json::object application_document(const Found& found) {
  const app::Application& application = found.application;
  json::array codes;
  for (const order::OrderType& type : found.types()) codes.emplace_back(type.code);
  return {{"client_id", application.client_id},
          {"name", application.name},
          {"sandbox", application.sandbox},
          {"enabled", application.enabled},
          {"created_at", base::format_iso(application.created_at)},
          {"settings", settings_document(application)},
          {"own_order_types", !found.own.empty()},
          {"order_types", std::move(codes)}};
}

app::InsertAudit audit(const Found& found, const char* action, const std::string& subject) {
  return {{"", "operator", action, subject, found.now()}};
}

/// Types and settings. Types first: a default type is there before it is the default.
Result<void> save(Found& found, app::Commit writes, const app::Application& application) {
  const bool is_changed = application.settings != found.application.settings ||
                          application.default_order_type != found.application.default_order_type;
  if (is_changed)
    writes.emplace_back(audit(found, "application.configured", application.client_id));
  if (!writes.empty()) {
    if (auto committed = found.tenant->commit(writes); !committed)
      return pass_on(committed.error());
  }
  if (is_changed) {
    if (auto updated = found.house->store->update_application(application); !updated)
      return pass_on(updated.error());
  }
  found.application = application;
  return {};
}

/// What makes the application's own types exactly `types`.
app::Commit replace_types(const Found& found, const std::vector<order::OrderType>& types) {
  app::Commit writes;
  for (const order::OrderType& known : found.own) {
    const bool stays = std::any_of(types.begin(), types.end(), [&](const order::OrderType& type) {
      return type.code == known.code;
    });
    if (stays) continue;
    writes.emplace_back(app::RemoveOrderType{known.code});
    writes.emplace_back(audit(found, "order_type.removed", known.code));
  }
  for (const order::OrderType& type : types) {
    const bool is_same =
        std::any_of(found.own.begin(), found.own.end(), [&](const order::OrderType& known) {
          return order::to_json(known) == order::to_json(type);
        });
    if (is_same) continue;
    writes.emplace_back(app::PutOrderType{type});
    writes.emplace_back(audit(found, "order_type.stored", type.code));
  }
  return writes;
}

/// As the store lists them.
void sort_by_code(std::vector<order::OrderType>& types) {
  std::sort(types.begin(), types.end(),
            [](const order::OrderType& a, const order::OrderType& b) { return a.code < b.code; });
}

std::string where_in(const std::filesystem::path& file) { return file.string() + ": "; }

int unknown_code(const Found& found, const std::string& code) {
  std::vector<std::string> codes;
  for (const order::OrderType& type : found.types()) codes.push_back(type.code);
  return report_error({ErrorCode::invalid_input,
                       "--code: must be one of [" + base::join(codes, ", ") + "]" +
                           (code.empty() ? "" : "; there is no \"" + code + "\""),
                       "code"});
}

const order::OrderType* find_type(const std::vector<order::OrderType>& types,
                                  const std::string& code) {
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const order::OrderType& type) { return type.code == code; });
  return found == types.end() ? nullptr : &*found;
}

/// The types of a file that has one, or several below "order_types".
std::vector<order::OrderType> read_types(const toml::table& table, const std::string& code,
                                         DocumentFindings& findings) {
  std::vector<order::OrderType> types;
  if (table.contains("order_types")) {
    TableReader reader(table, "", findings);
    types = read_order_types(reader, findings);
    reader.refuse_unknown();
    if (types.empty()) reader.refuse("order_types", "must have at least one");
  } else {
    types.push_back(read_order_type(table, "", findings));
  }
  if (!code.empty() && (types.size() != 1 || types.front().code != code))
    findings.push_back({"code", "must be \"" + code + "\", as --code says, and no other"});
  return types;
}

}  // namespace

int app_set(const Config& config, const std::string& client_id,
            const std::vector<std::string>& assignments) {
  auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  app::Application changed = found->application;
  DocumentFindings findings;
  std::set<std::string> names;
  for (const std::string& assignment : assignments) {
    const auto equals = assignment.find('=');
    const std::string name = assignment.substr(0, equals);
    if (equals == std::string::npos) {
      findings.push_back({name, "must be name=value"});
    } else if (!names.insert(name).second) {
      findings.push_back({name, "is given twice"});
    } else if (const auto set = app::set_setting(changed, name, assignment.substr(equals + 1));
               !set) {
      findings.push_back({name, set.error().message});
    }
  }
  const auto good = app::check_default_order_type(changed.default_order_type, found->own);
  if (!good && names.count(good.error().field) != 0 && !changed.default_order_type.empty())
    findings.push_back({good.error().field, good.error().message});
  if (!findings.empty()) return report_findings("", findings);
  if (const auto stored = save(*found, {}, changed); !stored) return report_error(stored.error());
  print(application_document(*found));
  return kDone;
}

int app_show(const Config& config, const std::string& client_id) {
  const auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  print(application_document(*found));
  return kDone;
}

int app_export(const Config& config, const std::string& client_id) {
  const auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  // Without own types the file says so, so that taking it in leaves none either.
  if (found->own.empty()) std::cout << "order_types = []\n\n";
  std::cout << "[settings]\n" << to_toml(settings_document(found->application));
  if (!found->own.empty()) std::cout << order_types_toml(found->own);
  std::cout << std::flush;
  return kDone;
}

int app_import(const Config& config, const std::string& client_id,
               const std::filesystem::path& file) {
  auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  const auto document = read_toml(file);
  if (!document) return report_error(document.error());

  app::Application changed = found->application;
  std::vector<order::OrderType> types = found->own;
  DocumentFindings findings;
  TableReader reader(*document, "", findings);
  if (const auto* settings = reader.table("settings"))
    read_settings(*settings, "settings", changed, findings);
  if (reader.has("order_types")) types = read_order_types(reader, findings);
  if (!reader.has("settings") && !reader.has("order_types"))
    findings.push_back({"settings", "or order_types is needed"});
  reader.refuse_unknown();
  const bool are_codes_known =
      std::none_of(findings.begin(), findings.end(), [](const DocumentFinding& finding) {
        return finding.key.ends_with(".code") || finding.key.ends_with("default_order_type");
      });
  const auto good = app::check_default_order_type(changed.default_order_type, types);
  if (!good && are_codes_known)
    findings.push_back({"settings.default_order_type", good.error().message});
  if (!findings.empty()) return report_findings(where_in(file), findings);

  if (const auto stored = save(*found, replace_types(*found, types), changed); !stored)
    return report_error(stored.error());
  sort_by_code(types);
  found->own = std::move(types);
  print(application_document(*found));
  return kDone;
}

int order_type_list(const Config& config, const std::string& client_id) {
  const auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  json::array lines;
  for (const order::OrderType& type : found->types()) {
    lines.push_back({{"code", type.code},
                     {"alias", type.alias},
                     {"description", type.description},
                     {"own", !found->own.empty()},
                     {"default", type.code == found->application.default_order_type}});
  }
  print_list(lines);
  return kDone;
}

int order_type_show(const Config& config, const std::string& client_id, const std::string& code) {
  const auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  if (code.empty()) {
    json::array documents;
    for (const order::OrderType& type : found->types())
      documents.push_back(order_type_document(type));
    print_list(documents);
    return kDone;
  }
  const auto* type = find_type(found->types(), code);
  if (type == nullptr) return unknown_code(*found, code);
  print(order_type_document(*type));
  return kDone;
}

int order_type_export(const Config& config, const std::string& client_id, const std::string& code) {
  const auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  if (code.empty()) {
    const std::string text = order_types_toml(found->types());
    std::cout << text.substr(text.find_first_not_of('\n')) << std::flush;
    return kDone;
  }
  const auto* type = find_type(found->types(), code);
  if (type == nullptr) return unknown_code(*found, code);
  std::cout << order_type_toml(*type) << std::flush;
  return kDone;
}

int order_type_import(const Config& config, const std::string& client_id, const std::string& code,
                      const std::filesystem::path& file) {
  auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  const auto document = read_toml(file);
  if (!document) return report_error(document.error());
  DocumentFindings findings;
  const auto read = read_types(*document, code, findings);
  std::vector<order::OrderType> types = read;
  for (const order::OrderType& known : found->own) {
    if (find_type(read, known.code) == nullptr) types.push_back(known);
  }
  if (types.size() > order::kOwnOrderTypes)
    findings.push_back({"order_types", "an application has at most 50 of its own"});
  // The first own type takes the place of the five that every application has. Where it is the only
  // one, nothing else can be the default.
  app::Application changed = found->application;
  if (found->own.empty() && types.size() == 1) changed.default_order_type = types.front().code;
  const auto good = app::check_default_order_type(changed.default_order_type, types);
  if (!good && findings.empty()) findings.push_back({good.error().field, good.error().message});
  if (!findings.empty()) return report_findings(where_in(file), findings);

  if (const auto stored = save(*found, replace_types(*found, types), changed); !stored)
    return report_error(stored.error());
  json::array codes;
  for (const order::OrderType& type : read) codes.emplace_back(type.code);
  print(json::object{{"imported", std::move(codes)},
                     {"default_order_type", found->application.default_order_type}});
  return kDone;
}

int order_type_remove(const Config& config, const std::string& client_id, const std::string& code) {
  auto found = find(config, client_id);
  if (!found) return report_error(found.error());
  if (find_type(found->types(), code) == nullptr) return unknown_code(*found, code);
  if (found->own.empty()) {
    return report_error({ErrorCode::invalid_input,
                         "--code: this application has no order types of its own; the ones that "
                         "every application has cannot be removed",
                         "code"});
  }
  if (code == found->application.default_order_type) {
    return report_error({ErrorCode::invalid_input,
                         "--code: \"" + code +
                             "\" is the default order type; choose another one first with "
                             "'chartroom app set default_order_type=CODE'",
                         "code"});
  }
  app::Commit writes{app::RemoveOrderType{code}};
  writes.emplace_back(audit(*found, "order_type.removed", code));
  if (const auto stored = save(*found, std::move(writes), found->application); !stored)
    return report_error(stored.error());
  print(json::object{{"removed", code}});
  return kDone;
}

}  // namespace chartroom::cli
