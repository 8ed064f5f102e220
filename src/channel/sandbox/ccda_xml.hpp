// Small pieces of C-CDA: attributes, codes, times, tables. Built with pugixml, never pasted.
#pragma once

#include <initializer_list>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace chartroom::channel::cda {

using Attributes = std::initializer_list<std::pair<const char*, std::string_view>>;

inline constexpr std::string_view kLoinc = "2.16.840.1.113883.6.1";
inline constexpr std::string_view kSnomed = "2.16.840.1.113883.6.96";
inline constexpr std::string_view kIcd10 = "2.16.840.1.113883.6.90";
inline constexpr std::string_view kRxNorm = "2.16.840.1.113883.6.88";
inline constexpr std::string_view kCvx = "2.16.840.1.113883.12.292";
inline constexpr std::string_view kActCode = "2.16.840.1.113883.5.4";

pugi::xml_node add(pugi::xml_node parent, const char* name, Attributes attributes = {});
pugi::xml_node add_text(pugi::xml_node parent, const char* name, std::string_view text);
/// templateId of the C-CDA family: `tail` follows 2.16.840.1.113883.10.20. A dated template is
/// named twice, the bare root for older readers.
void add_template(pugi::xml_node parent, std::string_view tail, std::string_view extension = {});
pugi::xml_node add_code(pugi::xml_node parent, const char* name, std::string_view code,
                        std::string_view system, std::string_view display);
void add_status(pugi::xml_node parent, std::string_view code);
/// value with xsi:type PQ.
void add_quantity(pugi::xml_node parent, std::string_view value, std::string_view unit);
/// value with xsi:type CD.
pugi::xml_node add_coded_value(pugi::xml_node parent, std::string_view code,
                               std::string_view system, std::string_view display);
/// text/reference to the narrative.
void add_reference(pugi::xml_node parent, std::string_view anchor);

/// "20240115143000+0000" and "20240115".
[[nodiscard]] std::string stamp(base::TimePoint t);
[[nodiscard]] std::string day(base::TimePoint t);

/// A narrative table; each row has an anchor that entries refer to.
class Table {
 public:
  Table(pugi::xml_node text, std::initializer_list<std::string_view> headings);
  void row(std::string_view anchor, const std::vector<std::string>& cells);

 private:
  pugi::xml_node body_;
};

}  // namespace chartroom::channel::cda
