// The file sender against a real sshd, which the test starts on a free port of this machine.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "net/loopback_test.hpp"
#include "net/sftp_client.hpp"

namespace chartroom::net {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char* kSshd = "/usr/sbin/sshd";
constexpr const char* kKeygen = "/usr/bin/ssh-keygen";

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

pid_t start(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  return posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) == 0 ? child
                                                                                             : -1;
}

bool run(std::vector<std::string> words) {
  const pid_t child = start(std::move(words));
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

bool answers(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool up = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return up;
}

/// The real thing with keys and configuration of its own, below a folder.
class Sshd {
 public:
  explicit Sshd(const fs::path& folder) : folder_(folder) {
    for (const char* name : {"host", "host_rsa", "login", "stranger"}) {
      const bool rsa = std::string_view(name) == "host_rsa";
      good_ = good_ && run({kKeygen, "-q", "-t", rsa ? "rsa" : "ed25519", "-N", "", "-f",
                            (folder / name).string()});
    }
    fs::copy_file(folder / "login.pub", folder / "authorized_keys");
    // sshd started by root wants this place for its unprivileged half; services make it elsewhere.
    if (::geteuid() == 0) ::mkdir("/run/sshd", 0755);
    ::close(listen_on_loopback(port_));
    std::ofstream(folder / "sshd_config")
        << "Port " << port_
        << "\nListenAddress 127.0.0.1\nPidFile none\nUsePAM no\nStrictModes no\n"
        << "HostKey " << (folder / "host").string() << "\nHostKey "
        << (folder / "host_rsa").string() << "\nAuthorizedKeysFile "
        << (folder / "authorized_keys").string()
        << "\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        << "Subsystem sftp internal-sftp\nLogLevel QUIET\n";
    process_ = start({kSshd, "-D", "-f", (folder / "sshd_config").string()});
    const auto give_up = std::chrono::steady_clock::now() + 60s;
    while (!answers(port_) && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::sleep_for(10ms);
    }
  }
  ~Sshd() {
    if (process_ > 0) {
      ::kill(process_, SIGTERM);
      ::waitpid(process_, nullptr, 0);
    }
  }
  Sshd(const Sshd&) = delete;
  Sshd& operator=(const Sshd&) = delete;

  [[nodiscard]] bool good() const { return good_ && process_ > 0 && answers(port_); }
  [[nodiscard]] std::string url(const std::string& directory) const {
    return "sftp://" + std::string(::getpwuid(::geteuid())->pw_name) +
           "@127.0.0.1:" + std::to_string(port_) + directory;
  }
  [[nodiscard]] base::Sensitive<std::string> key(const char* name) const {
    return base::Sensitive<std::string>(slurp(folder_ / name));
  }
  /// As an operator reads it.
  [[nodiscard]] std::string host_key(const char* name) const {
    const fs::path out = folder_ / "fingerprint";
    run({"/bin/sh", "-c",
         std::string(kKeygen) + " -l -f " + (folder_ / name).string() + ".pub > " + out.string()});
    std::istringstream words(slurp(out));
    std::string bits, fingerprint;
    words >> bits >> fingerprint;
    return fingerprint;
  }

 private:
  fs::path folder_;
  bool good_ = true;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

class Sftp : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string name = (fs::temp_directory_path() / "chartroom-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = new fs::path(name);
    sshd_ = new Sshd(*folder_);
    ASSERT_TRUE(sshd_->good()) << "sshd does not start; scripts/setup test installs it";
  }
  static void TearDownTestSuite() {
    delete sshd_;
    fs::remove_all(*folder_);
    delete folder_;
  }
  void SetUp() override {
    place_ = *folder_ /
             ("in-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::create_directory(place_);
    upload_.url = sshd_->url(place_.string());
    upload_.private_key = sshd_->key("login");
    upload_.host_keys = {"SHA256:" + std::string(43, 'A'), sshd_->host_key("host")};
    upload_.file_name = "report.pdf";
    upload_.temporary_name = ".report.pdf.1.part";
    upload_.content = "%PDF-1.7";
  }
  static std::string send(const app::FileUpload& upload, bool sandbox = true) {
    SftpSettings settings;
    settings.allow_private_addresses = sandbox;
    const auto sent = make_file_sender(settings)->send(upload);
    return sent ? "sent" : sent.error().message;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(place_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  static inline fs::path* folder_ = nullptr;
  static inline Sshd* sshd_ = nullptr;
  fs::path place_;
  app::FileUpload upload_;
};

TEST_F(Sftp, AFileArrivesWholeUnderItsNameForItsOwnerAlone) {
  std::string large(3'000'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 7 % 251);
  upload_.content = large;
  EXPECT_EQ(send(upload_), "sent");
  EXPECT_EQ(files(), std::vector<std::string>{"report.pdf"});
  EXPECT_TRUE(slurp(place_ / "report.pdf") == large);
  EXPECT_EQ(fs::status(place_ / "report.pdf").permissions() & fs::perms::mask,
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Sftp, AnEarlierCopyIsReplaced) {
  EXPECT_EQ(send(upload_), "sent");
  upload_.content = "%PDF-1.7 again";
  EXPECT_EQ(send(upload_), "sent");
  EXPECT_EQ(files(), std::vector<std::string>{"report.pdf"});
  EXPECT_EQ(slurp(place_ / "report.pdf"), "%PDF-1.7 again");
}

TEST_F(Sftp, NothingIsSaidToAServerWithAnotherKey) {
  upload_.host_keys = {"SHA256:" + std::string(43, 'A')};
  EXPECT_EQ(send(upload_), "host key is another");
  upload_.host_keys = {};
  EXPECT_EQ(send(upload_), "host key is another");
  EXPECT_TRUE(files().empty());
}

TEST_F(Sftp, OnlyOurKeyOpens) {
  upload_.private_key = sshd_->key("stranger");
  EXPECT_EQ(send(upload_), "login refused");
  upload_.private_key = base::Sensitive<std::string>("no key");
  EXPECT_EQ(send(upload_), "invalid private key");
  EXPECT_TRUE(files().empty());
}

TEST_F(Sftp, PlacesThatAreNotThere) {
  upload_.url = sshd_->url(place_.string() + "/none");
  EXPECT_EQ(send(upload_), "no such directory");
  upload_.url = "https://127.0.0.1/";
  EXPECT_EQ(send(upload_), "invalid url");
  upload_.url = "sftp://us@127.0.0.1:1/";
  EXPECT_EQ(send(upload_), "connection refused");
  upload_.url = "sftp://us@host.invalid/";
  EXPECT_EQ(send(upload_), "name not resolved");
}

TEST_F(Sftp, AFileThatCannotBeRenamedLeavesNothingBehind) {
  fs::create_directories(place_ / "report.pdf" / "occupied");
  EXPECT_NE(send(upload_), "sent");
  EXPECT_EQ(files(), std::vector<std::string>{"report.pdf"}) << "the directory that was there";
}

TEST_F(Sftp, OutsideTheSandboxThisMachineIsOutOfBounds) {
  EXPECT_EQ(send(upload_, /*sandbox=*/false), "blocked address");
  for (const char* host : {"10.0.0.1", "[::1]", "169.254.169.254", "[::ffff:127.0.0.1]"}) {
    upload_.url = std::string("sftp://us@") + host + "/";
    EXPECT_EQ(send(upload_, /*sandbox=*/false), "blocked address") << host;
  }
  upload_.url = "sftp://us@169.254.169.254/";
  EXPECT_EQ(send(upload_), "blocked address") << "never, not even there";
}

TEST_F(Sftp, AServerThatSaysNothingIsLeft) {
  std::uint16_t port = 0;
  const int silent = listen_on_loopback(port);
  upload_.url = "sftp://us@127.0.0.1:" + std::to_string(port) + "/";
  upload_.timeout = 300ms;
  EXPECT_EQ(send(upload_), "timeout");
  ::close(silent);
}

}  // namespace
}  // namespace chartroom::net
