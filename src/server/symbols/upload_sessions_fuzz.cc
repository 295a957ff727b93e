// Any text as session.json: what is read is written and read the same again.
#include "server/symbols/upload_sessions.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::symbols;
  const auto session = ReadSession({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (!session) return 0;
  const std::string written = WriteSession(*session);
  const auto again = ReadSession(written);
  if (!again || WriteSession(*again) != written) std::abort();
  return 0;
}
