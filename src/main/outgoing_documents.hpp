// Destinations and outgoing authentication as TOML files (docs/operations.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/outgoing.hpp"
#include "app/ports.hpp"
#include "main/toml_document.hpp"

namespace chartroom::cli {

/// Reads files that a document names, relative to the document, and remembers whose secrets can be
/// read by others on the machine.
class SecretFiles {
 public:
  explicit SecretFiles(const std::filesystem::path& document) : folder_(document.parent_path()) {
    note_mode(document);
  }

  /// Error: the broken rule as the rest of a sentence.
  base::Result<std::string> read(const std::string& name);
  /// Files that hold secrets and are not for their owner alone.
  [[nodiscard]] const std::vector<std::string>& open_ones() const { return open_ones_; }
  /// The document itself holds a secret.
  void document_holds_secret() { document_holds_secret_ = true; }
  [[nodiscard]] bool warn_of_document() const {
    return document_holds_secret_ && document_is_open_;
  }

 private:
  void note_mode(const std::filesystem::path& document);

  std::filesystem::path folder_;
  std::vector<std::string> open_ones_;
  bool document_is_open_ = false;
  bool document_holds_secret_ = false;
};

/// A line on standard error for every file with a secret that is not for its owner alone.
void warn_of_open_secrets(const std::filesystem::path& document, const SecretFiles& files);

/// The tables "authentication", "client_certificate" and "headers" of a document.
struct OutgoingDocument {
  app::OutgoingAuth authentication;
  app::SecretHeaders headers;
};
[[nodiscard]] OutgoingDocument read_outgoing(TableReader& document, bool sandbox,
                                             app::CertificateReader& certificates,
                                             SecretFiles& files, DocumentFindings& findings);

/// Everything but id and time. `sandbox`: plain http is allowed.
[[nodiscard]] app::Destination read_destination(const toml::table& document, bool sandbox,
                                                app::CertificateReader& certificates,
                                                SecretFiles& files, DocumentFindings& findings);

}  // namespace chartroom::cli
