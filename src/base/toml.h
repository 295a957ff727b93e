// toml.h is how Cairn includes toml++: as headers alone, without exceptions, and without its asserts.
//
// The parser asserts that no value begins with what ends one, and a file can hold that: "a = [ }" ended the
// program. Without the assert it reports an error of the file, as for every other mistake. Every user must
// include toml++ through this header, since its functions are shared by the whole program.
#pragma once

#define TOML_HEADER_ONLY 1  // Debian's compiled library throws.
#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>
