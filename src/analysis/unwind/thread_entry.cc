#include "analysis/unwind/thread_entry.h"

#include <algorithm>
#include <optional>

namespace cairn::unwind {
namespace {

enum class System : std::uint8_t { kLinux, kApple, kWindows };

struct ThreadEntry {
  System system;
  std::string_view function;
  std::size_t callers;
};

// thread_start and start_wqthread of Apple are left out on purpose. They are known to be first, but Breakpad
// and rust-minidump agree on the word that a scan finds next, the thread's function in pthread_t (30 of 93
// threads of a Firefox dump), and Cairn finds at least what both agree on.
constexpr ThreadEntry kThreadEntries[] = {
    // glibc: sysdeps/x86_64/start.S, csu/libc-start.c, nptl/pthread_create.c, clone.S, clone3.S.
    {System::kLinux, "_start", 0},
    {System::kLinux, "__libc_start_main", 1},
    {System::kLinux, "__libc_start_main_impl", 1},
    {System::kLinux, "__libc_start_call_main", 2},
    {System::kLinux, "clone", 0},
    {System::kLinux, "__clone", 0},
    {System::kLinux, "__GI___clone", 0},
    {System::kLinux, "clone3", 0},
    {System::kLinux, "__clone3", 0},
    {System::kLinux, "__GI___clone3", 0},
    {System::kLinux, "start_thread", 1},
    // bionic: libc_init_dynamic.cpp, crtbegin.c, clone.cpp, pthread_create.cpp.
    {System::kLinux, "_start_main", 1},
    {System::kLinux, "__libc_init", 2},
    {System::kLinux, "__bionic_clone", 0},
    {System::kLinux, "__start_thread", 1},
    {System::kLinux, "__pthread_start", 2},
    // dyld: dyldStartup.s; the program's own start of older systems stands in libdyld.dylib.
    {System::kApple, "_dyld_start", 0},
    // As the PDB files of ntdll.dll and kernel32.dll call them; those with underscores are of 32 bits.
    {System::kWindows, "RtlUserThreadStart", 0},
    {System::kWindows, "_RtlUserThreadStart", 0},
    {System::kWindows, "__RtlUserThreadStart", 1},
    {System::kWindows, "BaseThreadInitThunk", 2},
    {System::kWindows, "BaseProcessStart", 0},
    {System::kWindows, "BaseThreadStart", 0},
};

// A callee of that many frames below may be an entry with callers.
constexpr std::size_t kMaxCallers = 2;

std::optional<System> SystemOf(model::Os os) {
  switch (os) {
    case model::Os::kLinux:
    case model::Os::kAndroid: return System::kLinux;
    case model::Os::kMacOs:
    case model::Os::kIos: return System::kApple;
    case model::Os::kWindows: return System::kWindows;
    default: return std::nullopt;
  }
}

// The name without parameters ("start_thread(void*)"), symbol version ("__libc_start_main@@GLIBC_2.34") and
// the decoration of 32-bit Windows ("_BaseThreadInitThunk@12", and "@BaseThreadInitThunk@12" of __fastcall).
std::string_view Undecorated(std::string_view function) {
  function = function.substr(0, function.find('('));
  const std::size_t at = function.find('@', 1);
  if (at == std::string_view::npos) return function;
  const bool is_version = function.substr(at, 2) == "@@" || function.find("GLIBC", at) == at + 1;
  return is_version ? function.substr(0, at) : function.substr(1, at - 1);
}

std::optional<std::size_t> CallersOf(const StepInput& input, const model::Frame& frame) {
  if (!frame.module || !input.symbols.IsAnswered(*frame.module)) return std::nullopt;
  const model::ModuleSymbols* const symbols = input.symbols.Get(*frame.module);
  if (symbols == nullptr) return std::nullopt;
  const auto found = symbols->Symbolize(input.space.OffsetIn(*frame.module, frame.instruction));
  if (!found) return std::nullopt;
  return CallersOfThreadEntry(input.os, found->location.function);
}

}  // namespace

std::optional<std::size_t> CallersOfThreadEntry(model::Os os, std::string_view function) {
  const std::optional<System> system = SystemOf(os);
  if (!system) return std::nullopt;
  const std::string_view name = Undecorated(function);
  const auto* const entry = std::ranges::find_if(
      kThreadEntries, [&](const ThreadEntry& row) { return row.system == *system && row.function == name; });
  if (entry == std::end(kThreadEntries)) return std::nullopt;
  return entry->callers;
}

bool IsThreadStart(const StepInput& input) {
  const model::Frame* frame = &input.callee;
  for (std::size_t above = 0; above <= kMaxCallers; ++above) {
    if (const std::optional<std::size_t> callers = CallersOf(input, *frame)) return *callers <= above;
    if (above >= input.inner.size()) return false;
    frame = &input.inner[input.inner.size() - 1 - above];
  }
  return false;
}

}  // namespace cairn::unwind
