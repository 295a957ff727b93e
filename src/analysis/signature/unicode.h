// What the reference generator does to text by characters, done to UTF-8: cutting, trimming, lower case.
//
// Bytes that are no UTF-8 count as characters of their own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::signature {

// Without white space at both ends: that of ASCII, the four separators before it (U+001C), and Unicode's.
std::string_view StripSpaces(std::string_view text);

// The first lines of a text, at most so many, ended by any of Unicode's line ends; no empty one behind the
// last end.
std::vector<std::string_view> SplitTextLines(std::string_view text, std::size_t count);

std::size_t CountCharacters(std::string_view text);
std::string_view FirstCharacters(std::string_view text, std::size_t count);
// At most so many bytes; a character that would be cut in two is left out.
std::string_view FirstBytes(std::string_view text, std::size_t bytes_max);

// The alphabets that file names are seen in: Latin, Greek, Cyrillic. Other text stays as it is.
void AppendLowerCase(std::string_view text, std::string& to);

}  // namespace cairn::signature
