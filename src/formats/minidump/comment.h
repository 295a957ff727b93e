// Comment streams: what a person or Windows Error Reporting wrote into the dump.
#pragma once

#include <string>

#include "formats/minidump/reader.h"

namespace cairn::minidump {

// CommentW, else CommentA with U+FFFD for what is not UTF-8; empty if there is none. Cut at kMaxTextBytes.
std::string ReadComment(const Minidump& dump);

}  // namespace cairn::minidump
