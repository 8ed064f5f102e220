// The address behind which an applicant finds the Task Manager (contract §6.2).
#pragma once

#include <string>

#include "app/ports.hpp"

namespace chartroom::app {

[[nodiscard]] std::string consumer_url(const std::string& public_url, const LinkSigner& links,
                                       const LinkClaims& claims);

}  // namespace chartroom::app
