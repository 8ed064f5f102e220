#include "net/curl_http_client.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "base/work_context.hpp"
#include "net/curl_support.hpp"
#include "net/guard.hpp"

namespace chartroom::net {
namespace {

using base::ErrorCode;

constexpr std::size_t kPooledHandles = 16;
constexpr long kConnectionsPerHandle = 4;

/// What the callbacks of one transfer share.
struct Transfer {
  bool allow_local = false;
  bool blocked = false;  ///< some address of the name was refused
  std::size_t body_limit = 0;
  std::size_t head_bytes = 0;
  std::string body;
  std::stop_token stop;
};

curl_socket_t open_guarded(void* context, curlsocktype purpose, curl_sockaddr* target) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (purpose != CURLSOCKTYPE_IPCXN || !is_allowed(target->addr, transfer.allow_local)) {
    transfer.blocked = true;
    return CURL_SOCKET_BAD;
  }
  return open_socket(*target);
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (size > transfer.body_limit - transfer.body.size()) return CURL_WRITEFUNC_ERROR;
  transfer.body.append(data, size);
  return size;
}

std::size_t take_header(char*, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.head_bytes += size;
  return transfer.head_bytes > kResponseHeadBytesMost ? CURL_WRITEFUNC_ERROR : size;
}

/// libcurl asks at least once a second.
int go_on(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(context)->stop.stop_requested() ? 1 : 0;
}

std::string url_part(CURLU* url, CURLUPart part) {
  char* raw = nullptr;
  if (curl_url_get(url, part, &raw, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlCleanup> text(raw);
  return text.get();
}

/// Readers disagree about what these mean in a URL.
bool is_doubtful(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '\\' || c == '\x7f';
}

base::Result<void> check_url(const std::string& text) {
  const std::unique_ptr<CURLU, CurlCleanup> url(curl_url());
  if (!url || text.size() > kUrlBytesMost || std::ranges::any_of(text, is_doubtful) ||
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return base::fail(ErrorCode::invalid_input, "the URL cannot be read", "url");
  }
  const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return base::fail(ErrorCode::invalid_input, "the URL must begin with https or http", "url");
  }
  // libcurl forgives a slash too many or too few, and takes the empty user of "https://@host" for
  // none; what others would read differently is not ours to guess.
  const std::string beginning = scheme + "://";
  const std::string_view rest =
      std::string_view(text).substr(std::min(beginning.size(), text.size()));
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (base::to_lower_ascii(text.substr(0, beginning.size())) != beginning || authority.empty()) {
    return base::fail(ErrorCode::invalid_input, "the URL names no host", "url");
  }
  if (authority.find('@') != std::string_view::npos) {
    return base::fail(ErrorCode::invalid_input, "the URL must not hold a user or password", "url");
  }
  return {};
}

base::Result<void> check_request(const app::OutgoingRequest& request) {
  constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD",  "POST",
                                                        "PUT", "PATCH", "DELETE"};
  if (std::ranges::find(kMethods, request.method) == kMethods.end()) {
    return base::fail(ErrorCode::invalid_input, "the method is not supported", "method");
  }
  if (request.timeout.count() < 1 || request.timeout > kTimeoutMost) {
    return base::fail(ErrorCode::invalid_input, "the timeout is out of range", "timeout");
  }
  for (const auto& [name, value] : request.headers) {
    const std::string_view forbidden("\r\n\0", 3);
    if (name.empty() || name.find_first_of(std::string("\r\n:; \t\0", 7)) != std::string::npos ||
        value.find_first_of(forbidden) != std::string::npos) {
      return base::fail(ErrorCode::invalid_input, "a header cannot be sent", "headers");
    }
  }
  return check_url(request.url);
}

CurlList header_list(const app::OutgoingRequest& request) {
  CurlList list;
  bool typed = false;
  bool traced = false;
  bool complete = append_line(list, "Expect:");  // no pause for "100 Continue" before large bodies
  for (const auto& [name, value] : request.headers) {
    typed = typed || base::equals_ignoring_case_ascii(name, "content-type");
    traced = traced || base::equals_ignoring_case_ascii(name, "traceparent");
    // To libcurl "Name:" means leaving it out; "Name;" is the header without a value.
    std::string line = name;
    line += value.empty() ? ";" : ": ";
    line += value;
    complete = complete && append_line(list, line);
  }
  const auto& trace = base::current_work().trace;
  if (trace && !traced) {
    complete = complete &&
               append_line(list, "traceparent: " + base::to_traceparent(base::next_span(*trace)));
  }
  // libcurl would call every body a form. A real form's type is libcurl's, since it names the
  // boundary.
  if (!typed && request.form.empty()) complete = complete && append_line(list, "Content-Type:");
  return complete ? std::move(list) : CurlList{};
}

base::Error error_of(CURLcode code, bool blocked) {
  const auto unavailable = [](const char* words) {
    return base::Error{ErrorCode::unavailable, words};
  };
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return unavailable("timeout");
    case CURLE_ABORTED_BY_CALLBACK:
      return unavailable("cancelled");
    case CURLE_COULDNT_CONNECT:
      return unavailable(blocked ? "blocked address" : "connection refused");
    case CURLE_COULDNT_RESOLVE_HOST:
      return unavailable("name not resolved");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      return unavailable("tls failure");
    case CURLE_SSL_CERTPROBLEM:
      return unavailable("client certificate unusable");
    case CURLE_URL_MALFORMAT:
      return {ErrorCode::invalid_input, "the URL cannot be read", "url"};
    default:
      return unavailable(blocked ? "blocked address" : "transfer failed");
  }
}

/// A peer that hangs up in the middle of TLS would end the process: OpenSSL writes without
/// MSG_NOSIGNAL, and libcurl leaves signals alone where there are threads (CURLOPT_NOSIGNAL).
void ignore_broken_pipes() {
  struct sigaction now{};
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
    std::signal(SIGPIPE, SIG_IGN);
  }
}

using CurlForm = std::unique_ptr<curl_mime, CurlCleanup>;

/// Null when there is no memory.
CurlForm make_form(CURL* handle, const std::vector<app::FormPart>& parts) {
  CurlForm form(curl_mime_init(handle));
  for (const app::FormPart& part : parts) {
    curl_mimepart* made = form ? curl_mime_addpart(form.get()) : nullptr;
    const bool good =
        made != nullptr && curl_mime_name(made, part.name.c_str()) == CURLE_OK &&
        curl_mime_type(made, part.content_type.c_str()) == CURLE_OK &&
        curl_mime_data(made, part.body.data(), part.body.size()) == CURLE_OK &&
        (part.file_name.empty() || curl_mime_filename(made, part.file_name.c_str()) == CURLE_OK);
    if (!good) return {};
  }
  return form;
}

class CurlHttpClient final : public app::HttpClient {
 public:
  explicit CurlHttpClient(HttpClientSettings settings) : settings_(std::move(settings)) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error("libcurl cannot start");
    ignore_broken_pipes();
  }

  base::Result<app::OutgoingResponse> send(const app::OutgoingRequest& request) override {
    if (auto checked = check_request(request); !checked) return base::pass_on(checked.error());
    CurlForm form;  // outlives the handle that may point to it
    CurlHandle handle = take();
    const CurlList headers = header_list(request);
    if (!handle || !headers) return base::fail(ErrorCode::unavailable, "transfer failed");

    Transfer transfer;
    transfer.allow_local = settings_.allow_private_addresses;
    transfer.body_limit = request.response_limit_bytes;
    transfer.stop = settings_.stop;
    if (!(prepare(handle.get(), transfer) && identify(handle.get(), request.certificate) &&
          describe(handle.get(), request, headers.get()))) {
      return base::fail(ErrorCode::unavailable, "transfer failed");
    }
    if (!request.form.empty()) {
      form = make_form(handle.get(), request.form);
      if (!form || !set(handle.get(), CURLOPT_MIMEPOST, form.get())) {
        return base::fail(ErrorCode::unavailable, "transfer failed");
      }
    }
    const CURLcode code = curl_easy_perform(handle.get());
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    give_back(std::move(handle));  // lets go of the form
    if (code != CURLE_OK) return base::pass_on(error_of(code, transfer.blocked));
    return app::OutgoingResponse{static_cast<int>(status), std::move(transfer.body)};
  }

 private:
  template <typename Value>
  static bool set(CURL* handle, CURLoption option, Value value) {
    return curl_easy_setopt(handle, option, value) == CURLE_OK;
  }

  /// What holds for all requests. False where this libcurl lacks something we rely on.
  bool prepare(CURL* handle, Transfer& transfer) const {
    return set(handle, CURLOPT_PROTOCOLS_STR, "http,https") &&
           set(handle, CURLOPT_FOLLOWLOCATION, 0L) && set(handle, CURLOPT_PROXY, "") &&
           set(handle, CURLOPT_NOPROXY, "*") && set(handle, CURLOPT_SSL_VERIFYPEER, 1L) &&
           set(handle, CURLOPT_SSL_VERIFYHOST, 2L) &&
           set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
           set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)) &&
           set(handle, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) && set(handle, CURLOPT_NOSIGNAL, 1L) &&
           set(handle, CURLOPT_MAXCONNECTS, kConnectionsPerHandle) &&
           set(handle, CURLOPT_CONNECTTIMEOUT_MS,
               static_cast<long>(settings_.connect_timeout.count())) &&
           (settings_.ca_file.empty() || set(handle, CURLOPT_CAINFO, settings_.ca_file.c_str())) &&
           set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_guarded) &&
           set(handle, CURLOPT_OPENSOCKETDATA, &transfer) &&
           set(handle, CURLOPT_WRITEFUNCTION, &take_body) &&
           set(handle, CURLOPT_WRITEDATA, &transfer) &&
           set(handle, CURLOPT_HEADERFUNCTION, &take_header) &&
           set(handle, CURLOPT_HEADERDATA, &transfer) && set(handle, CURLOPT_NOPROGRESS, 0L) &&
           set(handle, CURLOPT_XFERINFOFUNCTION, &go_on) &&
           set(handle, CURLOPT_XFERINFODATA, &transfer) &&
           // A name server that hangs must not hold us longer than the time-out.
           set(handle, CURLOPT_QUICK_EXIT, 1L);
  }

  /// libcurl keeps connections apart by the bytes of their client certificate.
  static bool identify(CURL* handle, const std::optional<app::ClientCertificate>& own) {
    if (!own) return true;
    const auto blob = [&](CURLoption option, const std::string& text) {
      curl_blob bytes{const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY};
      return set(handle, option, &bytes);
    };
    return blob(CURLOPT_SSLCERT_BLOB, own->certificate) &&
           blob(CURLOPT_SSLKEY_BLOB, own->private_key.reveal()) &&
           set(handle, CURLOPT_SSLCERTTYPE, "PEM") && set(handle, CURLOPT_SSLKEYTYPE, "PEM");
  }

  static bool describe(CURL* handle, const app::OutgoingRequest& request, curl_slist* headers) {
    const bool done = set(handle, CURLOPT_URL, request.url.c_str()) &&
                      set(handle, CURLOPT_HTTPHEADER, headers) &&
                      set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    if (request.method == "HEAD") return done && set(handle, CURLOPT_NOBODY, 1L);
    if (request.method == "GET" && request.body.empty()) {
      return done && set(handle, CURLOPT_HTTPGET, 1L);
    }
    if (!request.form.empty()) return done;
    return done && set(handle, CURLOPT_POST, 1L) &&
           set(handle, CURLOPT_POSTFIELDS, request.body.c_str()) &&
           set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size())) &&
           set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }

  /// An idle handle brings its open connections along.
  CurlHandle take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        CurlHandle handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    return CurlHandle(curl_easy_init());
  }

  void give_back(CurlHandle handle) {
    curl_easy_reset(handle.get());  // drops pointers into the finished transfer, not connections
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kPooledHandles) idle_.push_back(std::move(handle));
  }

  const HttpClientSettings settings_;
  std::mutex mutex_;
  std::vector<CurlHandle> idle_;
};

}  // namespace

std::unique_ptr<app::HttpClient> make_http_client(HttpClientSettings settings) {
  return std::make_unique<CurlHttpClient>(std::move(settings));
}

}  // namespace chartroom::net
