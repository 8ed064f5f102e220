#include "delivery/report_shipper.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>

#include "app/webhook_rules.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "delivery/retry_schedule.hpp"
#include "delivery/status_words.hpp"

namespace chartroom::delivery {
namespace {

namespace json = boost::json;
using Outcome = app::ReportShipper::Outcome;

constexpr std::size_t kUploadAnswerBytes = std::size_t{1024} * 1024;  // read and thrown away
constexpr std::size_t kTemporaryDigits = 8;

Outcome failed(std::string words, int status = 0) { return {false, status, std::move(words)}; }

Outcome judge(const base::Result<app::OutgoingResponse>& answer) {
  if (!answer) return failed(words_for(answer.error()));
  if (is_success(answer->status)) return {true, answer->status, {}};
  return failed(words_for_status(answer->status), answer->status);
}

void add(const app::SecretHeaders& headers, app::OutgoingRequest& request) {
  for (const auto& [name, value] : headers) request.headers.emplace_back(name, value.reveal());
}

/// A request to the destination itself.
app::OutgoingRequest request_to(const app::Destination& destination,
                                const app::Shipment& shipment) {
  app::OutgoingRequest request;
  request.url = destination.url;
  request.headers = {{"user-agent", "Chartroom/" CHARTROOM_VERSION},
                     {"idempotency-key", shipment.id}};
  add(destination.headers, request);
  return request;
}

/// Where the file is to go (§9.3 step 2).
struct Target {
  std::string url;
  std::string method = "POST";
};

/// The answer's names are not published: three are taken. Error: fixed words.
base::Result<Target> read_target(const std::string& body, bool http_too) {
  const auto refuse = [](const char* words) {
    return base::fail(base::ErrorCode::unavailable, words);
  };
  boost::system::error_code error;
  const json::value value = json::parse(body, error);
  const json::object* answer = error ? nullptr : value.if_object();
  if (answer == nullptr) return refuse("answer without url");
  Target target;
  for (const char* name : {"url", "preSignedUrl", "presignedUrl"}) {
    const json::value* url = answer->if_contains(name);
    if (url == nullptr || !url->is_string()) continue;
    target.url = url->get_string();
    break;
  }
  if (target.url.empty()) return refuse("answer without url");
  if (app::broken_url_rule(target.url, http_too, kUploadUrlCharacters)) {
    return refuse("answer with a bad url");
  }
  if (const json::value* method = answer->if_contains("method"); method != nullptr) {
    for (const char* known : {"POST", "PUT"}) {
      if (method->is_string() &&
          base::equals_ignoring_case_ascii(std::string_view(method->get_string()), known)) {
        target.method = known;
        return target;
      }
    }
    if (!method->is_null()) return refuse("answer with another method");
  }
  return target;
}

class HttpAndSftpShipper final : public app::ReportShipper {
 public:
  HttpAndSftpShipper(Authenticator& authenticator, app::FileSender& files, base::Random& random)
      : authenticator_(authenticator), files_(files), random_(random) {}

  Outcome ship(const app::Destination& destination, const app::Shipment& shipment) override {
    switch (destination.kind) {
      case app::Destination::Kind::multipart:
        return post_form(destination, shipment);
      case app::Destination::Kind::presigned:
        return upload_where_told(destination, shipment);
      case app::Destination::Kind::sftp:
        return put_file(destination, shipment);
    }
    return failed("transfer failed");
  }

  std::optional<base::Duration> delay_after(unsigned failed_tries) override {
    std::uint32_t chance = 0;
    random_.fill(std::as_writable_bytes(std::span{&chance, 1}));
    return delivery::delay_after(failed_tries, chance);
  }

 private:
  Outcome post_form(const app::Destination& destination, const app::Shipment& shipment) {
    app::OutgoingRequest request = request_to(destination, shipment);
    request.timeout = kUploadTimeout;
    request.response_limit_bytes = kUploadAnswerBytes;
    request.form = {{"metadata", "application/json", "", shipment.metadata_json},
                    {"file", shipment.content_type, shipment.file_name, shipment.content.reveal()}};
    return judge(
        authenticator_.send(std::move(request), destination.authentication, destination.id));
  }

  Outcome upload_where_told(const app::Destination& destination, const app::Shipment& shipment) {
    app::OutgoingRequest request = request_to(destination, shipment);
    request.headers.emplace_back("content-type", "application/json");
    request.body = shipment.metadata_json;
    request.timeout = kAnnounceTimeout;
    const auto answer =
        authenticator_.send(std::move(request), destination.authentication, destination.id);
    if (!answer) return failed(words_for(answer.error()));
    if (answer->status != 201) return failed(words_for_status(answer->status), answer->status);
    // Plain http is for a sandbox, whose own URL may be so.
    const bool http_too = base::to_lower_ascii(destination.url.substr(0, 5)) == "http:";
    auto target = read_target(answer->body, http_too);
    if (!target) return failed(target.error().message, answer->status);
    Outcome outcome = upload(destination, shipment, *target);
    if (!outcome.accepted) outcome.error = "upload: " + outcome.error;
    return outcome;
  }

  Outcome upload(const app::Destination& destination, const app::Shipment& shipment,
                 Target& target) {
    app::OutgoingRequest request;
    request.method = target.method;
    request.url = std::move(target.url);
    request.headers = {{"user-agent", "Chartroom/" CHARTROOM_VERSION},
                       {"content-type", shipment.content_type}};
    if (destination.upload_authentication) add(destination.headers, request);
    add(destination.upload_headers, request);
    request.body = shipment.content.reveal();
    request.timeout = kUploadTimeout;
    request.response_limit_bytes = kUploadAnswerBytes;
    return judge(authenticator_.send(
        std::move(request),
        destination.upload_authentication ? destination.authentication : app::OutgoingAuth{},
        destination.id));
  }

  Outcome put_file(const app::Destination& destination, const app::Shipment& shipment) {
    app::FileUpload upload;
    upload.url = destination.url;
    upload.private_key = destination.private_key;
    upload.host_keys = destination.host_keys;
    upload.file_name = shipment.file_name;
    // Two tries at once, should that happen, must not write into one file.
    upload.temporary_name =
        '.' + shipment.file_name + '.' + base::make_hex_id(kTemporaryDigits, random_) + ".part";
    upload.content = shipment.content.reveal();
    upload.timeout = kUploadTimeout;
    const auto sent = files_.send(upload);
    return sent ? Outcome{true, 0, {}} : failed(sent.error().message);
  }

  Authenticator& authenticator_;
  app::FileSender& files_;
  base::Random& random_;
};

}  // namespace

std::unique_ptr<app::ReportShipper> make_report_shipper(Authenticator& authenticator,
                                                        app::FileSender& files,
                                                        base::Random& random) {
  return std::make_unique<HttpAndSftpShipper>(authenticator, files, random);
}

}  // namespace chartroom::delivery
