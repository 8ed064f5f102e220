#include "report/blocks.hpp"
#include "report/reports.hpp"
#include "report/text.hpp"

namespace chartroom::report {

Document cover_document(const Lens& lens) {
  const OrderContext& context = lens.context();
  const evidence::Person& applicant = lens.record().applicant;
  Document cover;
  cover.title = "Combined Report";
  cover.subtitle = applicant.display_name();
  cover.created = context.created;
  cover.footer =
      applicant.display_name() + " · order " + context.order_id + " · not an underwriting decision";
  KeyValues values;
  values.items = {
      pair("Applicant", applicant.display_name()),
      pair("Date of birth", applicant.birth_date ? applicant.birth_date->iso() : std::string{}),
      pair("Order", context.order_id),
      pair("Order type", context.order_type),
      pair("Ordered", date_time_text(context.ordered_at)),
      pair("Human ID", context.human_id),
      pair("Client's user ID", context.client_user_id),
      pair("Made by", "Chartroom " + context.engine_version)};
  cover.blocks.push_back(std::move(values));
  return cover;
}

}  // namespace chartroom::report
