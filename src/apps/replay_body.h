// ReplayBody is a request's body of which only the beginning differs from request to request, so that a
// million of them need not be compressed one by one.
//
// As gzip (RFC 1952) the beginning is a stored block, the rest was deflated ahead, and the checksum of both
// is put together from theirs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::apps {

class ReplayBody {
 public:
  // What a body ends with, when it is sent compressed.
  static ReplayBody Compress(std::string_view rest);
  // A body that is sent as it is; it has no beginning of its own.
  static ReplayBody Plain(std::string text);

  bool is_plain() const { return is_plain_; }
  // What follows the beginning on the wire, without the trailer.
  std::string_view rest() const { return rest_; }

  // Of the body with that beginning, which must be shorter than 64 KiB.
  std::size_t BytesWith(std::string_view beginning) const;
  // Gzip's header and the beginning behind `head`.
  static void AppendBeginning(std::string_view beginning, std::string& head);
  // The eight bytes of the end behind `tail`.
  void AppendTrailer(std::string_view beginning, std::string& tail) const;

 private:
  std::string rest_;
  bool is_plain_ = false;
  std::uint32_t rest_crc_ = 0;
  unsigned long crc_operator_ = 0;  // zlib's, which puts the checksum of `rest_bytes_` bytes behind another.
  std::uint32_t rest_bytes_ = 0;    // Before compression.
};

}  // namespace cairn::apps
