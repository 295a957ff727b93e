// Inflates gzip bodies, never further than it is allowed to.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct z_stream_s;

namespace cairn::http {

// A gzip file (RFC 1952) with all its members, inflated as it comes. Holds about 100 KB, whatever the file,
// and at most 1 MiB more while it is fed a whole file at once.
//
// kLimitExceeded past `max_bytes` or past kMaxInflateRatio, kBadMagic or kBadValue if it is not gzip or is
// broken, kTruncated if it ends early. After an error nothing more may be fed.
class GzipReader {
 public:
  using Take = std::function<base::Status(std::string_view inflated)>;

  explicit GzipReader(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Calls `take` with each piece; an error of it is returned.
  base::Status Feed(std::string_view compressed, const Take& take);
  // No more comes.
  base::Status Finish() const;

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };

  friend base::Result<std::string> InflateGzip(std::string_view compressed, std::size_t max_bytes);

  base::Status Begin();
  base::Status Inflate(std::string_view compressed, const Take& take);
  base::Status CheckSizes() const;

  std::size_t max_bytes_;
  std::unique_ptr<z_stream_s, End> stream_;  // Null until it is needed.
  std::vector<char> block_;
  std::size_t compressed_bytes_ = 0;
  std::size_t inflated_bytes_ = 0;
  bool member_ended_ = false;
};

// The whole of a gzip file that is in memory.
base::Result<std::string> InflateGzip(std::string_view compressed, std::size_t max_bytes);

}  // namespace cairn::http
