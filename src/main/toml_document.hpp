// TOML in and out: a reader that finds everything that is wrong in a document and says where, and a
// writer whose output is the same for the same values.
#pragma once

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <boost/json/object.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chartroom::cli {

/// One thing that is wrong: where ("order_types[0].channels[1].delay"), and what is allowed there.
struct DocumentFinding {
  std::string key;
  std::string rule;
};
using DocumentFindings = std::vector<DocumentFinding>;

/// Errors: invalid_input (no such file, too large, not TOML; with the line).
[[nodiscard]] base::Result<toml::table> read_toml(const std::filesystem::path& file);

/// Reads the members of one table. Every call marks its member as known and reports what is wrong
/// with it; nullopt and nullptr mean absent or wrong.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string path, DocumentFindings& findings)
      : table_(table), path_(std::move(path)), findings_(findings) {}

  [[nodiscard]] bool has(std::string_view name) const { return table_.contains(name); }
  [[nodiscard]] std::string path(std::string_view name) const;

  const toml::node* any(std::string_view name, bool required = false);
  std::optional<std::string> text(std::string_view name, bool required = false);
  std::optional<bool> flag(std::string_view name);
  /// A whole number that is not negative.
  std::optional<unsigned> count(std::string_view name);
  /// "7d"
  std::optional<base::Duration> duration(std::string_view name);
  std::optional<std::vector<base::Duration>> durations(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name);
  const toml::table* table(std::string_view name);
  /// Tables of an array ([[name]] or [{…}, …]); entries that are none are reported and left out.
  std::vector<const toml::table*> tables(std::string_view name, bool required = false);

  void refuse(std::string_view name, std::string rule) {
    findings_.push_back({path(name), std::move(rule)});
  }
  /// Reports every member that none of the calls above asked for.
  void refuse_unknown();

 private:
  const toml::array* array(std::string_view name, const char* rule);

  const toml::table& table_;
  std::string path_;
  DocumentFindings& findings_;
  std::vector<std::string> known_;
};

/// `object` as TOML, members in their order: values and lists of values as "key = value", objects
/// inline, arrays of objects as [[key]] below `prefix`. These last must be the object's last ones.
[[nodiscard]] std::string to_toml(const boost::json::object& object,
                                  const std::string& prefix = {});

}  // namespace chartroom::cli
