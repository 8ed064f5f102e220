#include "app/authorization_form.hpp"

#include "report/render.hpp"

namespace chartroom::app {

std::vector<std::string> authorization_text(const AuthorizationForm& form) {
  const std::string discloser =
      form.discloser.empty()
          ? "any doctor, clinic, hospital, laboratory, pharmacy or health information network "
            "that holds records about me"
          : form.discloser;
  const std::string recipient =
      form.recipient.empty() ? "the company I applied to" : form.recipient;
  return {
      "I allow " + discloser + " to disclose my health records to " + recipient +
          " and its record service.",
      ("What may be disclosed: my complete medical record, including diagnoses, medicines, test "
       "results, visit notes and images. Psychotherapy notes are not included."),
      "Why: to decide about my application for insurance.",
      "How long: this authorization ends 24 months after I sign it, or earlier when I withdraw it.",
      "I may withdraw it at any time in writing. What was disclosed before then is not affected.",
      ("My treatment and its payment do not depend on my signature. My application may not be "
       "decided without it."),
      ("Records that were disclosed may be passed on by the recipient and may then no longer be "
       "protected by federal privacy rules."),
      "I may have a copy of this authorization.",
  };
}

base::Result<std::string> authorization_pdf(const AuthorizationForm& form) {
  using namespace report;  // NOLINT: block names of the document below
  Document document;
  document.title = "Authorization to disclose health information";
  document.subtitle = form.applicant_name;
  document.created = form.signed_at;
  document.footer = "Authorization under 45 CFR 164.508";
  KeyValues person;
  person.items.push_back({"Name", {Span{.text = form.applicant_name}}});
  if (!form.birth_date.empty())
    person.items.push_back({"Date of birth", {Span{.text = form.birth_date}}});
  document.blocks.emplace_back(std::move(person));
  for (const std::string& text : authorization_text(form)) {
    document.blocks.emplace_back(Paragraph{{Span{.text = text}}, false});
  }
  KeyValues signature;
  signature.items.push_back({"Signed by", {Span{.text = form.signature, .italic = true}}});
  signature.items.push_back({"Signed at", {Span{.text = base::format_iso(form.signed_at)}}});
  signature.items.push_back(
      {"Manner", {Span{.text = "Name typed by the applicant on the secure page"}}});
  document.blocks.emplace_back(std::move(signature));
  return render_pdf(document);
}

}  // namespace chartroom::app
