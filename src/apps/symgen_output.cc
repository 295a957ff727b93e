#include "apps/symgen_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cairn::apps {

SymgenOutput SymgenOutput::ToStandardOutput() {
  SymgenOutput output;
  output.to_standard_output_ = true;
  return output;
}

base::Result<SymgenOutput> SymgenOutput::ToFile(const std::string& path) {
  SymgenOutput output;
  output.path_ = path;
  struct stat place{};
  if (stat(path.c_str(), &place) == 0 && !S_ISREG(place.st_mode)) {
    output.file_.Reset(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!output.file_.valid())
      return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "open for writing"};
    return output;
  }
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  RETURN_IF_ERROR(os::MakeDirectories(folder));
  std::string unfinished_path;
  ASSIGN_OR_RETURN(output.file_, os::CreateUnique(folder, unfinished_path));
  output.unfinished_path_ = std::move(unfinished_path);
  return output;
}

SymgenOutput::~SymgenOutput() {
  if (file_.valid() && !unfinished_path_.empty()) (void)os::RemoveFile(unfinished_path_);
}

base::Status SymgenOutput::Write(std::string_view piece) {
  return os::WriteAll(to_standard_output_ ? STDOUT_FILENO : file_.get(), base::AsBytes(piece));
}

base::Status SymgenOutput::Commit() {
  if (unfinished_path_.empty()) return {};
  RETURN_IF_ERROR(os::Rename(unfinished_path_, path_));
  unfinished_path_.clear();
  return {};
}

}  // namespace cairn::apps
