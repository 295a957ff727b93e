// What cairn replay reads: a server's answer, a ledger's line, a symbol file.
#include <cstddef>
#include <cstdint>

#include "apps/replay_ledger.h"
#include "apps/replay_load.h"
#include "apps/replay_modules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)cairn::apps::ReadAnswer(text);
  (void)cairn::apps::ReadLedgerLine(text);
  (void)cairn::apps::ReadModuleOf(text);
  return 0;
}
