#include "store/postgres/facts.hpp"

#include <sys/stat.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/bytes.hpp"
#include "store/files.hpp"
#include "store/postgres/migrate.hpp"

namespace chartroom::store::postgres {
namespace {

namespace json = boost::json;
using base::ErrorCode;

constexpr int kFormat = 1;

}  // namespace

base::Result<BackupFacts> read_facts(Connection& db) {
  const auto ours =
      db.number("SELECT 1 FROM pg_class WHERE oid = to_regclass('schema_migrations')");
  if (!ours) return base::pass_on(ours.error());
  if (!*ours) return base::fail(ErrorCode::corrupt, "the database holds no store of Chartroom");
  BackupFacts facts;
  auto applied = applied_migrations(db);
  if (!applied) return base::pass_on(applied.error());
  if (auto checked = missing_from(*applied, migrations()); !checked)
    return base::pass_on(checked.error());
  facts.migrations = std::move(*applied);
  auto word =
      db.one<std::string>("SELECT sealed FROM key_check WHERE id = 1",
                          [](const Row& row) -> base::Result<std::string> { return row.text(0); });
  if (!word) return base::pass_on(word.error());
  facts.key_word = word->value_or("");
  return facts;
}

base::Result<void> write_facts(const std::filesystem::path& path, const BackupFacts& facts) {
  json::array applied;
  for (const AppliedMigration& one : facts.migrations) {
    applied.push_back(
        json::object{{"version", one.version}, {"name", one.name}, {"sha256", one.sha256}});
  }
  const json::object document{{"format", kFormat},
                              {"kind", "postgres"},
                              {"contains_until_ms", base::to_unix_ms(facts.contains_until)},
                              {"migrations", std::move(applied)},
                              {"key_check", base::to_base64(facts.key_word)}};
  auto file = OpenFile::create(path);
  if (!file) return base::pass_on(file.error());
  if (auto written = file->write(json::serialize(document) + '\n'); !written) return written;
  return file->sync();
}

base::Result<BackupFacts> load_facts(const std::filesystem::path& path) {
  const auto text = read_whole(path);
  if (!text) return base::pass_on(text.error());
  BackupFacts facts;
  try {
    const json::object document = json::parse(*text).as_object();
    if (document.at("format").as_int64() != kFormat) {
      return base::fail(ErrorCode::corrupt, path.string() + " is of another release's format");
    }
    facts.contains_until = base::from_unix_ms(document.at("contains_until_ms").as_int64());
    for (const json::value& one : document.at("migrations").as_array()) {
      facts.migrations.push_back({static_cast<int>(one.at("version").as_int64()),
                                  std::string(one.at("name").as_string()),
                                  std::string(one.at("sha256").as_string())});
    }
    facts.key_word = base::from_base64(document.at("key_check").as_string()).value();
  } catch (const std::exception&) {
    return base::fail(ErrorCode::corrupt, path.string() + " is broken");
  }
  return facts;
}

base::Result<int> release_of(Connection& db) {
  constexpr std::int64_t kMinorReleases = 10'000;
  const auto number = db.number("SELECT current_setting('server_version_num')::bigint");
  if (!number) return base::pass_on(number.error());
  return static_cast<int>(number->value_or(0) / kMinorReleases);
}

std::optional<int> release_of(const std::filesystem::path& data_directory) {
  const std::string text = read_whole(data_directory / "PG_VERSION").value_or("");
  int release = 0;
  std::from_chars(text.data(), text.data() + text.size(), release);
  return release == 0 ? std::nullopt : std::optional(release);
}

base::Result<std::string> read_whole(const std::filesystem::path& path) {
  const auto file = OpenFile::to_read(path);
  if (!file) return base::pass_on(file.error());
  const auto size = file->size();
  if (!size) return base::pass_on(size.error());
  return file->read_at(0, *size);
}

base::Result<void> make_private_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return {};
  return base::fail(ErrorCode::unavailable, "cannot make the folder " + folder.string() +
                                                "; check its parent's permissions and room");
}

std::optional<std::pair<unsigned, unsigned>> owner_of(const std::filesystem::path& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return std::pair<unsigned, unsigned>{found.st_uid, found.st_gid};
}

std::optional<std::int64_t> log_position(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  constexpr int kHex = 16;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), text.data() + slash, high, kHex);
  const auto second = std::from_chars(text.data() + slash + 1, end, low, kHex);
  if (first.ptr != text.data() + slash || second.ptr != end) return std::nullopt;
  return static_cast<std::int64_t>(high << 32U | low);
}

}  // namespace chartroom::store::postgres
