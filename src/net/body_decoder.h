// BodyDecoder undoes the content encoding of an HTTP answer while it arrives, within bounds.
//
// gzip (RFC 1952), deflate (RFC 9110 means zlib's form; some servers send the bare one) and identity. A body
// that begins with gzip's first byte is inflated even when no header says so: servers of plain files send
// compressed symbol files like that, and no file that Cairn asks for begins with this byte.
// formats/packed unpacks gzip that lies in memory; here the bytes come in pieces, go to a file, and are never
// all in memory, so this is another reader with bounds of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"

namespace cairn::net {

class BodyDecoder {
 public:
  // A small body may inflate as it likes; a larger one by this factor. Symbol files shrink to a tenth, the
  // most repetitive ones to a fiftieth; a bomb grows a thousandfold.
  static constexpr std::uint64_t kFreeBytes = 16 << 20;
  static constexpr std::uint64_t kMaxRatio = 200;

  // Takes decoded bytes; its failure is Feed's.
  using Sink = std::function<base::Status(base::Bytes)>;

  // `encoding` is the header Content-Encoding, empty if there is none. kUnsupported for one that was not
  // asked for. `max_bytes` bounds what comes out.
  static base::Result<BodyDecoder> Create(std::string_view encoding, std::uint64_t max_bytes, Sink sink);

  BodyDecoder(BodyDecoder&&) noexcept;
  BodyDecoder& operator=(BodyDecoder&&) noexcept;
  ~BodyDecoder();

  // kBadValue for what is not of the encoding, kLimitExceeded past max_bytes or kMaxRatio.
  base::Status Feed(base::Bytes bytes);

  // kTruncated if the compressed stream has not ended.
  base::Status Finish() const;

  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  struct Stream;
  enum class Encoding : std::uint8_t { kIdentity, kGzip, kDeflate };

  BodyDecoder(Encoding encoding, std::uint64_t max_bytes, Sink sink);
  base::Status Start(std::byte first);
  base::Status Inflate(base::Bytes bytes);
  base::Status Emit(base::Bytes bytes);

  Encoding encoding_;
  std::uint64_t max_bytes_;
  Sink sink_;
  std::unique_ptr<Stream> stream_;  // Null before the first byte and for identity.
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  bool ended_ = false;       // The compressed stream's end was there.
  bool is_padding_ = false;  // And behind it what belongs to no stream.
};

}  // namespace cairn::net
