#include "formats/symfile/text_normalize.h"

#include <utility>

#include "formats/packed/cabinet.h"
#include "formats/packed/gzip.h"
#include "formats/symfile/text_encoding.h"

namespace cairn::symfile {
namespace {

// A cabinet that a web server has compressed once more is the most that was seen.
constexpr std::size_t kMaxWrappings = 2;

using Wrapping = NormalizedText::Wrapping;

std::optional<Wrapping> FindWrapping(base::Bytes file) {
  if (packed::IsGzip(file)) return Wrapping::kGzip;
  if (packed::IsCabinet(file)) return Wrapping::kCabinet;
  return std::nullopt;
}

base::Result<std::vector<std::byte>> Unpack(Wrapping wrapping, base::Bytes file) {
  return wrapping == Wrapping::kGzip ? packed::UnpackGzip(file) : packed::UnpackCabinet(file);
}

}  // namespace

base::Result<NormalizedText> NormalizeSymbolFile(base::Bytes file) {
  NormalizedText text(file);
  while (const std::optional<Wrapping> wrapping = FindWrapping(text.text())) {
    if (text.wrappings_.size() == kMaxWrappings) {
      return base::Error{base::Code::kLimitExceeded, 0, "symbol file: it is packed more than twice"};
    }
    ASSIGN_OR_RETURN(std::vector<std::byte> unpacked, Unpack(*wrapping, text.text()));
    text.Hold(std::move(unpacked));
    text.wrappings_.push_back(*wrapping);
  }
  text.utf16_order_ = FindUtf16Order(text.text());
  if (text.utf16_order_) text.Hold(DecodeUtf16(text.text(), *text.utf16_order_));
  return text;
}

bool IsPlainBeginning(base::Bytes beginning) {
  return !FindWrapping(beginning) && !FindUtf16Order(beginning);
}

}  // namespace cairn::symfile
