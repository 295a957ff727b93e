// UTF-8: where a text is valid, and a valid text in place of one that is not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cairn::base {

// The length of the valid sequence at the start of `text`, 1 to 4, or 0 if there is none or `text` is empty.
std::size_t Utf8SequenceLength(std::string_view text);

bool IsUtf8(std::string_view text);

// The text with U+FFFD in place of each byte that belongs to no valid sequence.
std::string ToValidUtf8(std::string_view text);

}  // namespace cairn::base
