// The group of a crash: under one signature, crashes that the frames tell apart.
//
// A signature of module names alone ("libfoo.so"), or of no stack ("OOM | small"), takes in crashes that have
// nothing to do with each other. Groups part them: by the names of the innermost frames that are not the
// runtime's, or, where nothing has a name, by the places in the innermost modules that are not the system's.
// A place is rounded, so that two instructions of one function are mostly one place; when symbols come, a
// crash gets a group by names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/signature/lists.h"
#include "analysis/signature/signature_input.h"

namespace cairn::signature {

inline constexpr std::size_t kGroupFrames = 3;           // That a key has at most.
inline constexpr std::uint64_t kGroupOffsetBytes = 256;  // Most functions are shorter.

struct CrashGroup {
  // Readable, printable ASCII, and the same for the same frames whatever came before: "f | g" by names,
  // "libfoo.so!ABC0+0x1200 | ..." by places. Empty: there is no frame to go by.
  std::string key;
  bool is_symbolicated = false;
};

// The group of the crashing thread's stack. `lists` say which frames are the runtime's.
CrashGroup GroupOf(const SignatureInput& input, const SignatureLists& lists);

// "libfoo.so!ABC0+0x1200": where a frame without a name stands.
std::string PlaceOf(const SignatureFrame& frame);

// Whether a module belongs to the operating system or the language's runtime.
bool IsSystemModule(std::string_view module);

}  // namespace cairn::signature
