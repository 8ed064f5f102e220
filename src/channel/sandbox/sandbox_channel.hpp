// The sandbox's little network of fictional providers, behind the same port as real ones.
//
// Whom it answers for, in this order:
//   1. personas: a last name of kPersonas decides (personas.hpp);
//   2. people found in the folders given by --sandbox-records (folders.hpp);
//   3. everybody else: a synthetic life seeded by the applicant's demographics (life.hpp). It stays
//      silent when the folders hold anybody with the applicant's birth date, so that such an order
//      is answered from files alone.
//
// Like a real network it is sloppy on purpose: a folder's record is handed over when its birth
// date agrees, or its family name and the initial of a given name do. To refuse what is not the
// applicant's is the work of evidence::match_identity, and the sandbox is there to exercise it.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "app/ports.hpp"
#include "base/logger.hpp"

namespace chartroom::channel {

struct SandboxOptions {
  /// Folders with FHIR bundles, single resources, NDJSON and C-CDA; read recursively, once.
  std::vector<std::filesystem::path> folders;
  /// Answer only for applications in sandbox mode, so that no invented record can enter a real
  /// order.
  bool only_sandbox_applications = true;
};

/// Immutable once made, so it may be used from any thread.
class SandboxNetwork {
 public:
  /// Reads all folders now. Files that cannot be read are counted, named in the log (file name
  /// only) and left out; a folder that does not exist is one of them. Never fails.
  [[nodiscard]] static std::shared_ptr<const SandboxNetwork> load(const SandboxOptions& options,
                                                                  base::Logger& logger);
  ~SandboxNetwork();
  SandboxNetwork(const SandboxNetwork&) = delete;
  SandboxNetwork& operator=(const SandboxNetwork&) = delete;

  /// The network as one channel sees it:
  ///   ehr     answers at once with everything that the applicant's providers have.
  ///   portal  answers with the records of the connected provider (RetrievalRequest::connection is
  ///           a PortalChoice::id); a provider where the applicant is no patient has none.
  ///   aps     copies paper for three to six days (still_running), then sends one older practice's
  ///           C-CDA, with a scanned-like note; people of the folders have no paper. Every answer
  ///           holds the vendor's notes so far (vendor_notes.hpp).
  /// The channel keeps the network alive. Errors of retrieve(): unavailable (persona VendorDown; a
  /// folder's file that has gone or changed since the start).
  [[nodiscard]] static std::unique_ptr<app::RecordChannel> channel(
      std::shared_ptr<const SandboxNetwork> network, order::Channel kind);

  /// Number of people in the folders, for the start-up line.
  [[nodiscard]] std::size_t folder_people() const;

 private:
  friend class SandboxChannel;
  struct Parts;
  explicit SandboxNetwork(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace chartroom::channel
