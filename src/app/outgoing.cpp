// Outgoing authentication and destinations as JSON for sealed columns. A field may be added with a
// default; none may change its meaning.
#include "app/outgoing.hpp"

#include <array>
#include <boost/json.hpp>

namespace chartroom::app {
namespace {

namespace json = boost::json;
using AuthType = OutgoingAuth::Type;
using Secret = base::Sensitive<std::string>;

constexpr std::array<std::pair<AuthType, const char*>, 3> kAuthTypes{
    {{AuthType::none, "none"}, {AuthType::basic, "basic"}, {AuthType::oauth2, "oauth2"}}};
constexpr std::array<std::pair<Destination::Kind, const char*>, 3> kDestinationKinds{
    {{Destination::Kind::multipart, "multipart"},
     {Destination::Kind::sftp, "sftp"},
     {Destination::Kind::presigned, "presigned"}}};

std::string stored_text(const json::object& in, const char* name) {
  return std::string(in.at(name).as_string());
}

Secret stored_secret(const json::object& in, const char* name) {
  return Secret(stored_text(in, name));
}

json::array header_array(const SecretHeaders& headers) {
  json::array out;
  for (const auto& [name, value] : headers) {
    out.push_back(json::object{{"name", name}, {"value", value.reveal()}});
  }
  return out;
}

SecretHeaders stored_headers(const json::value& in) {
  SecretHeaders headers;
  for (const json::value& header : in.as_array()) {
    headers.emplace_back(stored_text(header.as_object(), "name"),
                         stored_secret(header.as_object(), "value"));
  }
  return headers;
}

json::array text_array(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

std::vector<std::string> stored_texts(const json::value& in) {
  std::vector<std::string> texts;
  for (const json::value& text : in.as_array()) texts.emplace_back(text.as_string());
  return texts;
}

json::object auth_object(const OutgoingAuth& auth) {
  json::object out{{"type", to_string(auth.type)}};
  if (auth.type == AuthType::basic) {
    out["user"] = auth.user;
    out["password"] = auth.password.reveal();
  }
  if (auth.type == AuthType::oauth2) {
    out["tokenUrl"] = auth.token_url;
    out["clientId"] = auth.client_id;
    out["clientSecret"] = auth.client_secret.reveal();
    out["scope"] = auth.scope;
    out["secretInBody"] = auth.secret_in_body;
  }
  if (auth.certificate) {
    out["certificate"] =
        json::object{{"certificate", auth.certificate->certificate},
                     {"privateKey", auth.certificate->private_key.reveal()},
                     {"subject", auth.certificate->subject},
                     {"expiresAt", base::to_unix_ms(auth.certificate->expires_at)}};
  }
  return out;
}

OutgoingAuth stored_auth(const json::object& in) {
  OutgoingAuth auth;
  auth.type = auth_type_from(in.at("type").as_string()).value();
  if (auth.type == AuthType::basic) {
    auth.user = stored_text(in, "user");
    auth.password = stored_secret(in, "password");
  }
  if (auth.type == AuthType::oauth2) {
    auth.token_url = stored_text(in, "tokenUrl");
    auth.client_id = stored_text(in, "clientId");
    auth.client_secret = stored_secret(in, "clientSecret");
    auth.scope = stored_text(in, "scope");
    auth.secret_in_body = in.at("secretInBody").as_bool();
  }
  if (const json::value* certificate = in.if_contains("certificate")) {
    const json::object& stored = certificate->as_object();
    auth.certificate =
        ClientCertificate{stored_text(stored, "certificate"), stored_secret(stored, "privateKey"),
                          stored_text(stored, "subject"),
                          base::from_unix_ms(stored.at("expiresAt").to_number<std::int64_t>())};
  }
  return auth;
}

Destination stored_destination(const json::object& in) {
  Destination out;
  out.id = stored_text(in, "id");
  out.name = stored_text(in, "name");
  out.kind = destination_kind_from(in.at("kind").as_string()).value();
  out.url = stored_text(in, "url");
  out.reports = stored_texts(in.at("reports"));
  out.authentication = stored_auth(in.at("authentication").as_object());
  out.headers = stored_headers(in.at("headers"));
  out.upload_authentication = in.at("uploadAuthentication").as_bool();
  out.upload_headers = stored_headers(in.at("uploadHeaders"));
  out.private_key = stored_secret(in, "privateKey");
  out.host_keys = stored_texts(in.at("hostKeys"));
  if (in.contains("pdfPassword")) out.pdf_password = stored_secret(in, "pdfPassword");
  out.created_at = base::from_unix_ms(in.at("createdAt").to_number<std::int64_t>());
  return out;
}

template <typename T, std::size_t N>
const char* word_of(const std::array<std::pair<T, const char*>, N>& words, T value) {
  for (const auto& [known, word] : words) {
    if (known == value) return word;
  }
  return "";
}

template <typename T, std::size_t N>
std::optional<T> value_of(const std::array<std::pair<T, const char*>, N>& words,
                          std::string_view text) {
  for (const auto& [known, word] : words) {
    if (text == word) return known;
  }
  return std::nullopt;
}

}  // namespace

const char* to_string(OutgoingAuth::Type type) { return word_of(kAuthTypes, type); }

std::optional<OutgoingAuth::Type> auth_type_from(std::string_view text) {
  return value_of(kAuthTypes, text);
}

const char* to_string(Destination::Kind kind) { return word_of(kDestinationKinds, kind); }

std::optional<Destination::Kind> destination_kind_from(std::string_view text) {
  return value_of(kDestinationKinds, text);
}

std::string auth_to_json(const OutgoingAuth& auth) { return json::serialize(auth_object(auth)); }

base::Result<OutgoingAuth> auth_from_json(std::string_view text) {
  try {
    return stored_auth(json::parse(text).as_object());
  } catch (const std::exception&) {  // Boost.JSON: missing or mistyped; an unknown word
    return base::fail(base::ErrorCode::corrupt, "stored authentication cannot be read");
  }
}

std::string destination_to_json(const Destination& destination) {
  return json::serialize(json::object{{"id", destination.id},
                                      {"name", destination.name},
                                      {"kind", to_string(destination.kind)},
                                      {"url", destination.url},
                                      {"reports", text_array(destination.reports)},
                                      {"authentication", auth_object(destination.authentication)},
                                      {"headers", header_array(destination.headers)},
                                      {"uploadAuthentication", destination.upload_authentication},
                                      {"uploadHeaders", header_array(destination.upload_headers)},
                                      {"privateKey", destination.private_key.reveal()},
                                      {"hostKeys", text_array(destination.host_keys)},
                                      {"pdfPassword", destination.pdf_password.reveal()},
                                      {"createdAt", base::to_unix_ms(destination.created_at)}});
}

base::Result<Destination> destination_from_json(std::string_view text) {
  try {
    return stored_destination(json::parse(text).as_object());
  } catch (const std::exception&) {  // as above
    return base::fail(base::ErrorCode::corrupt, "a stored destination cannot be read");
  }
}

}  // namespace chartroom::app
