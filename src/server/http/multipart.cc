#include "server/http/multipart.h"

#include <algorithm>

namespace cairn::http {
namespace {

using base::Code;
using base::Error;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

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

void ReadPartHeader(std::string_view line, Part& part) {
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

// Reads the header lines at the front of `text` up to the empty line and cuts them off.
base::Status TakePartHeaders(std::string_view& text, Part& part, std::uint64_t offset) {
  const std::string_view window = text.substr(0, kMaxPartHeaderBytes);
  std::size_t position = 0;
  for (;;) {
    const std::size_t end = window.find('\n', position);
    if (end == std::string_view::npos) {
      const bool too_long = text.size() > window.size();
      return Error{too_long ? Code::kLimitExceeded : Code::kTruncated, offset, "multipart: header of a part"};
    }
    const std::string_view line = Trim(window.substr(position, end - position));
    position = end + 1;
    if (line.empty()) break;
    ReadPartHeader(line, part);
  }
  text.remove_prefix(position);
  return {};
}

}  // namespace

ContentType ParseContentType(std::string_view header) {
  ContentType type;
  const std::size_t semicolon = std::min(header.find(';'), header.size());
  type.media_type = LowerCase(Trim(header.substr(0, semicolon)));
  std::string_view rest = header.substr(semicolon);
  std::string name;
  std::string value;
  while (TakeParameter(rest, name, value)) {
    if (name == "boundary" && type.boundary.empty()) type.boundary = value;
  }
  return type;
}

base::Result<std::vector<Part>> ParseMultipart(std::string_view body, std::string_view boundary) {
  if (boundary.empty() || boundary.size() > kMaxBoundaryBytes) {
    return Error{Code::kBadValue, 0, "multipart: boundary"};
  }
  const std::string delimiter = "--" + std::string(boundary);
  const std::string line_delimiter = "\r\n" + delimiter;
  // The first boundary may stand at the very start; what precedes it is a preamble and ignored.
  std::size_t position = 0;
  if (!body.starts_with(delimiter)) {
    const std::size_t first = body.find(line_delimiter);
    if (first == std::string_view::npos)
      return Error{Code::kBadValue, 0, "multipart: no boundary in the body"};
    position = first + 2;
  }
  std::vector<Part> parts;
  for (;;) {
    std::string_view rest = body.substr(position + delimiter.size());
    if (rest.starts_with("--")) return parts;
    const std::size_t line_end = rest.find('\n');
    if (line_end == std::string_view::npos || !Trim(rest.substr(0, line_end)).empty()) {
      return Error{line_end == std::string_view::npos ? Code::kTruncated : Code::kBadValue, position,
                   "multipart: line of a boundary"};
    }
    if (parts.size() == kMaxParts) return Error{Code::kLimitExceeded, position, "multipart: number of parts"};
    rest.remove_prefix(line_end + 1);
    Part part;
    RETURN_IF_ERROR(TakePartHeaders(rest, part, position));
    const std::size_t start = body.size() - rest.size();
    // An empty part has its boundary right behind the empty line, whose line end is then the boundary's.
    const std::size_t end = body.find(line_delimiter, start >= 2 ? start - 2 : start);
    if (end == std::string_view::npos) return Error{Code::kTruncated, start, "multipart: body of a part"};
    part.body = end < start ? std::string_view{} : body.substr(start, end - start);
    parts.push_back(std::move(part));
    position = end + 2;
  }
}

}  // namespace cairn::http
