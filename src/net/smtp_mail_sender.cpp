#include "net/smtp_mail_sender.hpp"

#include <algorithm>
#include <csignal>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "net/curl_support.hpp"
#include "net/mail_headers.hpp"

namespace chartroom::net {
namespace {

using Outcome = app::MailSender::Outcome;
using Verdict = Outcome::Verdict;

constexpr std::chrono::milliseconds kConnectTimeout{8'000};

using Mime = std::unique_ptr<curl_mime, CurlCleanup>;

struct Guard {
  bool loopback_only = false;
  bool blocked = false;
};

bool leads_home(const sockaddr& address) {
  return with_address(address, false, [](const auto& bytes) { return is_loopback(bytes); });
}

curl_socket_t open_at_home(void* context, curlsocktype purpose, curl_sockaddr* target) {
  auto& guard = *static_cast<Guard*>(context);
  if (purpose != CURLSOCKTYPE_IPCXN || (guard.loopback_only && !leads_home(target->addr))) {
    guard.blocked = true;
    return CURL_SOCKET_BAD;
  }
  return open_socket(*target);
}

int go_on_mailing(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(context)->stop_requested() ? 1 : 0;
}

std::size_t ignore(char*, std::size_t, std::size_t size, void*) { return size; }

template <typename Value>
bool set(CURL* handle, CURLoption option, Value value) {
  return curl_easy_setopt(handle, option, value) == CURLE_OK;
}

/// Lines of a mail end with both characters; libcurl would carry a lone line feed as data.
std::string with_mail_lines(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

bool add_part(curl_mime* mime, const std::string& lines, const char* type) {
  const std::string text = with_mail_lines(lines);
  curl_mimepart* part = curl_mime_addpart(mime);
  return part != nullptr && curl_mime_data(part, text.data(), text.size()) == CURLE_OK &&
         curl_mime_type(part, type) == CURLE_OK &&
         curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
}

Outcome judge(CURLcode code, long reply, bool blocked) {
  constexpr long kPermanent = 500;
  constexpr long kRefused = 400;
  switch (code) {
    case CURLE_OK:
      return {Verdict::accepted, {}};
    case CURLE_OPERATION_TIMEDOUT:
      return {Verdict::temporary, "timeout"};
    case CURLE_ABORTED_BY_CALLBACK:
      return {Verdict::temporary, "cancelled"};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Verdict::temporary, "name not resolved"};
    case CURLE_COULDNT_CONNECT:
      return {Verdict::temporary, blocked ? "blocked address" : "connection refused"};
    // What an operator can mend while the mail waits.
    case CURLE_LOGIN_DENIED:
      return {Verdict::temporary, "login refused"};
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      return {Verdict::temporary, "tls failure"};
    default:
      break;
  }
  if (reply >= kPermanent) return {Verdict::permanent, "refused"};
  if (reply >= kRefused) return {Verdict::temporary, "refused for now"};
  return {Verdict::temporary, blocked ? "blocked address" : "transfer failed"};
}

/// Lets everybody through until somebody had to wait in vain; then one at a time, after a pause.
class Turnstile {
 public:
  explicit Turnstile(std::chrono::milliseconds pause) : pause_(pause) {}

  bool enter() {
    const std::lock_guard lock(mutex_);
    if (!hangs_) return true;
    if (trying_ || std::chrono::steady_clock::now() < again_at_) return false;
    trying_ = true;
    return true;
  }
  void leave(bool hung) {
    const std::lock_guard lock(mutex_);
    hangs_ = hung;
    trying_ = false;
    if (hung) again_at_ = std::chrono::steady_clock::now() + pause_;
  }

 private:
  const std::chrono::milliseconds pause_;
  std::mutex mutex_;
  bool hangs_ = false;
  bool trying_ = false;
  std::chrono::steady_clock::time_point again_at_{};
};

class SmtpMailSender final : public app::MailSender {
 public:
  SmtpMailSender(SmtpSettings settings, const base::Clock& clock)
      : settings_(std::move(settings)), clock_(clock), turnstile_(settings_.pause_after_hang) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error("libcurl cannot start");
    // A peer that hangs up in the middle of TLS must not end the process.
    struct sigaction now{};
    if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
      std::signal(SIGPIPE, SIG_IGN);
    }
  }

  Outcome send(const app::Mail& mail) override {
    const auto lines = mail_headers(mail, clock_.now());
    if (!lines) return {Verdict::permanent, "invalid mail"};
    if (!turnstile_.enter()) return {Verdict::temporary, "mail server hangs"};
    Outcome outcome = transfer(mail, *lines);
    turnstile_.leave(outcome.error == "timeout");
    return outcome;
  }

 private:
  Outcome transfer(const app::Mail& mail, const std::vector<std::string>& lines) const {
    CurlHandle handle(curl_easy_init());
    CurlList headers;
    CurlList recipients;
    bool done = handle && append_line(recipients, "<" + mail.to + ">");
    for (const std::string& line : lines) done = done && append_line(headers, line);
    // libcurl adds the boundary.
    done = done && append_line(headers, "Content-Type: multipart/alternative");
    const Mime mime(done ? curl_mime_init(handle.get()) : nullptr);
    done = done && mime && add_part(mime.get(), mail.text, "text/plain; charset=utf-8") &&
           add_part(mime.get(), mail.html, "text/html; charset=utf-8");
    Guard guard;
    guard.loopback_only = settings_.loopback_only || !settings_.require_tls;
    const std::string from = "<" + mail.from + ">";
    done = done && prepare(handle.get(), guard) &&
           set(handle.get(), CURLOPT_MAIL_FROM, from.c_str()) &&
           set(handle.get(), CURLOPT_MAIL_RCPT, recipients.get()) &&
           set(handle.get(), CURLOPT_HTTPHEADER, headers.get()) &&
           set(handle.get(), CURLOPT_MIMEPOST, mime.get());
    if (!done) return {Verdict::temporary, "transfer failed"};
    const CURLcode code = curl_easy_perform(handle.get());
    long reply = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply);
    return judge(code, reply, guard.blocked);
  }

  /// What holds for all mails. False where this libcurl lacks something we rely on.
  bool prepare(CURL* handle, Guard& guard) const {
    const long tls = settings_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE;
    return set(handle, CURLOPT_URL, settings_.url.c_str()) &&
           set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps") && set(handle, CURLOPT_PROXY, "") &&
           set(handle, CURLOPT_NOPROXY, "*") && set(handle, CURLOPT_USE_SSL, tls) &&
           set(handle, CURLOPT_SSL_VERIFYPEER, 1L) && set(handle, CURLOPT_SSL_VERIFYHOST, 2L) &&
           set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
           (settings_.ca_file.empty() || set(handle, CURLOPT_CAINFO, settings_.ca_file.c_str())) &&
           (settings_.user.empty() ||
            (set(handle, CURLOPT_USERNAME, settings_.user.c_str()) &&
             set(handle, CURLOPT_PASSWORD, settings_.password.reveal().c_str()))) &&
           set(handle, CURLOPT_NOSIGNAL, 1L) &&
           set(handle, CURLOPT_CONNECTTIMEOUT_MS,
               static_cast<long>(std::min(kConnectTimeout, settings_.timeout).count())) &&
           set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count())) &&
           set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_at_home) &&
           set(handle, CURLOPT_OPENSOCKETDATA, &guard) && set(handle, CURLOPT_NOPROGRESS, 0L) &&
           set(handle, CURLOPT_XFERINFOFUNCTION, &go_on_mailing) &&
           set(handle, CURLOPT_XFERINFODATA, &settings_.stop) &&
           set(handle, CURLOPT_QUICK_EXIT, 1L) && set(handle, CURLOPT_WRITEFUNCTION, &ignore) &&
           set(handle, CURLOPT_HEADERFUNCTION, &ignore);
  }

  const SmtpSettings settings_;
  const base::Clock& clock_;
  Turnstile turnstile_;
};

}  // namespace

std::unique_ptr<app::MailSender> make_mail_sender(SmtpSettings settings, const base::Clock& clock) {
  return std::make_unique<SmtpMailSender>(std::move(settings), clock);
}

}  // namespace chartroom::net
