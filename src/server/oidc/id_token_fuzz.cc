// Any text as a token and as a set of keys: nothing is taken, because nobody signed it.
#include "server/oidc/id_token.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const std::size_t line = text.find('\n');
  const std::string_view token = text.substr(0, line);
  const std::string_view keys = line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
  const cairn::oidc::ExpectedToken expected{"https://login.example.org", "cairn",
                                            "a nonce that is not in the corpus", 1};
  if (cairn::oidc::CheckIdToken(token, keys, expected)) std::abort();
  return 0;
}
