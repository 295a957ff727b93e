// Any text as each of the annotations that signatures are made of: what is picked is picked again as it is,
// fits a message, and can be signed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "analysis/signature/signature.h"
#include "base/utf8.h"
#include "server/worker/protocol.h"
#include "server/worker/signature_annotations.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string text(static_cast<const char*>(static_cast<const void*>(data)), size);
  static signature::Signer signer(signature::SignatureLists::Default());
  for (const std::string_view name :
       {worker::kShutdownTimeout, worker::kJavaStackTrace, worker::kJavaException}) {
    const worker::Annotations picked = worker::PickSignatureAnnotations({{std::string(name), text}});
    // The collector lets no other text through.
    if (!base::IsUtf8(text)) continue;
    const worker::Annotations read = worker::ReadAnnotations(worker::WriteAnnotations(picked));
    if (worker::PickSignatureAnnotations(read) != read) std::abort();
    if (worker::WriteForWorker(picked).size() > worker::kMaxMessageText) std::abort();
    signature::SignatureInput input;
    worker::AddSignatureAnnotations(read, input);
    if (signer.Sign(input).text.size() > signature::kMaxSignatureLength) std::abort();
  }
  return 0;
}
