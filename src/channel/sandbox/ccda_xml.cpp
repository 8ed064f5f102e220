#include "channel/sandbox/ccda_xml.hpp"

namespace chartroom::channel::cda {

pugi::xml_node add(pugi::xml_node parent, const char* name, Attributes attributes) {
  pugi::xml_node node = parent.append_child(name);
  for (const auto& [key, value] : attributes) {
    node.append_attribute(key).set_value(std::string(value).c_str());
  }
  return node;
}

pugi::xml_node add_text(pugi::xml_node parent, const char* name, std::string_view text) {
  pugi::xml_node node = parent.append_child(name);
  node.text().set(std::string(text).c_str());
  return node;
}

void add_template(pugi::xml_node parent, std::string_view tail, std::string_view extension) {
  const std::string root = "2.16.840.1.113883.10.20." + std::string(tail);
  add(parent, "templateId", {{"root", root}});
  if (!extension.empty()) add(parent, "templateId", {{"root", root}, {"extension", extension}});
}

pugi::xml_node add_code(pugi::xml_node parent, const char* name, std::string_view code,
                        std::string_view system, std::string_view display) {
  return add(parent, name, {{"code", code}, {"codeSystem", system}, {"displayName", display}});
}

void add_status(pugi::xml_node parent, std::string_view code) {
  add(parent, "statusCode", {{"code", code}});
}

void add_quantity(pugi::xml_node parent, std::string_view value, std::string_view unit) {
  add(parent, "value", {{"xsi:type", "PQ"}, {"value", value}, {"unit", unit}});
}

pugi::xml_node add_coded_value(pugi::xml_node parent, std::string_view code,
                               std::string_view system, std::string_view display) {
  return add(
      parent, "value",
      {{"xsi:type", "CD"}, {"code", code}, {"codeSystem", system}, {"displayName", display}});
}

void add_reference(pugi::xml_node parent, std::string_view anchor) {
  add(add(parent, "text"), "reference", {{"value", '#' + std::string(anchor)}});
}

std::string stamp(base::TimePoint t) {
  std::string out;
  for (const char c : base::format_iso(t).substr(0, 19)) {
    if (c >= '0' && c <= '9') out += c;
  }
  return out + "+0000";
}

std::string day(base::TimePoint t) { return stamp(t).substr(0, 8); }

Table::Table(pugi::xml_node text, std::initializer_list<std::string_view> headings) {
  pugi::xml_node table = add(text, "table", {{"border", "1"}, {"width", "100%"}});
  pugi::xml_node row = add(add(table, "thead"), "tr");
  for (const std::string_view heading : headings) add_text(row, "th", heading);
  body_ = add(table, "tbody");
}

void Table::row(std::string_view anchor, const std::vector<std::string>& cells) {
  pugi::xml_node row = add(body_, "tr", {{"ID", anchor}});
  for (const std::string& cell : cells) add_text(row, "td", cell);
}

}  // namespace chartroom::channel::cda
