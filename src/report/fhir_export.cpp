#include "report/fhir_export.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "report/apidata.hpp"
#include "report/fhir_resources.hpp"
#include "report/rules.hpp"
#include "report/zip_file.hpp"

namespace chartroom::report {
namespace {

namespace json = boost::json;

struct TypeFile {
  std::string lines;
  std::size_t count = 0;
  void add(const json::object& resource) {
    lines += fhir_out::write_line(resource) + "\n";
    ++count;
  }
};

std::string id_of(const Lens& lens, const Item& item, const char* what) {
  const evidence::SourceRef& ref = item.fact->sources.front();
  const std::string source = ref.source < lens.record().sources.size()
                                 ? lens.record().sources[ref.source].id
                                 : std::string{};
  return stable_id({what, source, ref.locator, evidence::section_name(item.fact->kind),
                    item.fact->text, item.fact->when.text()});
}

std::string manifest(const Lens& lens, const std::map<std::string, TypeFile>& files) {
  json::array output;
  for (const auto& [type, file] : files) {
    output.push_back(
        json::object{{"type", type}, {"file", type + ".ndjson"}, {"count", file.count}});
  }
  return json::serialize(json::object{
             {"fhirVersion", "4.0.1"},
             {"createdAt", base::format_iso(lens.context().created)},
             {"orderId", lens.context().order_id},
             {"humanId", lens.context().human_id},
             {"clientUserId", lens.context().client_user_id},
             {"engineVersion", lens.context().engine_version},
             {"rulesVersion", rules_version()},
             {"content",
              "Normalised evidence: duplicates joined, withdrawn entries left out. Provenance "
              "names the source of every resource."},
             {"disclaimer", "not an underwriting decision"},
             {"output", std::move(output)}}) +
         "\n";
}

}  // namespace

base::Result<std::string> fhir_archive(const Lens& lens) {
  std::map<std::string, TypeFile> files;
  const std::string patient_id = stable_id({"patient", lens.context().human_id});
  files["Patient"].add(fhir_out::patient(lens, patient_id));
  for (std::size_t kind = 0; kind < evidence::kKindCount; ++kind) {
    for (const Item& item : lens.of(static_cast<evidence::Kind>(kind))) {
      const std::string id = id_of(lens, item, "fhir");
      const json::object resource = fhir_out::resource(item, id, patient_id);
      const std::string type(resource.at("resourceType").as_string());
      files[type].add(resource);
      files["Provenance"].add(
          fhir_out::provenance(lens, item, id_of(lens, item, "provenance"), type + "/" + id));
    }
  }
  std::vector<ZipEntry> entries;
  entries.push_back({"manifest.json", manifest(lens, files)});
  for (auto& [type, file] : files) entries.push_back({type + ".ndjson", std::move(file.lines)});
  return make_zip(entries, lens.context().created);
}

}  // namespace chartroom::report
