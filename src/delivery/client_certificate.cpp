#include "delivery/client_certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>

#include "app/outgoing_rules.hpp"
#include "base/text.hpp"

namespace chartroom::delivery {
namespace {

constexpr std::size_t kSubjectBytes = 500;

struct OpensslFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, OpensslFree>;

/// No passphrase is known; without this OpenSSL would ask the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

Owned<BIO> bio_over(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

tl::unexpected<base::Error> refuse(const char* field, std::string rule) {
  ERR_clear_error();
  return base::fail(base::ErrorCode::invalid_input, std::move(rule), field);
}

std::string subject_of(const X509& certificate) {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), X509_get_subject_name(&certificate), 0,
                                 XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
    return {};
  }
  char* text = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(out.get(), &text));
  return base::to_valid_utf8({text, std::min(size, kSubjectBytes)});
}

std::optional<base::TimePoint> expiry_of(const X509& certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &time) != 1) return std::nullopt;
  return base::from_unix_ms(std::int64_t{timegm(&time)} * 1000);
}

class PemReader final : public app::CertificateReader {
 public:
  base::Result<app::ClientCertificate> read(const std::string& certificate_pem,
                                            const base::Sensitive<std::string>& key_pem) override {
    const std::string too_long = "must be at most " + std::to_string(app::kPemBytes) + " bytes";
    if (certificate_pem.size() > app::kPemBytes) return refuse("certificate", too_long);
    if (key_pem.reveal().size() > app::kPemBytes) return refuse("privateKey", too_long);
    const Owned<BIO> certificate_bio = bio_over(certificate_pem);
    const Owned<X509> certificate(
        PEM_read_bio_X509(certificate_bio.get(), nullptr, &no_passphrase, nullptr));
    const auto expiry = certificate ? expiry_of(*certificate) : std::nullopt;
    if (!expiry) return refuse("certificate", "must be a certificate in PEM");
    const Owned<BIO> key_bio = bio_over(key_pem.reveal());
    const Owned<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(key_bio.get(), nullptr, &no_passphrase, nullptr));
    if (!key) return refuse("privateKey", "must be a private key in PEM without a passphrase");
    if (X509_check_private_key(certificate.get(), key.get()) != 1) {
      return refuse("privateKey", "must be the key of the first certificate");
    }
    return app::ClientCertificate{certificate_pem, key_pem, subject_of(*certificate), *expiry};
  }
};

}  // namespace

std::unique_ptr<app::CertificateReader> make_certificate_reader() {
  return std::make_unique<PemReader>();
}

}  // namespace chartroom::delivery
