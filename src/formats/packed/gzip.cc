#include "formats/packed/gzip.h"

#include <algorithm>
#include <limits>

#define ZLIB_CONST  // zlib does not write to its input, and then says so.
#include <zlib.h>

namespace cairn::packed {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kFirstBytes = std::size_t{64} * 1024;

// Closes the stream.
class Inflater {
 public:
  Inflater() {
    constexpr int kGzipWithAnyWindow = 16 + MAX_WBITS;
    is_ready_ = inflateInit2(&stream_, kGzipWithAnyWindow) == Z_OK;
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool is_ready() const { return is_ready_; }

  // Takes from `input` and puts into `output` what there is room for; both begin behind that afterwards.
  int Step(base::Bytes& input, std::span<std::byte>& output) {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    const auto give = static_cast<uInt>(std::min(input.size(), kMost));
    const auto room = static_cast<uInt>(std::min(output.size(), kMost));
    stream_.next_in = static_cast<const Bytef*>(static_cast<const void*>(input.data()));
    stream_.avail_in = give;
    stream_.next_out = static_cast<Bytef*>(static_cast<void*>(output.data()));
    stream_.avail_out = room;
    const int state = inflate(&stream_, Z_NO_FLUSH);
    input = input.subspan(give - stream_.avail_in);
    output = output.subspan(room - stream_.avail_out);
    return state;
  }

  bool StartMember() { return inflateReset(&stream_) == Z_OK; }

 private:
  z_stream stream_{};
  bool is_ready_ = false;
};

}  // namespace

bool IsGzip(base::Bytes bytes) {
  return base::AsText(bytes).starts_with("\x1f\x8b\x08");  // ID1, ID2, and the only method that there is.
}

base::Result<std::vector<std::byte>> UnpackGzip(base::Bytes bytes, const UnpackLimits& limits) {
  Inflater inflater;
  if (!inflater.is_ready()) return Error{Code::kLimitExceeded, 0, "gzip: memory"};
  base::Bytes input = bytes;
  std::vector<std::byte> unpacked(std::min<std::uint64_t>(kFirstBytes, limits.max_bytes + 1));
  std::size_t size = 0;
  const auto here = [&] { return static_cast<std::uint64_t>(bytes.size() - input.size()); };
  while (true) {
    if (size == unpacked.size()) {
      unpacked.resize(
          static_cast<std::size_t>(std::min<std::uint64_t>(unpacked.size() * 2, limits.max_bytes + 1)));
    }
    std::span<std::byte> room = std::span(unpacked).subspan(size);
    const int state = inflater.Step(input, room);
    size = unpacked.size() - room.size();
    if (!limits.Allow(bytes.size(), size)) return Error{Code::kLimitExceeded, here(), "gzip: size unpacked"};
    if (state == Z_STREAM_END) {
      if (!IsGzip(input)) break;
      if (!inflater.StartMember()) return Error{Code::kBadValue, here(), "gzip: member"};
    } else if (state == Z_BUF_ERROR || (state == Z_OK && input.empty() && !room.empty())) {
      return Error{Code::kTruncated, here(), "gzip: data"};
    } else if (state != Z_OK) {
      return Error{Code::kBadValue, here(), "gzip: data"};
    }  // zlib says Z_OK only where it took or gave something, so the loop ends.
  }
  unpacked.resize(size);
  return unpacked;
}

}  // namespace cairn::packed
