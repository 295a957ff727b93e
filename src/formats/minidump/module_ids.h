// The ids by which a module's files are found: of its code, and of its debug information.
#pragma once

#include <cstdint>
#include <string>

#include "formats/minidump/reader.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::minidump {

// What a module's entry says of its code; needed where the debug record does not.
struct ImageFields {
  std::uint32_t timestamp = 0;
  std::uint32_t size = 0;
};

// How PE files are named on a symbol server: timestamp in 8 digits, then the size.
std::string PeCodeId(const ImageFields& image);

// Gives `module`, whose code_file is known, the ids and names in its CodeView record, if they can be read.
void TakeCodeView(const Minidump& dump, base::Bytes record, model::Os os, const ImageFields& image,
                  model::Module& module);

inline bool IsApple(model::Os os) { return os == model::Os::kMacOs || os == model::Os::kIos; }

}  // namespace cairn::minidump
