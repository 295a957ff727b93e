// Any bytes as an HTTP answer's body: the first says its encoding and the size of the pieces in which it
// comes. What comes out keeps its bound, and does not depend on the pieces.
#include "net/body_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>

namespace {

using namespace cairn;

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 20;
constexpr std::string_view kEncodings[] = {"", "gzip", "deflate", "br"};

std::optional<std::string> Decode(base::Bytes body, std::string_view encoding, std::size_t piece_bytes) {
  std::string text;
  auto decoder = net::BodyDecoder::Create(encoding, kMaxBytes, [&](base::Bytes bytes) {
    text += base::AsText(bytes);
    return base::Status();
  });
  if (!decoder) return std::nullopt;
  while (!body.empty()) {
    const base::Bytes piece = body.first(std::min(body.size(), piece_bytes));
    if (!decoder->Feed(piece)) return std::nullopt;
    body = body.subspan(piece.size());
  }
  if (text.size() > kMaxBytes || text.size() != decoder->bytes_out()) std::abort();
  if (!decoder->Finish()) return std::nullopt;
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view encoding = kEncodings[data[0] & 3];
  const std::size_t piece_bytes = 1 + (data[0] >> 2);
  const base::Bytes body = std::as_bytes(std::span(data, size)).subspan(1);
  if (Decode(body, encoding, piece_bytes) != Decode(body, encoding, size)) std::abort();
  return 0;
}
