#include "net/body_decoder.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cairn::net {
namespace {

using base::Code;
using base::Error;

constexpr std::byte kGzipFirstByte{0x1f};

// zlib's windowBits: 15 for the largest window; 16 more for gzip's frame, negative for none.
constexpr int kZlibWindow = 15;
constexpr int kGzipWindow = 15 + 16;
constexpr int kBareWindow = -15;

// RFC 1950: the low half of the first byte is the method, 8. A bare stream does not begin like that unless
// its first block is stored with odd padding, which no compressor writes.
bool IsZlibHeader(std::byte first) { return (first & std::byte{0x0f}) == std::byte{8}; }

}  // namespace

struct BodyDecoder::Stream {
  explicit Stream(int window) { ok = inflateInit2(&z, window) == Z_OK; }
  ~Stream() {
    if (ok) inflateEnd(&z);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream z{};  // zlib keeps a pointer to it, so a Stream never moves.
  bool ok = false;
};

base::Result<BodyDecoder> BodyDecoder::Create(std::string_view encoding, std::uint64_t max_bytes, Sink sink) {
  Encoding chosen = Encoding::kIdentity;
  if (encoding == "gzip" || encoding == "x-gzip") {
    chosen = Encoding::kGzip;
  } else if (encoding == "deflate") {
    chosen = Encoding::kDeflate;
  } else if (!encoding.empty() && encoding != "identity") {
    return Error{Code::kUnsupported, 0, "the content encoding of the answer"};
  }
  return BodyDecoder(chosen, max_bytes, std::move(sink));
}

BodyDecoder::BodyDecoder(Encoding encoding, std::uint64_t max_bytes, Sink sink)
    : encoding_(encoding), max_bytes_(max_bytes), sink_(std::move(sink)) {}
BodyDecoder::BodyDecoder(BodyDecoder&&) noexcept = default;
BodyDecoder& BodyDecoder::operator=(BodyDecoder&&) noexcept = default;
BodyDecoder::~BodyDecoder() = default;

base::Status BodyDecoder::Feed(base::Bytes bytes) {
  if (bytes.empty()) return {};
  if (bytes_in_ == 0) RETURN_IF_ERROR(Start(bytes[0]));
  bytes_in_ += bytes.size();
  return stream_ == nullptr ? Emit(bytes) : Inflate(bytes);
}

base::Status BodyDecoder::Start(std::byte first) {
  if (encoding_ == Encoding::kIdentity && first != kGzipFirstByte) return {};
  int window = kGzipWindow;
  if (encoding_ == Encoding::kDeflate) window = IsZlibHeader(first) ? kZlibWindow : kBareWindow;
  stream_ = std::make_unique<Stream>(window);
  if (!stream_->ok) return Error{Code::kLimitExceeded, 0, "memory for inflating an answer"};
  return {};
}

base::Status BodyDecoder::Inflate(base::Bytes bytes) {
  std::array<std::byte, 1 << 16> buffer;
  z_stream& z = stream_->z;
  while (!bytes.empty()) {
    // gzip files may be several, one behind the other; anything else behind the end is padding, to the last
    // byte.
    if (ended_) {
      is_padding_ = is_padding_ || encoding_ == Encoding::kDeflate || bytes[0] != kGzipFirstByte;
      if (is_padding_ || inflateReset(&z) != Z_OK) return {};
      ended_ = false;
    }
    constexpr std::size_t kPieceBytes = std::size_t{1} << 30;  // zlib counts in 32 bits.
    const base::Bytes piece = bytes.first(std::min(bytes.size(), kPieceBytes));
    // zlib reads only; its pointer is not const for the sake of old compilers.
    z.next_in = static_cast<Bytef*>(static_cast<void*>(const_cast<std::byte*>(piece.data())));
    z.avail_in = static_cast<uInt>(piece.size());
    bool has_more_output = true;
    while (!ended_ && (z.avail_in != 0 || has_more_output)) {
      z.next_out = static_cast<Bytef*>(static_cast<void*>(buffer.data()));
      z.avail_out = static_cast<uInt>(buffer.size());
      const int result = inflate(&z, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return Error{Code::kBadValue, bytes_out_, "compressed data of the answer"};
      ended_ = result == Z_STREAM_END;
      has_more_output = z.avail_out == 0;
      RETURN_IF_ERROR(Emit(base::Bytes(buffer).first(buffer.size() - z.avail_out)));
      if (result == Z_BUF_ERROR) break;  // Nothing more without more input.
    }
    bytes = bytes.subspan(piece.size() - z.avail_in);
  }
  return {};
}

base::Status BodyDecoder::Emit(base::Bytes bytes) {
  if (bytes.size() > max_bytes_ - bytes_out_)
    return Error{Code::kLimitExceeded, max_bytes_, "the server's answer"};
  bytes_out_ += bytes.size();
  if (bytes_out_ > kFreeBytes && bytes_out_ / kMaxRatio > bytes_in_)
    return Error{Code::kLimitExceeded, bytes_out_, "growth of the server's answer on inflating"};
  return sink_(bytes);
}

base::Status BodyDecoder::Finish() const {
  if (stream_ != nullptr && !ended_)
    return Error{Code::kTruncated, bytes_in_, "compressed data of the answer"};
  return {};
}

}  // namespace cairn::net
