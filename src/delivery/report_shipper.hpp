// One try to carry a report to a destination (contract §9).
#pragma once

#include <chrono>
#include <memory>

#include "app/ports.hpp"
#include "base/ports.hpp"
#include "delivery/authenticator.hpp"

namespace chartroom::delivery {

inline constexpr std::chrono::milliseconds kAnnounceTimeout{30'000};  ///< §9.3 step 1
inline constexpr std::chrono::milliseconds kUploadTimeout{60'000};    ///< the file, by any way
/// Presigned URLs of object storage carry whole tokens.
inline constexpr std::size_t kUploadUrlCharacters = 8'000;

/// multipart: POST of a form with the parts "metadata" (JSON) and "file"; any 2xx is success.
/// presigned: POST of the metadata, 201 with the URL, then the file there; any 2xx is success.
/// sftp: the file alone, under its name.
/// HTTP requests to the destination itself carry `Idempotency-Key`, the shipment's id.
///
/// Errors: those of Authenticator and app::FileSender, "invalid url", "redirect", "refused" (4xx),
/// "endpoint failed" (5xx), "unexpected status" (also a 2xx that is not 201 where that is wanted),
/// "answer without url", "answer with another method", "answer with a bad url"; about the upload of
/// §9.3 step 3 the same with "upload: " before it. None holds a URL: it may be a customer's secret.
[[nodiscard]] std::unique_ptr<app::ReportShipper> make_report_shipper(Authenticator& authenticator,
                                                                      app::FileSender& files,
                                                                      base::Random& random);

}  // namespace chartroom::delivery
