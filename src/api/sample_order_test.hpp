// The documented sample order (contract §3.2), its braces completed, for tests.
#pragma once

#include <string_view>

namespace chartroom::api::testing {

inline constexpr std::string_view kSampleOrder = R"({
  "orderType": "healthcheck",
  "clientUserId": "your-policy-number",
  "clientUserEmail": "[email protected]",
  "firstName": "Jane",
  "middleName": "A.",
  "lastName": "Doe",
  "gender": "female",
  "dateOfBirth": "1968-02-13T00:00:00.000Z",
  "suggestedSources": ["Maxwell Forrest M.D.", "Kindred hospital"],
  "ssn": "000-00-0000",
  "phone": "(555) 213-5555",
  "address": {
    "street1": "969-1762 Buttery Rd.",
    "street2": "6818 Eget St.",
    "city": "Boise",
    "state": "ID",
    "zip": "83712"
  },
  "conditions": ["COPD", "Tobacco use"],
  "providers": [
    {
      "name": "Maxwell Forrest M.D.",
      "organizationName": "Brentwood North Family Practice",
      "address": {
        "street1": "6818 Eget St.",
        "street2": "6818 Eget St.",
        "city": "Tacoma",
        "state": "WA",
        "zip": "98402"
      },
      "phone": "(425) 288-2332",
      "fax": "(715) 912-6931",
      "mrn": "000TB0009-3"
    },
    {
      "organizationName": "Kindred hospital",
      "address": {
        "city": "Las Vegas",
        "state": "NV",
        "zip": "58521"
      }
    }
  ],
  "attachments" : [{
    "type": "hipaaAuthorization",
    "contentType": "application/pdf",
    "encoding": "base64",
    "content": "iVBORw0KGgoAAAANSUhEUgAABuoAAAYiCA..."
  }]
})";

}  // namespace chartroom::api::testing
