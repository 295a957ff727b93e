#include "os/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/hex.h"

namespace cairn::os {

void FillRandom(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      std::abort();  // No kernel that Cairn runs on lacks it; an id that is not random must not go out.
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

std::string RandomUuid() {
  std::array<std::byte, 16> bytes;
  FillRandom(bytes);
  return UuidOf(bytes);
}

std::string UuidOf(std::span<const std::byte, 16> random) {
  std::array<std::byte, 16> bytes;
  std::ranges::copy(random, bytes.begin());
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string text = base::BytesToHex(bytes);
  for (const std::size_t position : {8u, 13u, 18u, 23u}) text.insert(position, "-");
  return text;
}

}  // namespace cairn::os
