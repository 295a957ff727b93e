// The modules that made-up crashes run through: those of real symbol files, or modules that are made up with
// their symbols.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace cairn::apps {

// Each function of a made-up module takes so many bytes of stack, return address included; its symbol file
// says so.
inline constexpr std::size_t kMadeUpFrameBytes = 48;
inline constexpr std::size_t kMaxReplaySymbolBytes = std::size_t{1} << 30;  // Of one file.
inline constexpr std::size_t kMaxReplayFunctions = 50'000;                  // Of one module; the first ones.

struct ReplayFunction {
  std::uint64_t offset = 0;  // In the module.
  std::uint32_t bytes = 0;
  std::string name;
};

struct ReplayModule {
  std::string file;                 // "libfennel.so"
  std::string debug_id;             // As in its symbol file.
  std::vector<std::byte> build_id;  // Empty if the symbol file does not say.
  std::uint64_t bytes = 0;          // In memory.
  std::vector<ReplayFunction> functions;
};

// The same each time.
std::vector<ReplayModule> MadeUpModules();

// FILE/DEBUG_ID/FILE.sym below `folder` for each, so that a server can name every frame and walk every dump.
base::Status WriteSymbolFiles(const std::vector<ReplayModule>& modules, const std::string& folder);

// The modules of the Breakpad symbol files below `folder` that have functions.
base::Result<std::vector<ReplayModule>> ReadModulesOf(const std::string& folder);

// What one symbol file says of its module; kBadMagic if it is none.
base::Result<ReplayModule> ReadModuleOf(std::string_view symbol_file);

}  // namespace cairn::apps
