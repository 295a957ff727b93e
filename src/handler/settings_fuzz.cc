// Any packet as what an application tells its handler.
#include "handler/settings.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const auto settings =
      handler::ParseSettings({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (!settings) return 0;
  if (!settings->database.starts_with('/')) std::abort();
  (void)handler::CommonAnnotations(*settings, "id", 1'800'000'000'000);
  return 0;
}
