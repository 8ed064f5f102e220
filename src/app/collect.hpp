// Retrieved items become records: read, matched against the applicant, kept or thrown away.
//
// Pure. The identity match stands between the network and the store: the payload of a record that
// is not the applicant's is dropped here, before anything is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/ports.hpp"
#include "app/types.hpp"
#include "evidence/identity.hpp"
#include "evidence/model.hpp"
#include "evidence/read.hpp"
#include "order/order.hpp"

namespace chartroom::app {

/// A person found in a record, as the match decided. `index` counts the readings of the record.
struct PersonDecision {
  std::size_t index = 0;
  evidence::IdentityDecision identity;
};

/// How one item was judged.
struct Judgement {
  RecordVerdict verdict = RecordVerdict::rejected;
  std::string reason;  ///< a sentence without PHI; empty when accepted
  std::vector<PersonDecision> persons;
  unsigned useful_facts = 0;                   ///< of the accepted (or quarantined) readings
  std::optional<base::Date> newest_encounter;  ///< in the same
};

[[nodiscard]] evidence::Trust trust_of(order::Channel channel);

/// Judges what was read from one item. More than one person that could be the applicant means that
/// nobody is taken: the item is quarantined. Identity is a matter of the day of the order; how new
/// an encounter may be, of `today`.
[[nodiscard]] Judgement judge(const evidence::Person& applicant,
                              const std::vector<evidence::Reading>& readings, evidence::Trust trust,
                              const base::Date& ordered_on, const base::Date& today);

/// Facts that count towards sufficiency: encounters, results, medications and problems.
[[nodiscard]] unsigned count_useful(const std::vector<evidence::Fact>& facts);
/// Encounters after `today` are none yet.
[[nodiscard]] std::optional<base::Date> newest_encounter(const std::vector<evidence::Fact>& facts,
                                                         const base::Date& today);

struct Collected {
  std::vector<RawRecord> records;
  order::ChannelAnswered answer;  ///< sums over the items; `channel` and counts are set
};

/// Judges every item of an answer. Limits: limits::kDocumentBytes each, limits::kDocumentsPerOrder
/// and limits::kOrderRawBytes together; what exceeds them is unreadable, with the reason. `named`:
/// the order's providers.
[[nodiscard]] Collected collect(const std::string& order_id, order::Channel channel,
                                const evidence::Person& applicant, const base::Date& ordered_on,
                                const std::vector<Provider>& named,
                                const std::vector<RetrievedItem>& items, base::TimePoint now);

/// The decision as JSON for RawRecord::decision_json.
[[nodiscard]] std::string decision_to_json(const Judgement& judgement, bool released);
/// A stored decision after a reviewer said that this is somebody else: what the match had found
/// stays with it.
[[nodiscard]] std::string refused_decision(const std::string& json, const std::string& reason);
/// What is needed of a stored decision later.
struct StoredDecision {
  std::string reason;
  bool released = false;  ///< a reviewer said: this is the applicant
};
[[nodiscard]] StoredDecision decision_from_json(const std::string& json);

}  // namespace chartroom::app
