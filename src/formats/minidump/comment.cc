#include "formats/minidump/comment.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/utf8.h"
#include "formats/minidump/limits.h"

namespace cairn::minidump {

std::string ReadComment(const Minidump& dump) {
  const auto head = [](base::Bytes bytes) {
    return bytes.first(std::min<std::size_t>(bytes.size(), kMaxTextBytes));
  };
  if (const std::optional<base::Bytes> wide = dump.Stream(wire::StreamType::kCommentW)) {
    return Utf16ToUtf8(head(*wide), dump.order());
  }
  const std::optional<base::Bytes> narrow = dump.Stream(wire::StreamType::kCommentA);
  if (!narrow) return {};
  const std::string_view text = base::AsText(head(*narrow));
  return base::ToValidUtf8(text.substr(0, text.find('\0')));
}

}  // namespace cairn::minidump
