// A record made from one fuzzed item, as retrieval makes it.
#pragma once

#include <utility>
#include <vector>

#include "evidence/identity.hpp"
#include "reading.hpp"

namespace chartroom::fuzz {

inline evidence::Person applicant() {
  evidence::Person person;
  person.names.push_back({{"Jane", "A."}, "Doe", "", "official"});
  person.birth_date = base::Date{1968, 2, 13};
  person.sex = "female";
  person.ssn = "987654329";
  person.addresses.push_back({{"12 Elm Street"}, "Springfield", "IL", "62704"});
  return person;
}

inline evidence::Record record_of(std::vector<evidence::Reading> readings) {
  evidence::Record record;
  record.applicant = applicant();
  for (evidence::Reading& reading : readings) {
    const std::size_t source = record.sources.size();
    evidence::Source item;
    item.id = "item-" + std::to_string(source);
    item.provider_id = "provider";
    item.provider_name = "Cedar Valley Family Medicine";
    item.channel = "ehr";
    record.sources.push_back(std::move(item));
    evidence::SourceOutcome outcome;
    outcome.source = source;
    outcome.person = reading.person;
    record.outcomes.push_back(std::move(outcome));
    evidence::add_reading(record, std::move(reading), source);
  }
  evidence::normalise(record);
  return record;
}

}  // namespace chartroom::fuzz
