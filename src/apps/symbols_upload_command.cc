#include "apps/symbols_upload_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "apps/command.h"
#include "apps/symbols_upload_client.h"
#include "apps/symbols_upload_files.h"
#include "os/file.h"
#include "os/process.h"
#include "os/random.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "symbols upload";
constexpr const char* kClearLine = "\r\033[K";

// For symbols that are made and files that are packed on the way; goes with the object.
class WorkFolder {
 public:
  WorkFolder()
      : path_(std::filesystem::temp_directory_path().string() + "/cairn-upload-" + os::RandomUuid()) {}
  ~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  base::Status Make() const { return os::MakeDirectories(path_); }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// One line that is written anew; nothing where nobody watches.
class Progress {
 public:
  void Show(const std::string& what) {
    if (!is_terminal_) return;
    std::fprintf(stderr, "%s%s", kClearLine, what.c_str());
    std::fflush(stderr);
  }
  void Clear() const {
    if (is_terminal_) std::fputs(kClearLine, stderr);
  }

 private:
  const bool is_terminal_ = isatty(STDERR_FILENO) != 0;
};

}  // namespace

int UploadSymbols(const SymbolsUpload& upload) {
  const WorkFolder work;
  if (const base::Status made = work.Make(); !made) {
    PrintError(kVerb, work.path() + ": " + base::Describe(made.error()));
    return kExitFailure;
  }
  Progress progress;
  int exit_code = kExitOk;
  SymbolSearch search;
  search.paths = upload.paths;
  search.generator = os::ExecutableFolder() + "/cairn-symgen";
  search.made_folder = work.path() + "/made";
  search.sends_binaries = upload.sends_binaries;
  search.complain = [&](const std::string& what) {
    progress.Clear();
    PrintError(kVerb, what);
    exit_code = kExitProblem;
  };
  search.working = [&progress](const std::string& path) { progress.Show("symbols of " + path); };
  const FilesToSend files = FindFilesToSend(search);
  if (files.empty()) {
    progress.Clear();
    PrintError(kVerb, upload.paths.front() + ": no symbol files and no binaries that symbols can be made of");
    return kExitProblem;
  }
  UploadTarget target;
  target.url = upload.url.substr(0, upload.url.find_last_not_of('/') + 1);
  target.token = upload.token;
  target.product = upload.product;
  target.folder = work.path();
  target.complain = search.complain;
  target.sending = [&progress](std::size_t number, std::size_t count, const std::string& key) {
    progress.Show("[" + std::to_string(number) + "/" + std::to_string(count) + "] " + key);
  };
  const UploadOutcome outcome = UploadFiles(target, files);
  progress.Clear();
  std::printf("sent %zu files, %zu were there, %zu were refused\n", outcome.sent, outcome.skipped,
              outcome.refused);
  return std::max(exit_code, outcome.exit_code);
}

}  // namespace cairn::apps
