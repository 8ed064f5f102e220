#include "main/settings_documents.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/setting_rules.hpp"
#include "base/text.hpp"

namespace chartroom::cli {
namespace {

namespace json = boost::json;
using order::Channel;
using order::Field;
using order::OrderType;
using order::Trigger;

template <typename T>
using Words = std::vector<std::pair<std::string, T>>;

const Words<Channel>& channel_words() {
  static const Words<Channel> words{{order::to_string(Channel::portal), Channel::portal},
                                    {order::to_string(Channel::ehr), Channel::ehr},
                                    {order::to_string(Channel::aps), Channel::aps}};
  return words;
}

const Words<Trigger>& trigger_words() {
  static const Words<Trigger> words{{"at_start", Trigger::at_start},
                                    {"when_insufficient", Trigger::when_insufficient}};
  return words;
}

const Words<Field>& field_words() {
  static const Words<Field> words = [] {
    Words<Field> made;
    for (const Field field : {Field::name, Field::date_of_birth, Field::gender, Field::address,
                              Field::providers, Field::hipaa_authorization}) {
      made.emplace_back(order::to_string(field), field);
    }
    return made;
  }();
  return words;
}

template <typename T>
std::optional<T> find_word(const Words<T>& words, const std::string& text) {
  for (const auto& [word, value] : words) {
    if (word == text) return value;
  }
  return std::nullopt;
}

template <typename T>
std::string one_of(const Words<T>& words) {
  std::vector<std::string> known;
  for (const auto& [word, value] : words) known.push_back(word);
  return "must be one of [" + base::join(known, ", ") + "]";
}

std::string duration_text(base::Duration duration) {
  return duration == base::Duration::zero() ? "0s" : base::format_duration(duration);
}

json::object channel_document(const order::ChannelPlan& plan) {
  json::array needs;
  for (const Field field : plan.needs) needs.emplace_back(order::to_string(field));
  return {{"channel", order::to_string(plan.channel)},
          {"trigger", plan.trigger == Trigger::at_start ? "at_start" : "when_insufficient"},
          {"delay", duration_text(plan.delay)},
          {"needs", std::move(needs)}};
}

json::object output_document(const order::Output& output) {
  json::object document{{"name", output.name}, {"format", output.format}};
  if (!output.base_reports.empty()) {
    document["base_reports"] = json::array(output.base_reports.begin(), output.base_reports.end());
  }
  return document;
}

json::value to_json(const app::SettingValue& value) {
  using Kind = app::SettingValue::Kind;
  switch (value.kind) {
    case Kind::text:
      return json::value(value.text);
    case Kind::number:
      return value.number;
    case Kind::flag:
      return value.flag;
    case Kind::list:
      break;
  }
  return json::array(value.list.begin(), value.list.end());
}

// ── reading ─────────────────────────────────────────────────────────────────────────────────────

std::optional<std::set<Field>> read_needs(TableReader& reader) {
  const auto texts = reader.texts("needs");
  if (!texts) return std::nullopt;
  std::set<Field> needs;
  for (std::size_t i = 0; i < texts->size(); ++i) {
    const std::string& text = (*texts)[i];
    if (const auto field = find_word(field_words(), text)) {
      needs.insert(*field);
    } else if (!text.empty()) {  // an empty one was no text at all, and is reported already
      reader.refuse("needs[" + std::to_string(i) + "]", one_of(field_words()));
    }
  }
  return needs;
}

order::ChannelPlan read_channel(const toml::table& table, const std::string& path,
                                DocumentFindings& findings) {
  TableReader reader(table, path, findings);
  order::ChannelPlan plan;
  if (const auto text = reader.text("channel", true)) {
    const auto channel = find_word(channel_words(), *text);
    if (!channel) reader.refuse("channel", one_of(channel_words()));
    plan.channel = channel.value_or(plan.channel);
  }
  if (const auto text = reader.text("trigger")) {
    const auto trigger = find_word(trigger_words(), *text);
    if (!trigger) reader.refuse("trigger", one_of(trigger_words()));
    plan.trigger = trigger.value_or(plan.trigger);
  }
  plan.delay = reader.duration("delay").value_or(plan.delay);
  // Whoever leaves the needs out must not end up with networks asked without an authorization.
  const auto needs = read_needs(reader);
  plan.needs = needs ? *needs : order::usual_needs(plan.channel);
  reader.refuse_unknown();
  return plan;
}

order::Output read_output(const toml::table& table, const std::string& path,
                          DocumentFindings& findings) {
  TableReader reader(table, path, findings);
  order::Output output;
  output.name = reader.text("name", true).value_or("");
  output.format = reader.text("format", true).value_or("");
  output.base_reports = reader.texts("base_reports").value_or(std::vector<std::string>{});
  reader.refuse_unknown();
  return output;
}

void read_sufficiency(TableReader& parent, OrderType& type, DocumentFindings& findings) {
  const auto* table = parent.table("sufficiency");
  if (table == nullptr) return;
  TableReader reader(*table, parent.path("sufficiency"), findings);
  type.sufficiency.sources = reader.count("sources").value_or(type.sufficiency.sources);
  type.sufficiency.facts = reader.count("facts").value_or(type.sufficiency.facts);
  type.sufficiency.named_providers =
      reader.flag("named_providers").value_or(type.sufficiency.named_providers);
  type.sufficiency.months = reader.count("months").value_or(type.sufficiency.months);
  reader.refuse_unknown();
}

/// Values are texts, since they are exact decimals.
void read_levels(TableReader& parent, OrderType& type, DocumentFindings& findings) {
  const auto* table = parent.table("levels");
  if (table == nullptr) return;
  TableReader reader(*table, parent.path("levels"), findings);
  for (const auto& [key, node] : *table) {
    if (const auto value = reader.text(key.str())) type.levels[std::string(key.str())] = *value;
  }
}

/// Reminders that nobody wrote down fit into the time that somebody did.
void fit_reminders(OrderType& type) {
  type.reminders.erase(std::remove_if(type.reminders.begin(), type.reminders.end(),
                                      [&](base::Duration d) { return d >= type.task_time; }),
                       type.reminders.end());
}

OrderType read_members(const toml::table& table, const std::string& path,
                       DocumentFindings& findings) {
  TableReader reader(table, path, findings);
  OrderType type;
  type.code = reader.text("code", true).value_or("");
  type.alias = reader.text("alias", true).value_or("");
  type.description = reader.text("description").value_or("");
  type.timeout = reader.duration("timeout").value_or(type.timeout);
  type.task_time = reader.duration("task_time").value_or(type.task_time);
  if (auto reminders = reader.durations("reminders")) {
    type.reminders = std::move(*reminders);
  } else {
    fit_reminders(type);
  }
  read_sufficiency(reader, type, findings);
  const auto email_required = reader.flag("email_required");
  type.withhold_restricted = reader.flag("withhold_restricted").value_or(false);
  read_levels(reader, type, findings);
  std::size_t index = 0;
  for (const auto* channel : reader.tables("channels", true)) {
    const auto where = reader.path("channels[" + std::to_string(index++) + "]");
    type.channels.push_back(read_channel(*channel, where, findings));
  }
  index = 0;
  for (const auto* output : reader.tables("outputs", true)) {
    const auto where = reader.path("outputs[" + std::to_string(index++) + "]");
    type.outputs.push_back(read_output(*output, where, findings));
  }
  type.email_required = email_required.value_or(type.has(Channel::portal));
  reader.refuse_unknown();
  return type;
}

/// Whether `rule_key` was reported already while reading, itself or a part of it: a value that
/// could not be read must not be blamed a second time for what stands in for it.
bool is_reported(const DocumentFindings& read, const std::string& rule_key) {
  const bool is_channel = rule_key.ends_with(".channel");
  return std::any_of(read.begin(), read.end(), [&](const DocumentFinding& finding) {
    return finding.key.starts_with(rule_key) || (is_channel && finding.key.ends_with(".channel"));
  });
}

/// The text that set_setting() takes; nullopt for a table, a date or a list of other things.
std::optional<std::string> setting_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  const auto* list = node.as_array();
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> parts;
  for (const toml::node& part : *list) {
    const auto* text = part.as_string();
    if (text == nullptr || text->get().empty()) return std::nullopt;
    parts.push_back(text->get());
  }
  return base::join(parts, ",");
}

}  // namespace

json::object order_type_document(const OrderType& type) {
  json::array reminders;
  for (const base::Duration reminder : type.reminders)
    reminders.emplace_back(duration_text(reminder));
  json::array channels;
  for (const order::ChannelPlan& plan : type.channels) channels.push_back(channel_document(plan));
  json::array outputs;
  for (const order::Output& output : type.outputs) outputs.push_back(output_document(output));
  json::object sufficiency{{"sources", type.sufficiency.sources},
                           {"facts", type.sufficiency.facts},
                           {"named_providers", type.sufficiency.named_providers},
                           {"months", type.sufficiency.months}};
  json::object levels;
  for (const auto& [id, value] : type.levels) levels[id] = value;
  return {{"code", type.code},
          {"alias", type.alias},
          {"description", type.description},
          {"timeout", duration_text(type.timeout)},
          {"task_time", duration_text(type.task_time)},
          {"reminders", std::move(reminders)},
          {"sufficiency", std::move(sufficiency)},
          {"email_required", type.email_required},
          {"withhold_restricted", type.withhold_restricted},
          {"levels", std::move(levels)},
          {"channels", std::move(channels)},
          {"outputs", std::move(outputs)}};
}

json::object settings_document(const app::Application& application) {
  json::object document;
  for (const auto& [name, value] : app::settings_of(application)) document[name] = to_json(value);
  return document;
}

std::string order_type_toml(const OrderType& type) { return to_toml(order_type_document(type)); }

std::string order_types_toml(const std::vector<OrderType>& types) {
  json::array documents;
  for (const OrderType& type : types) documents.push_back(order_type_document(type));
  json::object document;
  document["order_types"] = std::move(documents);
  return to_toml(document);
}

OrderType read_order_type(const toml::table& table, const std::string& path,
                          DocumentFindings& findings) {
  DocumentFindings read;
  OrderType type = read_members(table, path, read);
  DocumentFindings ruled;
  for (order::TypeFinding& finding : order::check_order_type(type, app::output_catalog())) {
    std::string key = path.empty() ? std::move(finding.key) : path + "." + finding.key;
    if (!is_reported(read, key)) ruled.push_back({std::move(key), std::move(finding.rule)});
  }
  findings.insert(findings.end(), read.begin(), read.end());
  findings.insert(findings.end(), ruled.begin(), ruled.end());
  return type;
}

std::vector<OrderType> read_order_types(TableReader& document, DocumentFindings& findings) {
  std::vector<OrderType> types;
  std::set<std::string> codes;
  for (const auto* table : document.tables("order_types")) {
    const auto where = document.path("order_types[" + std::to_string(types.size()) + "]");
    types.push_back(read_order_type(*table, where, findings));
    const std::string& code = types.back().code;
    if (!code.empty() && !codes.insert(code).second) {
      findings.push_back({where + ".code", code + " is there already; each may occur once"});
    }
  }
  if (types.size() > order::kOwnOrderTypes) {
    document.refuse("order_types", "must be at most " + std::to_string(order::kOwnOrderTypes));
  }
  return types;
}

void read_settings(const toml::table& table, const std::string& path, app::Application& application,
                   DocumentFindings& findings) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const auto text = setting_text(node);
    if (!text) {
      findings.push_back(
          {path + "." + name, "must be a text, a whole number, true, false or a list of texts"});
      continue;
    }
    if (const auto set = app::set_setting(application, name, *text); !set)
      findings.push_back({path + "." + name, set.error().message});
  }
}

}  // namespace chartroom::cli
