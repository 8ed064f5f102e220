// The HIPAA authorisation that an applicant signs in the Task Manager.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chartroom::app {

struct AuthorizationForm {
  std::string applicant_name;
  std::string birth_date;  ///< ISO; may be empty
  std::string recipient;   ///< who may receive the records: the application's name
  std::string discloser;   ///< who discloses; empty: any provider that holds records
  std::string signature;   ///< the name as typed
  base::TimePoint signed_at{};
};

/// The core elements and statements of 45 CFR 164.508(c) as paragraphs, for page and PDF alike.
[[nodiscard]] std::vector<std::string> authorization_text(const AuthorizationForm& form);

/// The signed form as PDF.
[[nodiscard]] base::Result<std::string> authorization_pdf(const AuthorizationForm& form);

}  // namespace chartroom::app
