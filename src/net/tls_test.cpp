// The client against a TLS peer whose certificate the test makes itself.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "net/curl_http_client.hpp"
#include "net/loopback_test.hpp"

namespace chartroom::net {
namespace {

/// Serves one answer per connection with a self-signed certificate for `alt_name`.
class TlsPeer {
 public:
  TlsPeer(const std::string& alt_name, const std::string& ca_file) {
    key_ = EVP_EC_gen("P-256");
    certificate_ = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_set_version(certificate_, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test peer"), -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_EXTENSION* alt =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alt_name.c_str());
    X509_add_ext(certificate_, alt, -1);
    X509_EXTENSION_free(alt);
    X509_sign(certificate_, key_, EVP_sha256());
    std::FILE* file = std::fopen(ca_file.c_str(), "w");
    PEM_write_X509(file, certificate_);
    std::fclose(file);
    listen();
    thread_ = std::thread([this] { run(); });
  }
  ~TlsPeer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  [[nodiscard]] std::string url() const {
    return "https://127.0.0.1:" + std::to_string(port_) + "/";
  }

 private:
  void listen() { listener_ = listen_on_loopback(port_); }

  void run() {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context, certificate_);
    SSL_CTX_use_PrivateKey(context, key_);
    while (true) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) break;
      SSL* tls = SSL_new(context);
      SSL_set_fd(tls, connection);
      char request[4096];
      // The client's head and its body of two bytes come in one or two pieces; either is enough.
      if (SSL_accept(tls) == 1 && SSL_read(tls, request, sizeof request) > 0) {
        const std::string answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
        SSL_write(tls, answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(tls);
      }
      SSL_free(tls);
      ::close(connection);
    }
    SSL_CTX_free(context);
  }

  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "chartroom-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ca_file_ = (folder_ / "ca.pem").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static base::Result<app::OutgoingResponse> get(const TlsPeer& peer, const std::string& ca_file) {
    HttpClientSettings settings;
    settings.allow_private_addresses = true;
    settings.ca_file = ca_file;
    app::OutgoingRequest request;
    request.method = "GET";
    request.url = peer.url();
    return make_http_client(settings)->send(request);
  }

  std::filesystem::path folder_;
  std::string ca_file_;
};

TEST_F(Tls, TalksToAPeerWhoseCertificateIsTrusted) {
  const TlsPeer peer("IP:127.0.0.1", ca_file_);
  const auto got = get(peer, ca_file_);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 204);
}

TEST_F(Tls, RefusesACertificateThatNobodyVouchesFor) {
  const TlsPeer peer("IP:127.0.0.1", ca_file_);
  const auto got = get(peer, "");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "tls failure");
}

TEST_F(Tls, RefusesACertificateOfAnotherHost) {
  const TlsPeer peer("IP:127.0.0.2", ca_file_);
  const auto got = get(peer, ca_file_);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "tls failure");
}

}  // namespace
}  // namespace chartroom::net
