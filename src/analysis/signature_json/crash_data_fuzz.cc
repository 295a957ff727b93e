// Any bytes as crash data: read or refused, and what is read can be signed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "analysis/signature/signature.h"
#include "analysis/signature_json/crash_data.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static cairn::signature_json::CrashDataReader reader;
  const auto input = reader.Read({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (!input) return 0;
  const auto signature = cairn::signature::MakeSignature(*input, cairn::signature::SignatureLists::Default());
  if (signature.text.size() > cairn::signature::kMaxSignatureLength) std::abort();
  return 0;
}
