#include "formats/minidump/soft_errors.h"

#include <optional>
#include <string_view>

#include "base/json_view.h"
#include "formats/minidump/limits.h"

namespace cairn::minidump {

std::string ReadSoftErrors(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kMozSoftErrors);
  if (!stream) return {};
  std::string_view text = base::AsText(*stream);
  text = text.substr(0, text.find('\0'));  // Padding of the stream.
  if (text.empty()) return {};
  if (text.size() > kMaxSoftErrorBytes) {
    diagnostics.Add(model::Stage::kMinidump,
                    {base::Code::kLimitExceeded, text.size(), "errors of the writer"});
    return {};
  }
  const std::optional<base::JsonView> document = base::JsonView::Read(text);
  if (!document) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, 0, "errors of the writer"});
    return {};
  }
  return document->Minified();
}

}  // namespace cairn::minidump
