#include "report/composed.hpp"
#include "report/health.hpp"

namespace chartroom::report {

Document healthcheck_document(const Lens& lens) { return compose("healthcheck", lens).document; }

boost::json::object healthcheck_json(const Lens& lens) { return compose("healthcheck", lens).json; }

}  // namespace chartroom::report
