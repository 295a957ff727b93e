#include "server/http/multipart_reader.h"

#include <algorithm>
#include <utility>

#include "server/http/header_text.h"

namespace cairn::http {
namespace {

using base::Code;
using base::Error;

// Takes one `name=value` or `name="value"` off the front of the parameters behind the first semicolon. False:
// none left.
bool TakeParameter(std::string_view& rest, std::string& name, std::string& value) {
  while (!rest.empty() && (rest.front() == ';' || rest.front() == ' ' || rest.front() == '\t'))
    rest.remove_prefix(1);
  if (rest.empty()) return false;
  const std::size_t name_end = std::min(rest.find_first_of("=;"), rest.size());
  name = LowerCase(Trim(rest.substr(0, name_end)));
  value.clear();
  rest.remove_prefix(name_end);
  if (rest.empty() || rest.front() == ';') return true;
  rest.remove_prefix(1);  // '='
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  if (rest.empty() || rest.front() != '"') {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    value = std::string(Trim(rest.substr(0, end)));
    rest.remove_prefix(end);
    return true;
  }
  rest.remove_prefix(1);  // '"'
  std::size_t i = 0;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    // Only these two escapes: browsers and Crashpad send backslashes of Windows paths as they are.
    if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
    value += rest[i];
  }
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return true;
}

// Crashpad and browsers send " CR and LF in names as %22 %0D %0A (HTML, multipart/form-data encoding),
// nothing else.
std::string DecodeName(std::string_view name) {
  std::string decoded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string escape = LowerCase(name.substr(i, 3));
    const char plain = escape == "%22" ? '"' : escape == "%0d" ? '\r' : escape == "%0a" ? '\n' : '\0';
    if (plain == '\0') {
      decoded += name[i];
    } else {
      decoded += plain;
      i += 2;
    }
  }
  return decoded;
}

void ReadPartHeader(std::string_view line, PartHead& part) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string field = LowerCase(Trim(line.substr(0, colon)));
  const std::string_view value = Trim(line.substr(colon + 1));
  if (field == "content-type") part.content_type = LowerCase(Trim(value.substr(0, value.find(';'))));
  if (field != "content-disposition") return;
  const std::size_t semicolon = value.find(';');
  std::string_view rest = semicolon == std::string_view::npos ? std::string_view{} : value.substr(semicolon);
  std::string parameter_name;
  std::string parameter_value;
  while (TakeParameter(rest, parameter_name, parameter_value)) {
    if (parameter_name == "name") part.name = DecodeName(parameter_value);
    if (parameter_name == "filename") part.filename = DecodeName(parameter_value);
  }
}

}  // namespace

ContentType ParseContentType(std::string_view header) {
  ContentType type;
  const std::size_t semicolon = std::min(header.find(';'), header.size());
  type.media_type = LowerCase(Trim(header.substr(0, semicolon)));
  std::string_view rest = header.substr(semicolon);
  std::string name;
  std::string value;
  for (bool first = true; TakeParameter(rest, name, value); first = false) {
    if (name != "boundary" || !type.boundary.empty()) continue;
    type.boundary = value;
    type.boundary_is_first = first;
  }
  return type;
}

MultipartReader::MultipartReader(std::string_view boundary, PartTaker& taker)
    : line_delimiter_("\r\n--" + std::string(boundary)), taker_(taker) {}

base::Status MultipartReader::Feed(std::string_view bytes) {
  const std::size_t boundary_bytes = line_delimiter_.size() - 4;
  if (boundary_bytes == 0 || boundary_bytes > kMaxBoundaryBytes) {
    return Error{Code::kBadValue, 0, "multipart: boundary"};
  }
  // What is left from before and what is new must be seen as one; without a rest nothing is copied.
  const bool has_rest = !held_.empty();
  if (has_rest) held_ += bytes;
  std::string_view rest = has_rest ? std::string_view(held_) : bytes;
  while (state_ != State::kEnd) {
    ASSIGN_OR_RETURN(const std::size_t done, Step(rest));
    if (done == 0) break;
    rest.remove_prefix(done);
    offset_ += done;
  }
  if (state_ == State::kEnd) {
    held_.clear();
  } else if (has_rest) {
    held_.erase(0, held_.size() - rest.size());
  } else {
    held_ = std::string(rest);
  }
  return {};
}

base::Status MultipartReader::Finish() const {
  if (state_ == State::kEnd) return {};
  if (state_ == State::kStart || state_ == State::kPreamble) {
    return Error{Code::kBadValue, 0, "multipart: no boundary in the body"};
  }
  return Error{Code::kTruncated, offset_, "multipart: the last boundary"};
}

base::Result<std::size_t> MultipartReader::Step(std::string_view bytes) {
  switch (state_) {
    case State::kStart:
    case State::kPreamble: return FindFirstBoundary(bytes);
    case State::kBoundaryLine: return ReadBoundaryLine(bytes);
    case State::kHeader: return ReadHeaderLine(bytes);
    case State::kBodyStart:
    case State::kBody: return ReadBody(bytes);
    case State::kEnd: break;
  }
  return std::size_t{0};
}

std::size_t MultipartReader::FindFirstBoundary(std::string_view bytes) {
  const std::string_view delimiter = std::string_view(line_delimiter_).substr(2);
  if (state_ == State::kStart) {
    if (bytes.size() < delimiter.size() && delimiter.starts_with(bytes)) return 0;
    state_ = bytes.starts_with(delimiter) ? State::kBoundaryLine : State::kPreamble;
    if (state_ == State::kBoundaryLine) return delimiter.size();
  }
  const std::size_t found = bytes.find(line_delimiter_);
  if (found != std::string_view::npos) {
    state_ = State::kBoundaryLine;
    return found + line_delimiter_.size();
  }
  return bytes.size() - std::min(bytes.size(), line_delimiter_.size() - 1);
}

// Behind a boundary: two dashes if it is the last one, else nothing but blanks.
base::Result<std::size_t> MultipartReader::ReadBoundaryLine(std::string_view bytes) {
  if (bytes.size() < 2) return std::size_t{0};
  if (bytes.starts_with("--")) {
    state_ = State::kEnd;
    return std::size_t{2};
  }
  const std::size_t end = bytes.find('\n');
  const std::size_t size = std::min(end, bytes.size());
  if (size > kMaxPartHeaderBytes || !Trim(bytes.substr(0, size)).empty()) {
    return Error{Code::kBadValue, offset_, "multipart: line of a boundary"};
  }
  if (end == std::string_view::npos) return std::size_t{0};
  state_ = State::kHeader;
  head_ = {};
  header_bytes_ = 0;
  return end + 1;
}

base::Result<std::size_t> MultipartReader::ReadHeaderLine(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t size = end == std::string_view::npos ? bytes.size() : end + 1;
  if (size > kMaxPartHeaderBytes - header_bytes_) {
    return Error{Code::kLimitExceeded, offset_, "multipart: header of a part"};
  }
  if (end == std::string_view::npos) return std::size_t{0};
  header_bytes_ += size;
  const std::string_view line = Trim(bytes.substr(0, end));
  if (line.empty()) {
    state_ = State::kBodyStart;
    RETURN_IF_ERROR(taker_.BeginPart(std::exchange(head_, {})));
  } else {
    ReadPartHeader(line, head_);
  }
  return size;
}

base::Result<std::size_t> MultipartReader::ReadBody(std::string_view bytes) {
  // An empty part may have its boundary right behind the empty line, whose line end is then the boundary's.
  const std::string_view delimiter = std::string_view(line_delimiter_).substr(2);
  if (state_ == State::kBodyStart) {
    if (bytes.size() < delimiter.size() && delimiter.starts_with(bytes)) return std::size_t{0};
    const bool is_empty = bytes.starts_with(delimiter);
    state_ = is_empty ? State::kBoundaryLine : State::kBody;
    if (is_empty) {
      RETURN_IF_ERROR(taker_.EndPart());
      return delimiter.size();
    }
  }
  const std::size_t found = bytes.find(line_delimiter_);
  const bool ends = found != std::string_view::npos;
  // A boundary may have begun in the last bytes.
  const std::size_t size = ends ? found : bytes.size() - std::min(bytes.size(), line_delimiter_.size() - 1);
  if (size > 0) RETURN_IF_ERROR(taker_.TakePartBytes(bytes.substr(0, size)));
  if (!ends) return size;
  state_ = State::kBoundaryLine;
  RETURN_IF_ERROR(taker_.EndPart());
  return size + line_delimiter_.size();
}

}  // namespace cairn::http
