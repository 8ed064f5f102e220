// The shape that all mails share, as plain text and as HTML: one column, phone first, nothing that
// is fetched from anywhere. Private to this room.
#pragma once

#include <string>
#include <vector>

namespace chartroom::app {

/// All parts are plain text; HTML is made of them here and nowhere else. Empty parts are left out.
struct Letter {
  std::string subject;
  std::string sender;  ///< on whose behalf
  std::string heading;
  std::string greeting;
  std::vector<std::string> paragraphs;
  std::string list_title;
  std::vector<std::string> list;
  std::string after_list;
  std::string action;  ///< the words of the one link
  std::string link;
  std::vector<std::string> notes;
  std::string footer;
  bool sandbox = false;
};

[[nodiscard]] std::string letter_text(const Letter& letter);
[[nodiscard]] std::string letter_html(const Letter& letter);

}  // namespace chartroom::app
