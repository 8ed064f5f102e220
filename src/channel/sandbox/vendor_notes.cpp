#include "channel/sandbox/vendor_notes.hpp"

#include "base/text.hpp"
#include "channel/sandbox/chance.hpp"

namespace chartroom::channel {
namespace {

constexpr std::chrono::hours kConfirmedAfter{24};

/// Whom a note speaks of; its id and text are still to be filled in.
app::VendorNote about(const app::RetrievalRequest& request, const Facility& archive) {
  app::VendorNote note;
  note.provider_ids = {archive.id};
  if (request.applicant.providers.empty()) {
    note.provider_names = {archive.name};
    return note;
  }
  const app::Provider& provider = request.applicant.providers.front();
  if (provider.name) note.provider_names.push_back(*provider.name);
  if (provider.organization_name) note.provider_names.push_back(*provider.organization_name);
  note.client_provider_id = provider.client_provider_id.value_or("");
  return note;
}

}  // namespace

std::vector<app::VendorNote> vendor_notes(const app::RetrievalRequest& request,
                                          const Facility& archive, base::TimePoint ready) {
  const app::VendorNote blank = about(request, archive);
  const std::string whom = base::join(blank.provider_names, ", ");
  Chance chance(request.order_id, "vendor-notes");
  const int days = chance.between(3, 6);
  const int pages = chance.between(12, 140);
  struct Entry {
    base::TimePoint at;
    const char* id;
    std::string text;
  };
  const Entry entries[] = {
      {request.asked_at, "sent",
       "Request for medical records sent to " + whom + " by fax, with the signed authorization."},
      {request.asked_at + kConfirmedAfter, "receipt-confirmed",
       whom + " confirmed receipt of the request. Copying is expected to take " +
           std::to_string(days) + " days."},
      {ready, "records-received",
       "Records received from " + whom + ": " + std::to_string(pages) + " pages, being indexed."}};
  std::vector<app::VendorNote> notes;
  for (const Entry& entry : entries) {
    if (request.now < entry.at) continue;
    notes.push_back(blank);
    notes.back().id = entry.id;
    notes.back().text = entry.text;
  }
  return notes;
}

}  // namespace chartroom::channel
