// Where the text of a symbol file goes while it is made: standard output, a file, or its place in a store.
#pragma once

#include <string>

#include "analysis/symgen/text_writer.h"
#include "base/result.h"
#include "os/file.h"

namespace cairn::apps {

// A file appears whole, under its name, when Commit has been called, and not at all otherwise. It is not
// waited for until it is on the disk: what is lost with the power is made again.
class SymgenOutput {
 public:
  static SymgenOutput ToStandardOutput();
  // A device or a pipe is written to as it is. Its folder is made if it is missing.
  static base::Result<SymgenOutput> ToFile(const std::string& path);

  SymgenOutput(SymgenOutput&&) = default;
  ~SymgenOutput();

  base::Status Write(std::string_view piece);
  base::Status Commit();

 private:
  SymgenOutput() = default;

  os::FileDescriptor file_;
  std::string path_;
  std::string unfinished_path_;  // Until Commit; empty where nothing is to be renamed.
  bool to_standard_output_ = false;
};

}  // namespace cairn::apps
