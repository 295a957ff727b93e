#include "apps/replay_body.h"

#include <zlib.h>

#include <utility>

namespace cairn::apps {
namespace {

// ID1 ID2, deflate, no flags, no time, no extra flags, system unknown.
constexpr std::string_view kGzipHeader("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
constexpr std::size_t kStoredHeadBytes = 5;  // The kind of block, its length and the complement.
constexpr std::size_t kTrailerBytes = 8;

const Bytef* AsZlib(std::string_view text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): zlib's idea of bytes.
  return reinterpret_cast<const Bytef*>(text.data());
}

std::uint32_t ChecksumOf(std::string_view text) {
  return static_cast<std::uint32_t>(crc32(0, AsZlib(text), static_cast<uInt>(text.size())));
}

void AppendLittle(std::uint32_t value, int bytes, std::string& text) {
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
}

}  // namespace

ReplayBody ReplayBody::Compress(std::string_view rest) {
  ReplayBody body;
  z_stream stream{};
  constexpr int kRawDeflate = -15;
  constexpr int kMemory = 8;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawDeflate, kMemory, Z_DEFAULT_STRATEGY) ==
      Z_OK) {
    body.rest_.resize(deflateBound(&stream, static_cast<uLong>(rest.size())));
    stream.next_in = const_cast<Bytef*>(AsZlib(rest));  // zlib does not write there.
    stream.avail_in = static_cast<uInt>(rest.size());
    stream.next_out = const_cast<Bytef*>(AsZlib(body.rest_));
    stream.avail_out = static_cast<uInt>(body.rest_.size());
    deflate(&stream, Z_FINISH);
    body.rest_.resize(stream.total_out);
    deflateEnd(&stream);
  }
  body.rest_.shrink_to_fit();
  body.rest_crc_ = ChecksumOf(rest);
  body.crc_operator_ = crc32_combine_gen(static_cast<z_off_t>(rest.size()));
  body.rest_bytes_ = static_cast<std::uint32_t>(rest.size());
  return body;
}

ReplayBody ReplayBody::Plain(std::string text) {
  ReplayBody body;
  body.rest_ = std::move(text);
  body.is_plain_ = true;
  return body;
}

std::size_t ReplayBody::BytesWith(std::string_view beginning) const {
  if (is_plain_) return rest_.size();
  return kGzipHeader.size() + kStoredHeadBytes + beginning.size() + rest_.size() + kTrailerBytes;
}

void ReplayBody::AppendBeginning(std::string_view beginning, std::string& head) {
  head += kGzipHeader;
  const auto length = static_cast<std::uint16_t>(beginning.size());
  head += '\0';  // A stored block, not the last.
  AppendLittle(length, 2, head);
  AppendLittle(static_cast<std::uint16_t>(~length), 2, head);
  head += beginning;
}

void ReplayBody::AppendTrailer(std::string_view beginning, std::string& tail) const {
  AppendLittle(static_cast<std::uint32_t>(crc32_combine_op(ChecksumOf(beginning), rest_crc_, crc_operator_)),
               4, tail);
  AppendLittle(static_cast<std::uint32_t>(beginning.size()) + rest_bytes_, 4, tail);
}

}  // namespace cairn::apps
