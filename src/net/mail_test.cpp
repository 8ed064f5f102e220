// Header fields of mails, and what the sender does before and without a mail server. The wire
// itself is tested against a real SMTP peer (tests/api/test_mail.py).
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "net/loopback_test.hpp"
#include "net/mail_headers.hpp"
#include "net/smtp_mail_sender.hpp"

namespace chartroom::net {
namespace {

using Verdict = app::MailSender::Outcome::Verdict;

const base::TimePoint kAt = *base::parse_iso("2026-11-25T17:05:09.999Z");

app::Mail mail() {
  app::Mail mail;
  mail.to = "jane@example.com";
  mail.from = "records@example.org";
  mail.from_name = "Test Life";
  mail.subject = "Your next step";
  mail.text = "Hello";
  mail.html = "<p>Hello</p>";
  mail.message_id = "<1@example.org>";
  return mail;
}

/// What an RFC 2047 reader makes of encoded words.
std::string decoded(const std::string& text) {
  std::string out;
  for (const std::string& word : base::split(text, ' ')) {
    const std::string_view trimmed = base::trim(word);
    EXPECT_TRUE(trimmed.starts_with("=?UTF-8?B?") && trimmed.ends_with("?=")) << trimmed;
    EXPECT_LE(trimmed.size(), 75U);
    const auto bytes = base::from_base64(trimmed.substr(10, trimmed.size() - 12));
    EXPECT_TRUE(bytes && base::is_valid_utf8(*bytes)) << "a character is cut in two";
    out += bytes.value_or("");
  }
  return out;
}

TEST(MailHeaders, AreThoseOfAnAutomaticMail) {
  app::Mail given = mail();
  given.reply_to = "help@example.org";
  const auto headers = mail_headers(given, kAt);
  ASSERT_TRUE(headers);
  EXPECT_EQ(*headers, (std::vector<std::string>{
                          "Date: Wed, 25 Nov 2026 17:05:09 +0000",
                          "From: \"Test Life\" <records@example.org>", "To: jane@example.com",
                          "Subject: Your next step", "Message-ID: <1@example.org>",
                          "Auto-Submitted: auto-generated", "Reply-To: help@example.org"}));
}

TEST(MailHeaders, OtherAlphabetsBecomeEncodedWords) {
  EXPECT_EQ(encoded_text("Plain words"), "Plain words");
  std::string text = "Z\u00fcrich ";
  for (int i = 0; i < 40; ++i) text += "\u4fdd\u967a";
  EXPECT_EQ(decoded(encoded_text(text)), text);
  EXPECT_EQ(decoded(encoded_text("=?UTF-8?Q?trick?=")), "=?UTF-8?Q?trick?=");
}

TEST(MailHeaders, NamesAreQuoted) {
  app::Mail given = mail();
  given.from_name = "A \"B\" \\ C";
  EXPECT_EQ(mail_headers(given, kAt)->at(1), R"(From: "A \"B\" \\ C" <records@example.org>)");
}

TEST(MailHeaders, RefuseWhatWouldBeAnotherLine) {
  const std::string injection = "x\r\nBcc: thief@example.net";
  for (std::string app::Mail::* field :
       {&app::Mail::to, &app::Mail::from, &app::Mail::from_name, &app::Mail::reply_to,
        &app::Mail::subject, &app::Mail::message_id}) {
    for (const std::string& bad : {injection, std::string("a@b.c\nX: y"), std::string("\0", 1),
                                   std::string("\x7f"), std::string("\xff\xfe")}) {
      app::Mail given = mail();
      given.*field = bad;
      EXPECT_FALSE(mail_headers(given, kAt)) << base::to_hex(base::as_bytes(bad));
    }
  }
  for (const char* address : {"", "jane", "@example.com", "jane@", "a b@example.com", "<a@b.c>",
                              "a@b.c,d@e.f", "a@b.c>", "\"a\"@b.c"}) {
    app::Mail given = mail();
    given.to = address;
    EXPECT_FALSE(mail_headers(given, kAt)) << address;
  }
}

class FixedClock final : public base::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override { return kAt; }
};

/// A listening socket that accepts connections and never says a word.
class SilentPeer {
 public:
  SilentPeer() : socket_(listen_on_loopback(port_)) {}
  ~SilentPeer() { ::close(socket_); }
  SilentPeer(const SilentPeer&) = delete;
  SilentPeer& operator=(const SilentPeer&) = delete;
  [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }

 private:
  std::uint16_t port_ = 0;  // before the socket, whose making sets it
  int socket_;
};

TEST(MailSender, SendsNothingThatItCannotWrite) {
  const FixedClock clock;
  SmtpSettings settings;
  settings.url = "smtp://127.0.0.1:1";
  const auto sender = make_mail_sender(settings, clock);
  app::Mail given = mail();
  given.subject = "a\nb";
  const auto outcome = sender->send(given);
  EXPECT_EQ(outcome.verdict, Verdict::permanent);
  EXPECT_EQ(outcome.error, "invalid mail");
  EXPECT_EQ(sender->send(mail()).verdict, Verdict::temporary);
  EXPECT_EQ(sender->send(mail()).error, "connection refused");
}

TEST(MailSender, InTheClearOnlyToThisMachine) {
  const FixedClock clock;
  for (const bool sandbox : {true, false}) {
    SmtpSettings settings;
    settings.url = "smtp://192.0.2.1:25";
    settings.require_tls = sandbox;
    settings.loopback_only = sandbox;
    const auto outcome = make_mail_sender(settings, clock)->send(mail());
    EXPECT_EQ(outcome.verdict, Verdict::temporary);
    EXPECT_EQ(outcome.error, "blocked address");
  }
}

TEST(MailSender, DoesNotWaitAgainAtOnceForAServerThatHangs) {
  const FixedClock clock;
  const SilentPeer peer;
  SmtpSettings settings;
  settings.url = peer.url();
  settings.timeout = std::chrono::milliseconds{50};
  settings.pause_after_hang = std::chrono::hours{1};
  const auto sender = make_mail_sender(settings, clock);
  EXPECT_EQ(sender->send(mail()).error, "timeout");
  const auto next = sender->send(mail());
  EXPECT_EQ(next.verdict, Verdict::temporary);
  EXPECT_EQ(next.error, "mail server hangs");

  settings.pause_after_hang = std::chrono::milliseconds{0};
  const auto patient = make_mail_sender(settings, clock);
  EXPECT_EQ(patient->send(mail()).error, "timeout");
  EXPECT_EQ(patient->send(mail()).error, "timeout") << "after the pause it is tried again";
}

}  // namespace
}  // namespace chartroom::net
