#include "channel/sandbox/note.hpp"

#include "base/text.hpp"

namespace chartroom::channel {
namespace {

std::string out_of_range(const Visit& visit) {
  std::vector<std::string> words;
  for (const LabReport& report : visit.labs) {
    for (const LabValue& value : report.values) {
      if (value.flag == "N") continue;
      words.push_back(std::string(value.test->text) + ' ' + value.value + ' ' +
                      std::string(value.test->unit) + (value.flag == "H" ? " (high)" : " (low)"));
    }
  }
  return base::join(words, "; ");
}

std::string objective(const Visit& visit) {
  std::string text = "Objective: ";
  if (visit.vitals) {
    const Vitals& v = *visit.vitals;
    text += "blood pressure " + v.systolic + '/' + v.diastolic + ", pulse " + v.pulse +
            ", weight " + v.weight_kg + " kg, BMI " + v.bmi + ". ";
  } else {
    text += "no examination, seen by video. ";
  }
  if (!visit.labs.empty()) {
    const std::string odd = out_of_range(visit);
    text += odd.empty() ? "Laboratory results within their ranges. "
                        : "Out of range in the laboratory: " + odd + ". ";
  }
  for (const Act* act : visit.acts) {
    text += std::string(act->text) + ": " + std::string(act->finding) + ' ';
  }
  return text;
}

}  // namespace

std::string_view visit_title(VisitKind kind) {
  switch (kind) {
    case VisitKind::checkup:
      return "Annual check-up";
    case VisitKind::follow_up:
      return "Follow-up visit";
    case VisitKind::sick:
      return "Office visit";
    case VisitKind::video:
      return "Video visit";
    case VisitKind::specialist:
      return "Specialist consultation";
    case VisitKind::emergency:
      return "Emergency department visit";
  }
  return "Visit";
}

std::string write_note(const Visit& visit, const Facility& facility, int age,
                       const std::vector<std::string>& advice) {
  std::string text(visit_title(visit.kind));
  text += " at " + facility.name + ".\n\nSubjective: patient of " + std::to_string(age) +
          " years. Reason: " + visit.reason + ".";
  if (visit.smoking) text += " Tobacco: " + std::string(visit.smoking->text) + '.';
  text += "\n\n" + objective(visit) + "\n\nAssessment: ";
  std::vector<std::string> names;
  names.reserve(visit.diagnoses.size());
  for (const Problem& problem : visit.diagnoses) names.emplace_back(problem.text);
  text += names.empty() ? "in good health" : base::join(names, "; ");
  text += ".\n\nPlan: ";
  for (const Prescription& prescription : visit.prescriptions) {
    text += "Prescribed " + std::string(prescription.drug->text) + ". ";
  }
  text += advice.empty() ? "Return in a year or when needed." : base::join(advice, " ");
  text += "\n\nSigned: " + facility.clinician.name();
  return text;
}

}  // namespace chartroom::channel
