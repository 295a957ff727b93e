// Linkage names to the names that people write: C++ (Itanium ABI), Rust of both manglings.
#pragma once

#include <string>
#include <string_view>

namespace cairn::symgen {

// "_ZN1a1bEi" to "a::b(int)"; a name that is not mangled stays as it is. The suffixes that compilers append
// to clones are written as GNU tools do, "f(int) [clone .cold]", because signature rules look for that form.
std::string Demangle(std::string_view linkage_name);

}  // namespace cairn::symgen
