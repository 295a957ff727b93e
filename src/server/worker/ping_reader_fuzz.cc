#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "server/worker/outcome.h"
#include "server/worker/ping_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto ping = cairn::worker::ReadPing(cairn::base::AsText(std::as_bytes(std::span(data, size))));
  if (ping) cairn::worker::WriteOutcome(ping->report, cairn::worker::OtherThreads::kIncluded);
  return 0;
}
