// Client certificates as customers hand them over.
#pragma once

#include <memory>

#include "app/ports.hpp"

namespace chartroom::delivery {

/// Reads PEM with OpenSSL. A key that is protected by a passphrase is refused: nobody is there to
/// type it in. Thread-safe.
[[nodiscard]] std::unique_ptr<app::CertificateReader> make_certificate_reader();

}  // namespace chartroom::delivery
