#include "app/mail_letter.hpp"

#include "base/text.hpp"

namespace chartroom::app {
namespace {

constexpr const char* kSandboxMark = "Test system: everything here is fictional";

/// Mail programs drop style sheets, so every element carries its own.
std::string element(const char* name, const char* style, const std::string& text) {
  return std::string("<") + name + " style=\"" + style + "\">" + base::escape_markup(text) + "</" +
         name + ">\n";
}

constexpr const char* kParagraph = "margin:0 0 16px;font-size:17px;line-height:1.5;color:#17212b";
constexpr const char* kSmall = "margin:0 0 10px;font-size:15px;line-height:1.45;color:#505b67";

std::string list_html(const Letter& letter) {
  if (letter.list.empty()) return {};
  std::string html =
      element("p", "margin:0 0 8px;font-size:17px;line-height:1.5;font-weight:600;color:#17212b",
              letter.list_title);
  html += "<ul style=\"margin:0 0 16px;padding:0 0 0 22px\">\n";
  for (const std::string& item : letter.list) {
    html += element("li", "margin:0 0 6px;font-size:17px;line-height:1.5;color:#17212b", item);
  }
  return html + "</ul>\n";
}

std::string action_html(const Letter& letter) {
  if (letter.link.empty()) return {};
  return "<p style=\"margin:8px 0 24px\"><a href=\"" + base::escape_markup(letter.link) +
         "\" style=\"display:block;padding:15px 20px;border-radius:8px;background:#0b5c7a;"
         "color:#ffffff;font-size:18px;font-weight:600;line-height:1.2;text-align:center;"
         "text-decoration:none\">" +
         base::escape_markup(letter.action) + "</a></p>\n";
}

}  // namespace

std::string letter_text(const Letter& letter) {
  std::string text;
  const auto paragraph = [&text](const std::string& words) {
    if (!words.empty()) text += words + "\n\n";
  };
  if (letter.sandbox) paragraph(kSandboxMark);
  paragraph(letter.greeting);
  for (const std::string& words : letter.paragraphs) paragraph(words);
  if (!letter.list.empty()) {
    text += letter.list_title + "\n";
    for (const std::string& item : letter.list) text += "* " + item + "\n";
    text += "\n";
  }
  paragraph(letter.after_list);
  if (!letter.link.empty()) paragraph(letter.action + ":\n" + letter.link);
  for (const std::string& words : letter.notes) paragraph(words);
  text += "-- \n" + letter.footer + "\n";
  return text;
}

std::string letter_html(const Letter& letter) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light\">\n<title>" +
      base::escape_markup(letter.subject) +
      "</title>\n</head>\n<body style=\"margin:0;padding:0;background:#f4f6f8;"
      "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;"
      "overflow-wrap:anywhere\">\n";
  if (letter.sandbox) {
    html += element("p",
                    "margin:0;padding:6px 16px;font-size:14px;text-align:center;"
                    "background:#fff3d6;color:#6b4700",
                    kSandboxMark);
  }
  html += "<div style=\"max-width:560px;margin:0 auto;padding:16px\">\n";
  html += element("p",
                  "margin:0;padding:14px 20px;border-radius:10px 10px 0 0;background:#0f3d50;"
                  "color:#ffffff;font-size:18px;font-weight:700",
                  letter.sender);
  html +=
      "<div style=\"padding:22px 20px 12px;background:#ffffff;border:1px solid #cfd6de;"
      "border-top:0;border-radius:0 0 10px 10px\">\n";
  html +=
      element("h1", "margin:0 0 16px;font-size:26px;line-height:1.2;color:#17212b", letter.heading);
  html += element("p", kParagraph, letter.greeting);
  for (const std::string& words : letter.paragraphs) html += element("p", kParagraph, words);
  html += list_html(letter);
  if (!letter.after_list.empty()) html += element("p", kParagraph, letter.after_list);
  html += action_html(letter);
  for (const std::string& words : letter.notes) html += element("p", kSmall, words);
  html += "</div>\n";
  html += element("p", "margin:0;padding:16px 20px;font-size:14px;line-height:1.45;color:#505b67",
                  letter.footer);
  return html + "</div>\n</body>\n</html>\n";
}

}  // namespace chartroom::app
