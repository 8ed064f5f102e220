#include "channel/sandbox/folder_loader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "channel/sandbox/chance.hpp"
#include "evidence/read.hpp"

namespace chartroom::channel {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kSupportingTypes = {
    "Organization", "Practitioner", "PractitionerRole", "Location", "Medication"};

std::string provider_id_of(const std::string& name) { return stable_hex("folder|" + name, 24); }

/// The organisation that most facts name, or the custodian of the document; empty when none is.
std::string provider_of(const evidence::Reading& reading) {
  for (const auto& document : reading.documents) {
    if (!document.custodian.empty()) return document.custodian;
  }
  std::map<std::string, std::size_t> counts;
  for (const auto& fact : reading.facts) {
    if (!fact.organization.empty()) ++counts[fact.organization];
  }
  std::string best;
  std::size_t most = 0;
  for (const auto& [name, count] : counts) {
    if (count > most) {
      most = count;
      best = name;
    }
  }
  return best;
}

/// Adds people and provider of what the item holds.
void describe(FolderItem& item, std::vector<evidence::Reading> readings) {
  for (evidence::Reading& reading : readings) {
    const std::string provider = item.people.empty() ? provider_of(reading) : std::string();
    if (!provider.empty()) {
      item.provider_name = provider;
      item.provider_id = provider_id_of(provider);
    }
    item.people.push_back(std::move(reading.person));
  }
}

/// "Patient/123" or ".../Patient/123" or "urn:uuid:123" → "123".
std::string reference_id(std::string_view reference) {
  const std::size_t history = reference.find("/_history/");
  if (history != std::string_view::npos) reference = reference.substr(0, history);
  const std::size_t cut = reference.find_last_of("/:");
  return std::string(cut == std::string_view::npos ? reference : reference.substr(cut + 1));
}

std::string patient_of(const simdjson::dom::element& resource) {
  for (const char* path : {"subject", "patient", "beneficiary"}) {
    std::string_view reference;
    if (resource[path]["reference"].get(reference) != simdjson::SUCCESS) continue;
    if (reference.find("Patient/") != std::string_view::npos ||
        reference.substr(0, 9) == "urn:uuid:") {
      return reference_id(reference);
    }
  }
  return {};
}

std::string joined_rows(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + '\n';
  return text;
}

}  // namespace

std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > base::limits::kDocumentBytes) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (static_cast<std::uintmax_t>(in.gcount()) != size) return std::nullopt;
  return bytes;
}

FolderIndex FolderLoader::load(const std::vector<fs::path>& roots) && {
  for (const fs::path& root : roots) {
    std::map<fs::path, std::vector<fs::path>> by_folder;
    std::error_code error;
    std::size_t count = 0;
    fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                           error);
    if (error) skip(root, "folder cannot be read");
    for (; !error && entry != fs::recursive_directory_iterator() && count < kFolderFiles;
         entry.increment(error)) {
      std::error_code ignored;
      if (!entry->is_regular_file(ignored)) continue;
      by_folder[entry->path().parent_path()].push_back(entry->path());
      ++count;
    }
    for (auto& [path, files] : by_folder) {
      std::sort(files.begin(), files.end());
      load_folder(path, files);
    }
  }
  for (const Folder& folder : index_.folders_) {
    for (const FolderItem& item : folder.items) index_.people_ += item.people.size();
  }
  if (!roots.empty()) {
    logger_.info("sandbox folders read",
                 {{"people", static_cast<std::int64_t>(index_.people_)},
                  {"skipped_files", static_cast<std::int64_t>(skipped_)},
                  {"cached_bytes", static_cast<std::int64_t>(cached_bytes_)}});
  }
  return std::move(index_);
}

void FolderLoader::load_folder(const fs::path& path, const std::vector<fs::path>& files) {
  Folder folder;
  folder.name = base::to_valid_utf8(path.filename().string());
  if (folder.name.empty())
    folder.name = base::to_valid_utf8(path.parent_path().filename().string());
  Pool pool;
  for (const fs::path& file : files) load_file(file, folder, pool);
  close_pool(folder, pool);
  if (!folder.items.empty()) index_.folders_.push_back(std::move(folder));
}

void FolderLoader::load_file(const fs::path& path, Folder& folder, Pool& pool) {
  auto bytes = read_file(path);
  if (!bytes) return skip(path, "cannot be read or too large");
  switch (evidence::detect(*bytes)) {
    case evidence::Detected::ccda:
      return load_document(path, std::move(*bytes), true, folder);
    case evidence::Detected::fhir_ndjson: {
      std::size_t bad = 0;
      for (const std::string& line : base::split(*bytes, '\n')) {
        const std::string_view row = base::trim(line);
        if (!row.empty() && !add_row(std::string(row), pool)) ++bad;
      }
      if (bad > 0) skip(path, "some rows are no resources");
      return;
    }
    case evidence::Detected::fhir_json: {
      simdjson::dom::parser parser;
      simdjson::dom::element resource;
      std::string_view type;
      if (parser.parse(*bytes).get(resource) != simdjson::SUCCESS ||
          resource["resourceType"].get(type) != simdjson::SUCCESS) {
        return skip(path, "no FHIR resource");
      }
      if (type == "Bundle") return load_document(path, std::move(*bytes), false, folder);
      // Minified, so that it is one row; numbers keep their digits.
      std::string row(bytes->size() + simdjson::SIMDJSON_PADDING, '\0');
      std::size_t length = 0;
      if (simdjson::minify(bytes->data(), bytes->size(), row.data(), length) != simdjson::SUCCESS) {
        return skip(path, "no JSON");
      }
      row.resize(length);
      if (!add_row(std::move(row), pool)) skip(path, "no FHIR resource");
      return;
    }
    default:
      return skip(path, "neither FHIR nor a C-CDA document");
  }
}

void FolderLoader::load_document(const fs::path& path, std::string bytes, bool ccda,
                                 Folder& folder) {
  std::vector<evidence::Reading> readings;
  if (ccda) {
    auto reading = evidence::read_ccda(bytes);
    if (!reading) return skip(path, "C-CDA cannot be read");
    readings.push_back(std::move(*reading));
  } else {
    auto read = evidence::read_fhir(bytes);
    if (!read) return skip(path, "FHIR Bundle cannot be read");
    readings = std::move(*read);
  }
  // A reader may give facts of nobody a nameless person; that is no patient.
  std::erase_if(readings, [](const evidence::Reading& reading) {
    return reading.person.names.empty() && !reading.person.birth_date;
  });
  FolderItem item =
      make_item(folder, ccda ? "application/xml" : "application/fhir+json",
                base::to_valid_utf8(path.filename().string()), std::move(bytes), path);
  if (readings.empty()) {
    if (ccda) return skip(path, "names no patient");
    folder.supporting.push_back(std::move(item));
    return;
  }
  describe(item, std::move(readings));
  folder.items.push_back(std::move(item));
}

bool FolderLoader::add_row(std::string row, Pool& pool) {
  simdjson::dom::parser parser;
  simdjson::dom::element resource;
  std::string_view type;
  if (parser.parse(row).get(resource) != simdjson::SUCCESS ||
      resource["resourceType"].get(type) != simdjson::SUCCESS) {
    return false;
  }
  if (type == "Patient") {
    std::string_view id;
    if (resource["id"].get(id) != simdjson::SUCCESS) return false;
    pool.patients[std::string(id)] = std::move(row);
    return true;
  }
  const std::string patient = patient_of(resource);
  if (!patient.empty()) {
    pool.rows[patient].push_back(std::move(row));
  } else if (std::find(kSupportingTypes.begin(), kSupportingTypes.end(), type) !=
             kSupportingTypes.end()) {
    pool.supporting.push_back(std::move(row));
  }
  return true;
}

void FolderLoader::close_pool(Folder& folder, Pool& pool) {
  if (pool.patients.empty()) return;
  for (auto& [id, patient] : pool.patients) {
    std::string bytes = patient + '\n' + joined_rows(pool.rows[id]);
    auto readings = evidence::read_fhir(bytes);
    // The label must not tell who it is; an id may be anything, so it is hashed.
    FolderItem item =
        make_item(folder, "application/fhir+ndjson",
                  folder.name + "-" + stable_hex(id, 8) + ".ndjson", std::move(bytes), {});
    if (!readings || readings->empty()) {
      skip(item.label, "rows of one patient cannot be read");
      continue;
    }
    describe(item, std::move(*readings));
    folder.items.push_back(std::move(item));
  }
  if (!pool.supporting.empty()) {
    folder.supporting.push_back(make_item(folder, "application/fhir+ndjson",
                                          folder.name + "-supporting.ndjson",
                                          joined_rows(pool.supporting), {}));
  }
}

FolderItem FolderLoader::make_item(const Folder& folder, std::string media_type, std::string label,
                                   std::string bytes, const fs::path& path) {
  FolderItem item;
  item.provider_name = folder.name;
  item.provider_id = provider_id_of(folder.name);
  item.media_type = std::move(media_type);
  item.label = std::move(label);
  item.path = path;
  item.sha256 = base::sha256_hex(bytes);
  // Rows have no file of their own to come back to, so they always stay.
  if (path.empty() || cached_bytes_ + bytes.size() <= kFolderCacheBytes) {
    cached_bytes_ += bytes.size();
    item.bytes = std::make_shared<const std::string>(std::move(bytes));
  }
  return item;
}

void FolderLoader::skip(const fs::path& path, const char* why) {
  ++skipped_;
  // Files of patients are often named after them: the log gets a hash of the path, which finds the
  // file (printf %s PATH | sha256sum) and tells nothing.
  const std::string hash = base::sha256_hex(path.string()).substr(0, 12);
  const std::string kind = base::to_valid_utf8(path.extension().string());
  logger_.warning("sandbox file skipped", {{"path_sha256", std::string_view(hash)},
                                           {"extension", std::string_view(kind)},
                                           {"reason", std::string_view(why)}});
}

FolderIndex FolderIndex::load(const std::vector<fs::path>& roots, base::Logger& logger) {
  return FolderLoader(logger).load(roots);
}

}  // namespace chartroom::channel
