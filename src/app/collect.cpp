#include "app/collect.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/named_providers.hpp"
#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"

namespace chartroom::app {
namespace {

namespace json = boost::json;
using evidence::Verdict;

/// Two candidates closer than this are not told apart by a program (reports.md §4.8).
constexpr int kAmbiguityPoints = 10;

bool is_ambiguous(const std::vector<PersonDecision>& persons) {
  std::vector<int> scores;
  for (const PersonDecision& person : persons) {
    if (person.identity.verdict != Verdict::reject) scores.push_back(person.identity.score);
  }
  if (scores.size() < 2) return false;
  std::sort(scores.rbegin(), scores.rend());
  return scores[0] - scores[1] < kAmbiguityPoints;
}

/// Reads and judges one item; never throws, whatever it holds.
Judgement judge_item(const RetrievedItem& item, const std::vector<std::string_view>& supporting,
                     const evidence::Person& applicant, evidence::Trust trust,
                     const base::Date& ordered_on, const base::Date& today) {
  Judgement judgement;
  judgement.verdict = RecordVerdict::unreadable;
  if (item.bytes.size() > base::limits::kDocumentBytes) {
    judgement.reason = "The document is larger than 50 MiB and was not read.";
    return judgement;
  }
  const auto readings = evidence::read_item(item.bytes, supporting);
  if (!readings) {
    judgement.reason = readings.error().message;
    return judgement;
  }
  if (readings->empty()) {
    judgement.reason =
        "The document names no patient, so it cannot be shown to be the applicant's.";
    return judgement;
  }
  return judge(applicant, *readings, trust, ordered_on, today);
}

void add_to_answer(order::ChannelAnswered& answer, const RawRecord& record,
                   const Judgement& judgement) {
  switch (record.verdict) {
    case RecordVerdict::accepted:
      answer.sources += 1;
      answer.facts += judgement.useful_facts;
      answer.newest_encounter = std::max(answer.newest_encounter, judgement.newest_encounter);
      break;
    case RecordVerdict::quarantined:
      answer.quarantined.push_back(record.id);
      break;
    case RecordVerdict::rejected:
      answer.rejected += 1;
      break;
    case RecordVerdict::unreadable:
      answer.unreadable += 1;
      break;
  }
}

json::array words(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::accept:
      return "accept";
    case Verdict::quarantine:
      return "quarantine";
    case Verdict::reject:
      return "reject";
  }
  return "reject";
}

}  // namespace

evidence::Trust trust_of(order::Channel channel) {
  return channel == order::Channel::portal ? evidence::Trust::portal : evidence::Trust::network;
}

unsigned count_useful(const std::vector<evidence::Fact>& facts) {
  return static_cast<unsigned>(
      std::count_if(facts.begin(), facts.end(), [](const evidence::Fact& fact) {
        using evidence::Kind;
        return !fact.negated && (fact.kind == Kind::encounter || fact.kind == Kind::result ||
                                 fact.kind == Kind::medication || fact.kind == Kind::problem);
      }));
}

std::optional<base::Date> newest_encounter(const std::vector<evidence::Fact>& facts,
                                           const base::Date& today) {
  std::optional<base::Date> newest;
  for (const evidence::Fact& fact : facts) {
    if (fact.kind != evidence::Kind::encounter || fact.negated || !fact.when.known()) continue;
    const base::Date date = base::Date::from(fact.when.value);
    if (date <= today) newest = std::max(newest, std::optional(date));
  }
  return newest;
}

Judgement judge(const evidence::Person& applicant, const std::vector<evidence::Reading>& readings,
                evidence::Trust trust, const base::Date& ordered_on, const base::Date& today) {
  Judgement judgement;
  unsigned accepted = 0;
  unsigned doubtful = 0;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    PersonDecision person{
        i, evidence::match_identity(applicant, readings[i].person, trust, ordered_on)};
    if (person.identity.verdict == Verdict::accept) {
      const std::string impossible = evidence::impossible_finding(applicant, readings[i].facts);
      if (!impossible.empty()) {
        person.identity.verdict = Verdict::quarantine;
        person.identity.reason = impossible;
      }
    }
    if (person.identity.verdict != Verdict::reject) {
      judgement.useful_facts += count_useful(readings[i].facts);
      judgement.newest_encounter =
          std::max(judgement.newest_encounter, newest_encounter(readings[i].facts, today));
    }
    accepted += person.identity.verdict == Verdict::accept ? 1 : 0;
    doubtful += person.identity.verdict == Verdict::quarantine ? 1 : 0;
    judgement.reason = person.identity.reason;
    judgement.persons.push_back(std::move(person));
  }
  if (is_ambiguous(judgement.persons)) {
    judgement.verdict = RecordVerdict::quarantined;
    judgement.reason = "More than one person in this record could be the applicant.";
  } else if (accepted > 0) {
    judgement.verdict = RecordVerdict::accepted;
    judgement.reason.clear();
  } else if (doubtful > 0) {
    judgement.verdict = RecordVerdict::quarantined;
  } else {
    judgement.verdict = RecordVerdict::rejected;
    if (readings.size() > 1)
      judgement.reason = "None of the persons in this record is the applicant.";
  }
  return judgement;
}

Collected collect(const std::string& order_id, order::Channel channel,
                  const evidence::Person& applicant, const base::Date& ordered_on,
                  const std::vector<Provider>& named, const std::vector<RetrievedItem>& items,
                  base::TimePoint now) {
  Collected collected;
  collected.answer.channel = channel;
  std::vector<std::string_view> supporting;
  for (const RetrievedItem& item : items) {
    if (item.supporting) supporting.emplace_back(item.bytes);
  }
  std::size_t total_bytes = 0;
  for (const RetrievedItem& item : items) {
    RawRecord record;
    record.order_id = order_id;
    record.channel = channel;
    record.provider_id = item.provider_id;
    record.provider_name = item.provider_name;
    record.media_type = item.media_type;
    record.label = item.label;
    record.sha256 = base::sha256_hex(item.bytes);
    record.supporting = item.supporting;
    record.retrieved_at = now;
    record.id = base::make_uuid_from_name(order_id + "/record/" + order::to_string(channel) + "/" +
                                          item.provider_id + "/" + record.sha256);
    total_bytes += item.bytes.size();
    Judgement judgement;
    if (collected.records.size() >= base::limits::kDocumentsPerOrder ||
        total_bytes > base::limits::kOrderRawBytes) {
      judgement.verdict = RecordVerdict::unreadable;
      judgement.reason = "The answer holds more documents than one order may hold.";
    } else if (item.supporting) {
      judgement.verdict = RecordVerdict::accepted;
    } else {
      judgement = judge_item(item, supporting, applicant, trust_of(channel), ordered_on,
                             base::Date::from(now));
    }
    record.verdict = judgement.verdict;
    record.decision_json = decision_to_json(judgement, false);
    // Somebody else's record leaves no bytes behind, and neither does what nobody could read: it
    // may be anybody's.
    const bool keep = judgement.verdict == RecordVerdict::accepted ||
                      judgement.verdict == RecordVerdict::quarantined;
    if (keep) record.bytes = base::Sensitive<std::string>(item.bytes);
    if (!item.supporting) {
      add_to_answer(collected.answer, record, judgement);
      const auto provider = find_named_provider(named, record.provider_name);
      if (provider && record.verdict == RecordVerdict::accepted) {
        collected.answer.named.insert(*provider);
      }
    }
    collected.records.push_back(std::move(record));
  }
  return collected;
}

std::string decision_to_json(const Judgement& judgement, bool released) {
  json::array persons;
  for (const PersonDecision& person : judgement.persons) {
    persons.push_back({{"index", person.index},
                       {"verdict", to_string(person.identity.verdict)},
                       {"score", person.identity.score},
                       {"matched", words(person.identity.matched)},
                       {"partial", words(person.identity.partial)},
                       {"disagreed", words(person.identity.disagreed)},
                       {"reason", person.identity.reason}});
  }
  return json::serialize(json::object{
      {"reason", judgement.reason}, {"released", released}, {"persons", std::move(persons)}});
}

std::string refused_decision(const std::string& text, const std::string& reason) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error || !value.is_object()) value = json::object{{"persons", json::array()}};
  json::object& decision = value.get_object();
  decision["reason"] = reason;
  decision["released"] = false;
  return json::serialize(decision);
}

StoredDecision decision_from_json(const std::string& text) {
  StoredDecision decision;
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  const json::object* in = error ? nullptr : value.if_object();
  if (in == nullptr) return decision;
  if (const json::value* reason = in->if_contains("reason");
      reason != nullptr && reason->is_string()) {
    decision.reason = reason->get_string();
  }
  if (const json::value* released = in->if_contains("released");
      released != nullptr && released->is_bool()) {
    decision.released = released->get_bool();
  }
  return decision;
}

}  // namespace chartroom::app
