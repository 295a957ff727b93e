// Linkage names to the names that people write: C++ (Itanium ABI and Microsoft's), Rust of both manglings.
#pragma once

#include <string>
#include <string_view>

namespace cairn::symgen {

// "_ZN1a1bEi" to "a::b(int)"; a name that is not mangled stays as it is. The suffixes that compilers append
// to clones are written as GNU tools do, "f(int) [clone .cold]", because signature rules look for that form.
// Microsoft's names lose what the others do not have: "public: void __cdecl a::b(int)" is "a::b(int)".
// Swift's names stay mangled.
std::string Demangle(std::string_view linkage_name);

}  // namespace cairn::symgen
