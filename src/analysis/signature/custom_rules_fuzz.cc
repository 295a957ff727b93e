// Any text as a file of custom rules: it is read, or each mistake has a line; and what is read can be
// applied.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>

#include "analysis/signature/signature.h"
#include "base/byte_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::signature;
  const auto parsed = CustomRules::Parse(cairn::base::AsText(std::as_bytes(std::span(data, size))));
  const auto* const rules = std::get_if<CustomRules>(&parsed);
  if (rules == nullptr) {
    const auto& mistakes = std::get<CustomRuleMistakes>(parsed);
    if (mistakes.empty()) std::abort();
    for (const std::string& mistake : mistakes) {
      if (!mistake.starts_with("line ")) std::abort();
    }
    return 0;
  }
  SignatureInput input;
  input.annotations = {{"ProductName", "Fox"}, {"ProcessType", "gpu"}};
  input.threads.push_back({.frames = {{.module = "app", .function = "app::Check()", .file = "/plugins/a.cc"},
                                      {.module = "libc.so.6", .function = "memcpy"},
                                      {.module = "app", .function = "f"}}});
  Signer signer(SignatureLists::Default(), rules);
  const cairn::model::Signature signature = signer.Sign(input);
  if (signature.text.size() > kMaxSignatureLength) std::abort();
  if (signer.Explain(input).signature.text != signature.text) std::abort();
  return 0;
}
