// Randomness from the kernel.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace cairn::os {

// Fills with bytes fit for keys and ids.
void FillRandom(std::span<std::byte> bytes);

// A version 4 UUID in lower-case text, "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx" (RFC 9562, section 5.4).
std::string RandomUuid();
// The same form from bytes that are random already, such as those of a hash.
std::string UuidOf(std::span<const std::byte, 16> random);

}  // namespace cairn::os
