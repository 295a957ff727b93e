#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "server/collector/submission.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = cairn::base::AsText(std::as_bytes(std::span(data, size)));
  const auto submission = cairn::collector::ReadSubmission("multipart/form-data; boundary=b", body);
  if (const auto* taken = std::get_if<cairn::collector::Submission>(&submission)) {
    for (const auto& dump : taken->dumps) {
      if (dump.bytes.size() > body.size() || dump.name.size() > cairn::collector::kMaxDumpNameLength)
        __builtin_trap();
    }
  }
  return 0;
}
