// Makes of what a symbol server or a person holds as a symbol file the UTF-8 text that the parser reads.
//
// Microsoft's symbol servers wrap files into cabinets, others store gzip, and Windows' shells write UTF-16
// when they redirect a tool's output; sometimes all of it. Line ends, byte order marks and very long lines
// are the parser's own matter.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"

namespace cairn::symfile {

// Text that is borrowed from the file where that is plain, and held here where it is not.
class NormalizedText {
 public:
  enum class Wrapping : std::uint8_t { kGzip, kCabinet };

  explicit NormalizedText(base::Bytes file) : text_(file) {}

  // Views into the file or into this object; moving the object keeps them valid.
  base::Bytes text() const { return text_; }

  // What was taken off, the outermost first.
  const std::vector<Wrapping>& wrappings() const { return wrappings_; }
  std::optional<std::endian> utf16_order() const { return utf16_order_; }
  bool is_plain() const { return wrappings_.empty() && !utf16_order_; }

  NormalizedText(NormalizedText&&) noexcept = default;
  NormalizedText& operator=(NormalizedText&&) noexcept = default;

 private:
  friend base::Result<NormalizedText> NormalizeSymbolFile(base::Bytes file);

  void Hold(std::vector<std::byte> bytes) {
    held_ = std::move(bytes);
    text_ = held_;
  }

  std::vector<std::byte> held_;
  base::Bytes text_;
  std::vector<Wrapping> wrappings_;
  std::optional<std::endian> utf16_order_;
};

// Fails where a wrapping is damaged, or is a bomb (formats/packed). Whether the text is a symbol file is not
// looked at. `file` must outlive what is returned.
base::Result<NormalizedText> NormalizeSymbolFile(base::Bytes file);

// By this many bytes of its beginning a file shows whether it is the text already.
inline constexpr std::size_t kPackedMarkBytes = 16;
bool IsPlainBeginning(base::Bytes beginning);

}  // namespace cairn::symfile
