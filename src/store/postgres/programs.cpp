#include "store/postgres/programs.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <system_error>

namespace chartroom::store::postgres {
namespace {

using base::ErrorCode;

constexpr int kOldestRelease = 15;
constexpr std::size_t kOutputMost = std::size_t{1024} * 1024;
constexpr std::size_t kErrorsMost = 2'000;
constexpr std::chrono::milliseconds kTick{100};

bool can_run(const std::filesystem::path& program) { return ::access(program.c_str(), X_OK) == 0; }

std::filesystem::path of_release(int release, const std::string& name) {
  return std::filesystem::path("/usr/lib/postgresql") / std::to_string(release) / "bin" / name;
}

/// Debian keeps each release's programs in a folder of their own; what is in PATH there is a
/// wrapper that may choose an older one.
std::optional<std::filesystem::path> newest_release(const std::string& name) {
  int newest = 0;
  std::error_code error;
  std::filesystem::directory_iterator folders("/usr/lib/postgresql", error);
  for (; !error && folders != std::filesystem::directory_iterator(); folders.increment(error)) {
    const std::string release = folders->path().filename().string();
    int number = 0;
    const auto read = std::from_chars(release.data(), release.data() + release.size(), number);
    if (read.ptr != release.data() + release.size() || number < kOldestRelease) continue;
    if (can_run(folders->path() / "bin" / name)) newest = std::max(newest, number);
  }
  if (newest == 0) return std::nullopt;
  return of_release(newest, name);
}

std::optional<std::filesystem::path> in_path(const std::string& name) {
  const char* variable = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody changes it
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    auto program = std::filesystem::path(rest.substr(0, end)) / name;
    if (program.is_absolute() && can_run(program)) return program;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::optional<std::filesystem::path> look_for(const std::string& name, std::optional<int> release) {
  if (release && can_run(of_release(*release, name))) return of_release(*release, name);
  if (auto program = newest_release(name)) return program;
  return in_path(name);
}

/// One end of a pipe that closes itself.
struct PipeEnd {
  int descriptor = -1;
  PipeEnd() = default;
  ~PipeEnd() { close_now(); }
  PipeEnd(const PipeEnd&) = delete;
  PipeEnd& operator=(const PipeEnd&) = delete;
  void close_now() {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = -1;
  }
};

struct Pipe {
  PipeEnd from, to;
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    from.descriptor = ends[0];
    to.descriptor = ends[1];
    return true;
  }
};

/// Reads what is there; false at the end.
bool take_piece(PipeEnd& end, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::read(end.descriptor, buffer.data(), buffer.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  text.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0;
}

std::vector<std::string> environment_with(const base::Sensitive<std::string>& password) {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    const std::string_view text(*line);
    // Their words are looked at, so they are to be the ones that we know.
    if (text.starts_with("LC_") || text.starts_with("LANG")) continue;
    if (text.starts_with("PGPASSWORD=") && !password.reveal().empty()) continue;
    lines.emplace_back(text);
  }
  lines.emplace_back("LC_ALL=C");
  if (!password.reveal().empty()) lines.push_back("PGPASSWORD=" + password.reveal());
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  pointers.reserve(lines.size() + 1);
  for (std::string& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool spawn(pid_t& child, const std::filesystem::path& program, std::vector<std::string> arguments,
           const base::Sensitive<std::string>& password, const Pipe& output, const Pipe& errors) {
  arguments.insert(arguments.begin(), program.string());
  std::vector<std::string> environment = environment_with(password);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.to.descriptor, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.to.descriptor, STDERR_FILENO);
  const int spawned = posix_spawn(&child, program.c_str(), &actions, nullptr,
                                  pointers_to(arguments).data(), pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  return spawned == 0;
}

void follow(Pipe& output, Pipe& errors, Ended& ended, const std::function<void()>& tick) {
  while (output.from.descriptor >= 0 || errors.from.descriptor >= 0) {
    std::array<pollfd, 2> waiting{pollfd{output.from.descriptor, POLLIN, 0},
                                  pollfd{errors.from.descriptor, POLLIN, 0}};
    (void)::poll(waiting.data(), waiting.size(), static_cast<int>(kTick.count()));
    if (waiting[0].revents != 0 && !take_piece(output.from, ended.output)) output.from.close_now();
    if (waiting[1].revents != 0 && !take_piece(errors.from, ended.errors)) errors.from.close_now();
    if (ended.output.size() > kOutputMost) ended.output.resize(kOutputMost);
    if (ended.errors.size() > 2 * kErrorsMost) {
      ended.errors.erase(0, ended.errors.size() - kErrorsMost);
    }
    tick();
  }
}

}  // namespace

base::Result<std::filesystem::path> find_program(const std::string& name,
                                                 std::optional<int> release) {
  if (auto program = look_for(name, release)) return *program;
  return base::fail(ErrorCode::invalid_input,
                    name +
                        " is not installed. It comes with PostgreSQL's client programs: apt-get "
                        "install postgresql-client-15 (or a newer release, the server's)");
}

base::Result<Ended> run_program(const std::filesystem::path& program,
                                const std::vector<std::string>& arguments,
                                const base::Sensitive<std::string>& password,
                                const std::function<void()>& tick) {
  Pipe output;
  Pipe errors;
  pid_t child = 0;
  if (!output.open() || !errors.open() ||
      !spawn(child, program, arguments, password, output, errors)) {
    return base::fail(ErrorCode::unavailable, "cannot start " + program.string());
  }
  output.to.close_now();
  errors.to.close_now();
  Ended ended;
  follow(output, errors, ended, tick);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  while (!ended.errors.empty() && ended.errors.back() == '\n') ended.errors.pop_back();
  return ended;
}

}  // namespace chartroom::store::postgres
