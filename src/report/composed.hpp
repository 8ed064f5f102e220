// Reports that are a row of sections: one list gives their document and their JSON.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "report/blocks.hpp"
#include "report/document.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

/// healthcheck, highlights, timeline, clinicalhistory and unity (whose lens looks at one provider).
[[nodiscard]] bool is_composed(const std::string& name);
/// "Health Check Summary"
[[nodiscard]] const char* title_of_report(const std::string& name);

struct Composed {
  Document document;
  boost::json::object json;
};
/// Both faces of the report; sections are made once.
[[nodiscard]] Composed compose(const std::string& name, const Lens& lens);

/// Title, applicant, footer: what all documents of a report begin with.
[[nodiscard]] Document start_document(const Lens& lens, std::string title,
                                      const std::string& provider = {});

}  // namespace chartroom::report
