// Any bytes as a stored ping, as a pack of them, and as the ids under which crashes wait: what is read is
// written and read again.
#include "server/intake/stored_ping.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/intake/crash_id.h"
#include "server/intake/ping_pack.h"
#include "server/intake/stored_report.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  if (const auto ping = intake::ReadStoredPing(text)) {
    const std::string written = intake::WriteStoredPing(*ping);
    const auto again = intake::ReadStoredPing(written);
    if (!again || intake::WriteStoredPing(*again) != written) std::abort();
  }
  if (const auto pack = intake::ReadPingPack(text)) {
    if (intake::WritePingPack(*pack) != text) std::abort();
  }
  if (const auto place = intake::ParsePingPlace(text)) {
    if (intake::ParsePingPlace(place->Text())->Text() != place->Text()) std::abort();
  }
  const auto day = intake::DayOfCrashId(text);
  if (day && day->size() != 8) std::abort();
  const std::vector<std::string> names = intake::ParseDumpNames(text);
  if (intake::ParseDumpNames(intake::WriteDumpNames(names)) != names) std::abort();
  return 0;
}
