#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_reader.h"
#include "server/collector/submission.h"

namespace {

using cairn::base::Result;
using cairn::collector::Dump;
using cairn::collector::SubmissionReader;

Result<std::unique_ptr<cairn::store::StagedBlob>> NoDisk() {
  return cairn::base::Error{cairn::base::Code::kIo, 0, "fuzzer"};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kPieceBytes = 100;
  const std::string_view body = cairn::base::AsText(std::as_bytes(std::span(data, size)));
  SubmissionReader reader("b", NoDisk);
  for (std::size_t i = 0; i < size && reader.Feed(body.substr(i, kPieceBytes)); i += kPieceBytes) {
  }
  if (reader.Finish()) return 0;
  if (reader.submission().annotations.size() > cairn::collector::kMaxAnnotations) __builtin_trap();
  for (const Dump& dump : reader.submission().dumps) {
    // One more for the underscore behind a name of the store's own.
    if (dump.bytes->size() > size || dump.name.size() > cairn::collector::kMaxDumpNameLength + 1) {
      __builtin_trap();
    }
  }
  return 0;
}
