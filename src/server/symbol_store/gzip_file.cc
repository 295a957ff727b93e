#include "server/symbol_store/gzip_file.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "formats/symfile/compile.h"
#include "net/body_decoder.h"

namespace cairn::symbol_store {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kPieceBytes = 256 << 10;
constexpr int kGzipWindow = 15 + 16;  // zlib's largest window, and gzip's frame around it.
constexpr int kMemoryLevel = 8;       // zlib's default.
constexpr std::array kGzipMagic = {std::byte{0x1f}, std::byte{0x8b}};

struct EndDeflate {
  void operator()(z_stream* stream) const {
    deflateEnd(stream);
    delete stream;
  }
};

}  // namespace

bool IsGzip(base::Bytes bytes) {
  return bytes.size() > kGzipMagic.size() && std::ranges::equal(bytes.first(kGzipMagic.size()), kGzipMagic);
}

base::Result<bool> IsGzipFile(int fd) {
  std::array<std::byte, kGzipMagic.size() + 1> start{};
  const base::Status read = os::ReadAt(fd, 0, start);
  if (!read && read.error().code == Code::kTruncated) return false;
  if (!read) return read.error();
  return IsGzip(start);
}

base::Status Compress(base::Bytes bytes, const TakeBytes& take) {
  std::unique_ptr<z_stream, EndDeflate> stream(new z_stream{});
  if (deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return Error{Code::kUnsupported, 0, "zlib"};
  }
  std::vector<std::byte> packed(kPieceBytes);
  for (;;) {
    const base::Bytes piece = bytes.first(std::min(bytes.size(), kPieceBytes));
    bytes = bytes.subspan(piece.size());
    // zlib does not write to its input.
    stream->next_in = static_cast<Bytef*>(static_cast<void*>(const_cast<std::byte*>(piece.data())));
    stream->avail_in = static_cast<uInt>(piece.size());
    const int flush = bytes.empty() ? Z_FINISH : Z_NO_FLUSH;
    int result = Z_OK;
    do {
      stream->next_out = static_cast<Bytef*>(static_cast<void*>(packed.data()));
      stream->avail_out = static_cast<uInt>(packed.size());
      result = deflate(stream.get(), flush);
      if (result == Z_STREAM_ERROR) return Error{Code::kUnsupported, 0, "zlib"};
      RETURN_IF_ERROR(take(base::Bytes(packed).first(packed.size() - stream->avail_out)));
    } while (stream->avail_out == 0);
    if (result == Z_STREAM_END) return {};
  }
}

base::Status Inflate(base::Bytes gzip, std::uint64_t max_bytes, const TakeBytes& take) {
  ASSIGN_OR_RETURN(net::BodyDecoder decoder, net::BodyDecoder::Create("gzip", max_bytes, take));
  while (!gzip.empty()) {
    const base::Bytes piece = gzip.first(std::min(gzip.size(), kPieceBytes));
    RETURN_IF_ERROR(decoder.Feed(piece));
    gzip = gzip.subspan(piece.size());
  }
  return decoder.Finish();
}

base::Result<os::FileDescriptor> InflateFile(int gzip_fd, const std::string& folder) {
  ASSIGN_OR_RETURN(const os::MappedFile packed, os::MappedFile::FromDescriptor(gzip_fd));
  ASSIGN_OR_RETURN(os::FileDescriptor file, os::CreateNameless(folder));
  const auto write = [&file](base::Bytes bytes) { return os::WriteAll(file.get(), bytes); };
  RETURN_IF_ERROR(Inflate(packed.bytes(), symfile::kMaxSymbolFileBytes, write));
  RETURN_IF_ERROR(os::Rewind(file.get()));
  return file;
}

}  // namespace cairn::symbol_store
