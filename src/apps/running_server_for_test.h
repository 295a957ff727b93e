// The real cairn-server on a data folder of its own, over loopback, and programs that are run to their end.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_client.h"
#include "os/file.h"

namespace cairn::apps {

inline constexpr int kPatienceMs = 20'000;

inline std::string Program(const std::string& name) { return std::string(CAIRN_BINARY_DIR) + "/bin/" + name; }

// Runs a program and gives its exit code; what it prints goes to `output`.
inline int RunToEnd(const std::vector<std::string>& arguments, std::string* output) {
  int pipe_ends[2];
  EXPECT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(pipe_ends[1], STDOUT_FILENO);
    dup2(pipe_ends[1], STDERR_FILENO);
    std::vector<char*> words;
    for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    execv(words[0], words.data());
    _exit(127);
  }
  close(pipe_ends[1]);
  const auto text = os::ReadAll(pipe_ends[0], 1 << 20);
  close(pipe_ends[0]);
  if (output != nullptr) *output = text ? *text : "";
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

class RunningServer {
 public:
  // `file_bytes_max`: no file of the server may grow beyond it, as if the disk were full. 0: no limit.
  // `config`: the text of its configuration file, or empty.
  explicit RunningServer(const std::string& data, rlim_t file_bytes_max = 0, const std::string& config = "") {
    const std::string config_path = data + ".toml";
    EXPECT_TRUE(os::WriteFileDurably(config_path, base::AsBytes(config)));
    int pipe_ends[2];
    EXPECT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
    const std::string program = Program("cairn-server");
    pid_ = fork();
    if (pid_ == 0) {
      if (file_bytes_max > 0) {
        const rlimit limit{file_bytes_max, file_bytes_max};
        setrlimit(RLIMIT_FSIZE, &limit);
      }
      dup2(pipe_ends[1], STDOUT_FILENO);
      dup2(open((data + ".log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
      execl(program.c_str(), "cairn-server", "serve", "--config", config_path.c_str(), "--data", data.c_str(),
            "--listen", "127.0.0.1:0", nullptr);
      _exit(127);
    }
    close(pipe_ends[1]);
    char c = 0;
    std::string line;
    while (read(pipe_ends[0], &c, 1) == 1 && c != '\n') line += c;
    close(pipe_ends[0]);
    const std::size_t http = line.find("http://");
    if (http != std::string::npos) url_ = line.substr(http);
    EXPECT_NE(url_, "") << line;
  }
  ~RunningServer() { End(SIGKILL); }

  int End(int signal_number) {
    if (pid_ <= 0) return 0;
    kill(pid_, signal_number);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  const std::string& url() const { return url_; }
  pid_t pid() const { return pid_; }

  net::HttpResponse Send(const std::string& method, const std::string& path, std::string_view body,
                         std::vector<std::pair<std::string, std::string>> headers) const {
    net::HttpRequest request{.method = method, .url = url_ + path, .headers = std::move(headers)};
    request.body = base::AsBytes(body);
    const auto answer = net::SendHttp(request);
    return answer ? *answer : net::HttpResponse{};
  }

  net::HttpResponse Submit(std::string_view body, bool gzip = false) const {
    std::vector<std::pair<std::string, std::string>> headers = {
        {"Content-Type", "multipart/form-data; boundary=b"}};
    if (gzip) headers.emplace_back("Content-Encoding", "gzip");
    return Send("POST", "/submit", body, std::move(headers));
  }

 private:
  pid_t pid_ = -1;
  std::string url_;
};

inline std::string Text(const std::string& name, const std::string& value) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

inline std::string Report(const std::string& dump, const std::string& secret = "") {
  return Text("ProductName", "Crashy") + Text("Version", "1.0") + Text("Comments", secret) +
         "--b\r\nContent-Disposition: form-data; name=\"upload_file_minidump\"; filename=\"d.dmp\"\r\n"
         "Content-Type: application/octet-stream\r\n\r\n" +
         dump + "\r\n--b--\r\n";
}

// "CrashID=bp-<id>\n" to the id; empty if it is something else.
inline std::string IdOf(const net::HttpResponse& answer) {
  if (answer.status != 200 || !answer.body.starts_with("CrashID=bp-") || answer.body.size() != 48) return "";
  return answer.body.substr(11, 36);
}

// A test with a data folder of its own, which does not exist when it begins.
class TestOfServer : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the workers' limits";
#endif
    if (access(Program("cairn-server").c_str(), X_OK) != 0) GTEST_SKIP() << "cairn-server is not built";
    data_ = ::testing::TempDir() + "serve_" + std::to_string(getpid()) + "_" +
            ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  void TearDown() override {
    if (data_.empty()) return;
    std::filesystem::remove_all(data_);
    std::filesystem::remove(data_ + ".log");
    std::filesystem::remove(data_ + ".toml");
  }

  std::string data_;
};

}  // namespace cairn::apps
