// MultipartReader reads a multipart body (RFC 2046 section 5.1, RFC 7578) as it comes, piece by piece.
//
// It holds no more than kMaxPartHeaderBytes and a boundary's length, whatever the body. A boundary stands at
// the start or behind CR LF; a lone line feed before one belongs to the part. What precedes the first
// boundary and what follows the last is ignored.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::http {

inline constexpr std::size_t kMaxPartHeaderBytes = 8 << 10;  // Real ones have 200.
inline constexpr std::size_t kMaxBoundaryBytes = 256;        // RFC 2046 says 70; Crashpad's has 58.

struct PartHead {
  std::string name;  // Empty: the part has none.
  std::optional<std::string> filename;
  std::string content_type;  // In lower case, without parameters; empty if not given.
};

// What the reader calls, in the order of the body. An error ends the reading and is what Feed returns.
class PartTaker {
 public:
  virtual ~PartTaker() = default;
  virtual base::Status BeginPart(PartHead head) = 0;
  // Any number of times for a part. Of the bytes that were given to Feed or of the reader: copy what is kept.
  virtual base::Status TakePartBytes(std::string_view bytes) = 0;
  virtual base::Status EndPart() = 0;
};

class MultipartReader {
 public:
  // `taker` is borrowed. An empty or too long boundary is kBadValue at the first Feed.
  MultipartReader(std::string_view boundary, PartTaker& taker);

  // kBadValue if a header or a boundary's line is broken, kLimitExceeded if one is too long. After an error
  // the reader is not to be fed again.
  base::Status Feed(std::string_view bytes);

  // No more comes: kTruncated if the last boundary did not, kBadValue if there was none at all.
  base::Status Finish() const;

 private:
  enum class State { kStart, kPreamble, kBoundaryLine, kHeader, kBodyStart, kBody, kEnd };

  // How many of the bytes are done with; zero: more are needed.
  base::Result<std::size_t> Step(std::string_view bytes);
  std::size_t FindFirstBoundary(std::string_view bytes);
  base::Result<std::size_t> ReadBoundaryLine(std::string_view bytes);
  base::Result<std::size_t> ReadHeaderLine(std::string_view bytes);
  base::Result<std::size_t> ReadBody(std::string_view bytes);

  std::string line_delimiter_;  // CR LF, two dashes, the boundary.
  PartTaker& taker_;
  State state_ = State::kStart;
  std::string held_;  // Fed and not done with.
  PartHead head_;
  std::size_t header_bytes_ = 0;  // Of this part so far.
  std::uint64_t offset_ = 0;      // Of held_ in the body.
};

// What a Content-Type header says.
struct ContentType {
  std::string media_type;          // "multipart/form-data", in lower case.
  std::string boundary;            // Empty if there is none.
  bool boundary_is_first = false;  // Whether it is the first parameter.
};
ContentType ParseContentType(std::string_view header);

}  // namespace cairn::http
