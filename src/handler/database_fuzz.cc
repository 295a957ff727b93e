// Any text as what is known of something that waits: what is read is written and read again.
#include "handler/database.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const handler::WaitingState state = handler::ParseState(text);
  if (handler::ParseState(handler::FormatState(state)) != state) std::abort();
  (void)handler::IsDue(state, 1'800'000'000);
  return 0;
}
