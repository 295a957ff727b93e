// handler.log: what handlers did, for whoever asks why a crash did not arrive. It holds no data of the
// application.
#pragma once

#include <string>
#include <string_view>

#include "os/file.h"

namespace cairn::handler {

// A log that has grown beyond this is begun anew.
inline constexpr std::uint64_t kMaxLogBytes = 256 * 1024;

class Log {
 public:
  // A log that cannot be written is silent.
  explicit Log(const std::string& path);

  // One line; processes that share the log do not mix theirs.
  void Write(std::string_view text) const;

 private:
  os::FileDescriptor file_;
};

}  // namespace cairn::handler
