#include "order/order.hpp"

namespace chartroom::order {
namespace {

using std::chrono::days;

/// Contract §5.2: SMART and FHIR servers match without an SSN, so it is never required.
const std::set<Field> kNetworkNeeds{Field::name, Field::date_of_birth, Field::gender,
                                    Field::address, Field::hipaa_authorization};
const std::set<Field> kApsNeeds{Field::name,    Field::date_of_birth, Field::gender,
                                Field::address, Field::providers,     Field::hipaa_authorization};

std::vector<Output> all_outputs() {
  return {{"healthcheck", "pdf", {}},
          {"healthcheck", "html", {}},
          {"healthcheck", "json", {}},
          {"ccdraw", "pdf", {}},
          {"ccdraw", "html", {}},
          {"apidata", "json", {}},
          {"combined", "pdf", {"healthcheck", "ccdraw"}}};
}

OrderType make(std::string code, std::string alias, std::string description,
               std::vector<ChannelPlan> channels) {
  OrderType type;
  type.code = std::move(code);
  type.alias = std::move(alias);
  type.description = std::move(description);
  type.channels = std::move(channels);
  type.outputs = all_outputs();
  return type;
}

std::vector<OrderType> make_defaults() {
  std::vector<OrderType> types;
  types.push_back(make("healthcheck", "Healthcheck Order",
                       "EHR networks first; the applicant is invited to connect a patient portal "
                       "when the networks do not give enough",
                       {{Channel::ehr, Trigger::at_start, {}, kNetworkNeeds},
                        {Channel::portal, Trigger::when_insufficient, {}, {}}}));
  types.push_back(make("complete", "Complete Order",
                       "Patient portals and EHR networks at once, APS vendors after seven days",
                       {{Channel::portal, Trigger::at_start, {}, {}},
                        {Channel::ehr, Trigger::at_start, {}, kNetworkNeeds},
                        {Channel::aps, Trigger::at_start, days{7}, kApsNeeds}}));
  types.push_back(make("ehr-only", "EHR Only Order",
                       "EHR networks alone; the applicant is not contacted",
                       {{Channel::ehr, Trigger::at_start, {}, kNetworkNeeds}}));
  types.push_back(
      make("no-contact", "No Contact Order",
           "EHR networks, then APS vendors after seven days; the applicant is not contacted",
           {{Channel::ehr, Trigger::at_start, {}, kNetworkNeeds},
            {Channel::aps, Trigger::at_start, days{7}, kApsNeeds}}));
  types.push_back(make("aps-only", "APS Only Order",
                       "APS vendors alone; the applicant is not contacted",
                       {{Channel::aps, Trigger::at_start, {}, kApsNeeds}}));
  for (OrderType& type : types) type.email_required = type.has(Channel::portal);
  return types;
}

}  // namespace

const std::vector<OrderType>& default_order_types() {
  static const std::vector<OrderType> types = make_defaults();
  return types;
}

}  // namespace chartroom::order
