// The client against a TLS peer that asks for a client certificate and keeps its connections open.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <list>
#include <mutex>
#include <thread>

#include "net/curl_http_client.hpp"
#include "net/loopback_test.hpp"

namespace chartroom::net {
namespace {

/// A key and a self-signed certificate of a name.
struct OwnCertificate {
  explicit OwnCertificate(const std::string& name) {
    key = EVP_EC_gen("P-256");
    certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_EXTENSION* alt =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate, alt, -1);
    X509_EXTENSION_free(alt);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~OwnCertificate() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  OwnCertificate(const OwnCertificate&) = delete;
  OwnCertificate& operator=(const OwnCertificate&) = delete;

  [[nodiscard]] static std::string text_of(BIO* bio) {
    char* text = nullptr;
    const auto size = static_cast<std::size_t>(BIO_get_mem_data(bio, &text));
    std::string out(text, size);
    BIO_free(bio);
    return out;
  }
  [[nodiscard]] app::ClientCertificate pem() const {
    BIO* first = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(first, certificate);
    BIO* second = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(second, key, nullptr, nullptr, 0, nullptr, nullptr);
    app::ClientCertificate out;
    out.certificate = text_of(first);
    out.private_key = base::Sensitive<std::string>(text_of(second));
    return out;
  }

  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
};

/// Answers 204 to every request and notes whose certificate was shown on which connection.
class AskingPeer {
 public:
  struct Seen {
    int connection;
    std::string name;  ///< "": no certificate
  };

  explicit AskingPeer(bool insists) : own_("test peer"), insists_(insists) {
    listener_ = listen_on_loopback(port_);
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, own_.certificate);
    SSL_CTX_use_PrivateKey(context_, own_.key);
    // Whoever made it: what counts here is which one was shown.
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | (insists ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       [](int, X509_STORE_CTX*) { return 1; });
    thread_ = std::thread([this] { accept_all(); });
  }
  ~AskingPeer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int connection : open_) ::shutdown(connection, SHUT_RDWR);
    }
    for (std::thread& talk : talks_) talk.join();
    ::close(listener_);
    SSL_CTX_free(context_);
  }
  AskingPeer(const AskingPeer&) = delete;
  AskingPeer& operator=(const AskingPeer&) = delete;

  [[nodiscard]] std::string url() const {
    return "https://127.0.0.1:" + std::to_string(port_) + "/";
  }
  [[nodiscard]] std::string ca() const { return own_.pem().certificate; }
  [[nodiscard]] std::vector<Seen> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  [[nodiscard]] std::string last_body() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void accept_all() {
    for (int number = 1;; ++number) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      {
        const std::lock_guard lock(mutex_);
        open_.push_back(connection);
      }
      talks_.emplace_back([this, connection, number] { talk(connection, number); });
    }
  }

  void talk(int connection, int number) {
    SSL* tls = SSL_new(context_);
    SSL_set_fd(tls, connection);
    if (SSL_accept(tls) == 1) {
      while (read_request(tls)) {
        {
          const std::lock_guard lock(mutex_);
          seen_.push_back({number, name_of(tls)});
        }
        const std::string answer = "HTTP/1.1 204 No Content\r\n\r\n";
        SSL_write(tls, answer.data(), static_cast<int>(answer.size()));
      }
    }
    SSL_free(tls);
    {
      const std::lock_guard lock(mutex_);
      open_.remove(connection);
    }
    ::close(connection);
  }

  /// A head, and a body of the length that the head names.
  bool read_request(SSL* tls) {
    std::string text;
    char piece[4096];
    for (;;) {
      const auto head = text.find("\r\n\r\n");
      if (head != std::string::npos) {
        const auto length = text.find("Content-Length: ");
        const std::size_t body =
            length == std::string::npos ? 0 : std::stoul(text.substr(length + 16));
        if (text.size() >= head + 4 + body) {
          const std::lock_guard lock(mutex_);
          last_ = text;
          return true;
        }
      }
      const int got = SSL_read(tls, piece, sizeof piece);
      if (got <= 0) return false;
      text.append(piece, static_cast<std::size_t>(got));
    }
  }

  static std::string name_of(SSL* tls) {
    X509* shown = SSL_get1_peer_certificate(tls);
    if (shown == nullptr) return {};
    char name[100] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
    X509_free(shown);
    return name;
  }

  OwnCertificate own_;
  bool insists_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<Seen> seen_;
  std::string last_;
  std::list<int> open_;
  std::thread thread_;
  std::list<std::thread> talks_;
};

class MutualTls : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "chartroom-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<app::HttpClient> client_for(const AskingPeer& peer) {
    const std::string file = (folder_ / "ca.pem").string();
    std::ofstream(file) << peer.ca();
    HttpClientSettings settings;
    settings.allow_private_addresses = true;
    settings.ca_file = file;
    return make_http_client(settings);
  }
  static app::OutgoingRequest request(const AskingPeer& peer,
                                      std::optional<app::ClientCertificate> certificate) {
    app::OutgoingRequest request;
    request.url = peer.url();
    request.body = "{}";
    request.certificate = std::move(certificate);
    return request;
  }

  std::filesystem::path folder_;
};

TEST_F(MutualTls, ConnectionsAreSharedByRequestsOfOneCertificateAlone) {
  AskingPeer peer(false);
  const auto client = client_for(peer);
  const app::ClientCertificate alpha = OwnCertificate("alpha").pem();
  const app::ClientCertificate beta = OwnCertificate("beta").pem();
  const std::vector<std::optional<app::ClientCertificate>> order{
      alpha, alpha, beta, std::nullopt, alpha, beta, std::nullopt};
  for (const auto& certificate : order) {
    const auto answer = client->send(request(peer, certificate));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 204);
  }
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), order.size());
  const std::vector<std::string> names{"alpha", "alpha", "beta", "", "alpha", "beta", ""};
  std::map<int, std::string> whose;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].name, names[i]) << "request " << i;
    const auto [found, added] = whose.emplace(seen[i].connection, seen[i].name);
    EXPECT_EQ(found->second, seen[i].name) << "connection " << seen[i].connection;
  }
  EXPECT_EQ(seen[0].connection, seen[1].connection) << "the same certificate uses it again";
  EXPECT_EQ(whose.size(), 3U) << "one connection for each";
}

TEST_F(MutualTls, APeerThatInsistsGetsACertificateOrNothing) {
  AskingPeer peer(true);
  const auto client = client_for(peer);
  EXPECT_FALSE(client->send(request(peer, std::nullopt)));
  const auto answer = client->send(request(peer, OwnCertificate("gamma").pem()));
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(peer.seen().size(), 1U);
  EXPECT_EQ(peer.seen()[0].name, "gamma");
}

TEST_F(MutualTls, ABrokenCertificateIsSaidInFixedWords) {
  AskingPeer peer(false);
  const auto client = client_for(peer);
  app::ClientCertificate broken = OwnCertificate("alpha").pem();
  broken.certificate = "no certificate";
  auto answer = client->send(request(peer, broken));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "client certificate unusable");
  broken = OwnCertificate("alpha").pem();
  broken.private_key = OwnCertificate("beta").pem().private_key;
  answer = client->send(request(peer, broken));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "client certificate unusable");
  EXPECT_TRUE(client->send(request(peer, std::nullopt))) << "the next one is not harmed";
  EXPECT_TRUE(peer.seen().size() == 1U && peer.seen()[0].name.empty());
}

TEST_F(MutualTls, AFormHasItsPartsAndALength) {
  AskingPeer peer(false);
  const auto client = client_for(peer);
  app::OutgoingRequest form = request(peer, std::nullopt);
  form.body.clear();
  const std::string bytes("\0binary\r\n--", 11);
  form.form = {{"metadata", "application/json", "", "{\"a\":1}"},
               {"file", "application/pdf", "re\"port.pdf", bytes}};
  const auto answer = client->send(form);
  ASSERT_TRUE(answer) << answer.error().message;
  const std::string sent = peer.last_body();
  EXPECT_EQ(sent.rfind("POST / HTTP/1.1\r\n", 0), 0U);
  EXPECT_NE(sent.find("Content-Type: multipart/form-data; boundary="), std::string::npos);
  EXPECT_NE(sent.find("Content-Disposition: form-data; name=\"metadata\"\r\n"
                      "Content-Type: application/json\r\n\r\n{\"a\":1}\r\n"),
            std::string::npos);
  EXPECT_NE(sent.find("name=\"file\"; filename=\"re%22port.pdf\"\r\n"
                      "Content-Type: application/pdf\r\n\r\n" +
                      bytes + "\r\n"),
            std::string::npos);
}

}  // namespace
}  // namespace chartroom::net
