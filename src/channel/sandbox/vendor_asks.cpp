#include "channel/sandbox/vendor_asks.hpp"

#include <algorithm>

namespace chartroom::channel {
namespace {

using app::RetrievalAnswer;
using app::RetrievalRequest;

constexpr const char* kCopyingService = "Lantern Copy Service";
constexpr const char* kFee = "copying-fee";
constexpr std::int64_t kFeeCents = 4'500;
constexpr const char* kMoved = "facility-moved";
constexpr const char* kYears = "years";
constexpr const char* kAskNew = "Ask the new facility";
constexpr const char* kAskNobody = "Ask nobody";

std::optional<std::string> answer_to(const RetrievalRequest& request, const std::string& ask_id) {
  for (const app::GivenAnswer& answer : request.answers) {
    if (answer.ask_id == ask_id) return answer.text;
  }
  return std::nullopt;
}

RetrievalAnswer question(const char* id, std::string text, std::vector<std::string> choices) {
  RetrievalAnswer answer;
  answer.status = RetrievalAnswer::Status::needs_answer;
  answer.detail = kCopyingService;
  answer.ask.id = id;
  answer.ask.text = std::move(text);
  answer.ask.choices = std::move(choices);
  return answer;
}

std::optional<RetrievalAnswer> fee_of(const RetrievalRequest& request, const Facility& archive) {
  const bool is_approved =
      std::any_of(request.approved_fees.begin(), request.approved_fees.end(),
                  [](const app::ApprovedFee& approved) { return approved.ask_id == kFee; });
  if (is_approved) return std::nullopt;
  RetrievalAnswer answer;
  answer.status = RetrievalAnswer::Status::needs_fee_approval;
  answer.detail = archive.name;
  answer.ask.id = kFee;
  answer.ask.fee = {kFeeCents, "USD"};
  return answer;
}

std::optional<RetrievalAnswer> question_of(const RetrievalRequest& request,
                                           const Facility& archive) {
  const auto moved = answer_to(request, kMoved);
  if (!moved) {
    return question(kMoved,
                    "The practice has moved, and its older records are now kept by " +
                        archive.name + " in " + archive.city + ", " + archive.state +
                        ". Should the new facility be asked?",
                    {kAskNew, kAskNobody});
  }
  if (*moved == kAskNobody) return RetrievalAnswer{};
  if (answer_to(request, kYears)) return std::nullopt;
  return question(kYears, "For which years of treatment should " + archive.name + " be asked?", {});
}

}  // namespace

std::optional<RetrievalAnswer> vendor_asks(const Persona& persona, const RetrievalRequest& request,
                                           const Facility& archive) {
  if (persona.kind == PersonaKind::extra_fee) return fee_of(request, archive);
  if (persona.kind == PersonaKind::question) return question_of(request, archive);
  return std::nullopt;
}

}  // namespace chartroom::channel
