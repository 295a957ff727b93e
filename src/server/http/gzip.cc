#include "server/http/gzip.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "server/http/limits.h"

namespace cairn::http {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kBlockBytes = 64 << 10;
// What a reader unpacks at once: many may do so at a time.
constexpr std::size_t kMaxReaderTextBytes = 1 << 20;
constexpr int kGzipWindowBits = 16 + MAX_WBITS;  // zlib.h, inflateInit2: 16 asks for a gzip header.

// zlib takes a pointer to bytes that it does not write through.
Bytef* InputOf(std::string_view text) {
  return static_cast<Bytef*>(const_cast<void*>(static_cast<const void*>(text.data())));
}

// Its last four bytes say how long a member's text is, which nobody vouches for.
std::size_t SaidSizeOf(std::string_view member) {
  std::size_t size = 0;
  for (const char c : {member.end()[-1], member.end()[-2], member.end()[-3], member.end()[-4]})
    size = size << 8 | static_cast<unsigned char>(c);
  return size;
}

// Most bodies are one small member, which libdeflate unpacks at once in half of zlib's time. Nothing: it is
// something else, right or wrong.
std::optional<std::string> InflateSmallMember(std::string_view compressed, std::size_t max_bytes) {
  constexpr std::size_t kLeastBytes = 18;  // Header and trailer.
  if (compressed.size() < kLeastBytes) return std::nullopt;
  const std::size_t size = SaidSizeOf(compressed);
  if (size > max_bytes || size > kInflateRatioFloorBytes) return std::nullopt;
  struct Free {
    void operator()(libdeflate_decompressor* inflater) const { libdeflate_free_decompressor(inflater); }
  };
  thread_local const std::unique_ptr<libdeflate_decompressor, Free> inflater(libdeflate_alloc_decompressor());
  if (inflater == nullptr) return std::nullopt;
  std::string text(size, '\0');
  std::size_t read = 0;
  std::size_t written = 0;
  const libdeflate_result result = libdeflate_gzip_decompress_ex(
      inflater.get(), compressed.data(), compressed.size(), text.data(), text.size(), &read, &written);
  if (result != LIBDEFLATE_SUCCESS || read != compressed.size() || written != size) return std::nullopt;
  return text;
}

}  // namespace

void GzipReader::End::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

base::Status GzipReader::Begin() {
  auto stream = std::make_unique<z_stream>();
  if (inflateInit2(stream.get(), kGzipWindowBits) != Z_OK)
    return Error{Code::kLimitExceeded, 0, "gzip: memory"};
  stream_.reset(stream.release());
  block_.resize(kBlockBytes);
  return {};
}

base::Status GzipReader::Feed(std::string_view compressed, const Take& take) {
  if (compressed_bytes_ == 0) {
    if (const std::optional<std::string> text =
            InflateSmallMember(compressed, std::min(max_bytes_, kMaxReaderTextBytes))) {
      compressed_bytes_ = compressed.size();
      inflated_bytes_ = text->size();
      member_ended_ = true;
      return text->empty() ? base::Status() : take(*text);
    }
  }
  return Inflate(compressed, take);
}

base::Status GzipReader::Inflate(std::string_view compressed, const Take& take) {
  if (stream_ == nullptr) RETURN_IF_ERROR(Begin());
  if (compressed.size() > kMaxSymbolUploadBytes) {
    return Error{Code::kLimitExceeded, compressed_bytes_, "gzip: compressed size"};
  }
  stream_->next_in = InputOf(compressed);
  stream_->avail_in = static_cast<uInt>(compressed.size());
  for (bool output_was_full = false; stream_->avail_in > 0 || output_was_full;) {
    if (std::exchange(member_ended_, false)) inflateReset(stream_.get());  // Another follows.
    const std::size_t before = stream_->avail_in;
    stream_->next_out = static_cast<Bytef*>(static_cast<void*>(block_.data()));
    stream_->avail_out = static_cast<uInt>(block_.size());
    const int result = inflate(stream_.get(), Z_NO_FLUSH);
    compressed_bytes_ += before - stream_->avail_in;
    const std::string_view inflated(block_.data(), block_.size() - stream_->avail_out);
    inflated_bytes_ += inflated.size();
    RETURN_IF_ERROR(CheckSizes());
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return Error{Code::kBadValue, compressed_bytes_, "gzip"};
    }
    if (!inflated.empty()) RETURN_IF_ERROR(take(inflated));
    member_ended_ = result == Z_STREAM_END;
    output_was_full = stream_->avail_out == 0 && !member_ended_;
  }
  return {};
}

base::Status GzipReader::CheckSizes() const {
  if (inflated_bytes_ > max_bytes_) {
    return Error{Code::kLimitExceeded, compressed_bytes_, "gzip: inflated size"};
  }
  // A small body may inflate as it likes.
  if (inflated_bytes_ > kInflateRatioFloorBytes && inflated_bytes_ / kMaxInflateRatio > compressed_bytes_) {
    return Error{Code::kLimitExceeded, compressed_bytes_, "gzip: inflate ratio"};
  }
  return {};
}

base::Status GzipReader::Finish() const {
  if (member_ended_) return {};
  return Error{Code::kTruncated, compressed_bytes_, "gzip"};
}

base::Result<std::string> InflateGzip(std::string_view compressed, std::size_t max_bytes) {
  if (std::optional<std::string> text = InflateSmallMember(compressed, max_bytes)) return *std::move(text);
  GzipReader reader(max_bytes);
  std::string inflated;
  RETURN_IF_ERROR(reader.Inflate(compressed, [&inflated](std::string_view piece) {
    inflated += piece;
    return base::Status();
  }));
  RETURN_IF_ERROR(reader.Finish());
  return inflated;
}

}  // namespace cairn::http
