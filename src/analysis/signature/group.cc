#include "analysis/signature/group.h"

#include <algorithm>
#include <vector>

#include "analysis/signature/normalize.h"
#include "analysis/signature/stack_signer.h"
#include "base/hex.h"

namespace cairn::signature {
namespace {

constexpr std::size_t kMaxPartBytes = 200;  // Of a key's part; longer ones are cut.

// Beginnings of the names of modules, in lower case. What follows is a version or an ending.
constexpr std::string_view kSystemModules[] = {
    // Linux and Android: the C library and loader, the C++ runtime, what draws and what runs Java.
    "libc.so",
    "libc-",
    "libm.so",
    "libm-",
    "libpthread",
    "libdl",
    "librt",
    "ld-linux",
    "ld-musl",
    "linux-vdso",
    "linux-gate",
    "vdso",
    "[vdso]",
    "libstdc++",
    "libgcc_s",
    "libc++",
    "libunwind",
    "libglib-2",
    "libgobject-2",
    "libgio-2",
    "libx11",
    "libxcb",
    "libwayland",
    "libart.so",
    "libbinder",
    "libutils.so",
    "libhwui",
    "linker",
    "app_process",
    // Windows: the native layer, the Win32 one, the C and C++ runtime.
    "ntdll.dll",
    "kernelbase.dll",
    "kernel32.dll",
    "win32u.dll",
    "user32.dll",
    "gdi32",
    "ucrtbase",
    "msvcrt",
    "vcruntime",
    "msvcp",
    "combase.dll",
    "rpcrt4.dll",
    "ole32.dll",
    "wow64",
    "advapi32.dll",
    "sechost.dll",
    // macOS: what libSystem loads, and the frameworks below every application.
    "libsystem_",
    "libobjc",
    "libdispatch",
    "dyld",
    "libc++abi",
    "corefoundation",

    "appkit",
    "hitoolbox",
    "libxpc",
};

std::string LowerCase(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return small;
}

// A part of a key: printable, of one line, and not too long.
std::string PartOf(std::string_view text) {
  std::string part(text.substr(0, kMaxPartBytes));
  std::ranges::replace_if(part, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return part;
}

std::string Join(const std::vector<std::string>& parts) {
  std::string key;
  for (const std::string& part : parts) key.append(key.empty() ? "" : " | ").append(part);
  return key;
}

// The functions of a frame, innermost first, that are not the runtime's.
void AddNames(const SignatureFrame& frame, const SignatureLists& lists, std::vector<std::string>& names) {
  const auto add = [&](std::string_view function, std::string_view file) {
    if (function.empty() || names.size() == kGroupFrames) return;
    std::string name =
        NormalizeFrame({.function = CompleteRustFunction(file, function), .file = file}, lists);
    if (name.empty() || lists.IsIrrelevant(name)) return;
    // A function that calls itself, however often, is one.
    name = PartOf(name);
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  };
  for (const SignatureInline& inlined : frame.inlines) add(inlined.function, inlined.file);
  add(frame.function, frame.file);
}

}  // namespace

CrashGroup GroupOf(const SignatureInput& input, const SignatureLists& lists) {
  const SignatureThread* const thread = ThreadAt(input, input.crashing_thread);
  if (thread == nullptr) return {};
  std::vector<std::string> names;
  std::vector<std::string> places, system_places;
  const std::size_t count = std::min(thread->frames.size(), kMaxSignatureFrames);
  for (std::size_t i = 0; i < count && names.size() < kGroupFrames; ++i) {
    const SignatureFrame& frame = thread->frames[i];
    AddNames(frame, lists, names);
    if (frame.module.empty()) continue;
    std::vector<std::string>& kind = IsSystemModule(frame.module) ? system_places : places;
    if (kind.size() < kGroupFrames) kind.push_back(PlaceOf(frame));
  }
  if (!names.empty()) return {Join(names), true};
  // Of a stack that never leaves the system, the system's places are all there is.
  return {Join(places.empty() ? system_places : places), false};
}

std::string PlaceOf(const SignatureFrame& frame) {
  const std::uint64_t offset = frame.module_offset / kGroupOffsetBytes * kGroupOffsetBytes;
  std::string place = PartOf(frame.module);
  if (!frame.debug_id.empty()) place.append("!").append(PartOf(frame.debug_id));
  return place.append("+0x").append(base::ToHex(offset));
}

bool IsSystemModule(std::string_view module) {
  const std::string small = LowerCase(module);
  return std::ranges::any_of(kSystemModules,
                             [&](std::string_view start) { return small.starts_with(start); });
}

}  // namespace cairn::signature
