#include "base/json_writer.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "base/hex.h"
#include "base/utf8.h"

namespace cairn::base {
namespace {

// Whether the character stands in JSON as it is, whatever follows it.
bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

constexpr std::uint64_t Repeated(std::uint8_t byte) { return std::uint64_t{0x0101010101010101} * byte; }

// Whether any of the eight bytes is zero. Without a borrow the top bit of a byte is set by the subtraction
// only if it was zero; a borrow comes from a byte that was.
constexpr bool HasZero(std::uint64_t bytes) { return ((bytes - Repeated(1)) & ~bytes & Repeated(0x80)) != 0; }

// IsPlain of eight characters.
bool ArePlain(const char* text) {
  std::uint64_t bytes;
  std::memcpy(&bytes, text, sizeof(bytes));
  // A byte below 0x20 has no bit of the upper three.
  const std::uint64_t upper = bytes & Repeated(0xe0);
  return (bytes & Repeated(0x80)) == 0 && !HasZero(upper) && !HasZero(bytes ^ Repeated('"')) &&
         !HasZero(bytes ^ Repeated('\\'));
}

// The characters before the first that is not plain.
std::size_t CountPlain(std::string_view text) {
  std::size_t count = 0;
  while (text.size() - count >= sizeof(std::uint64_t) && ArePlain(text.data() + count))
    count += sizeof(std::uint64_t);
  while (count < text.size() && IsPlain(text[count])) ++count;
  return count;
}

void AppendEscaped(std::string& out, std::string_view text) {
  while (true) {
    // Most texts are plain from end to end.
    const std::size_t plain = CountPlain(text);
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    const char c = text.front();
    const std::size_t length = Utf8SequenceLength(text);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u" + ToHex(static_cast<unsigned char>(c), 4);
    } else if (length == 0) {
      out += "\xef\xbf\xbd";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace

void JsonWriter::BeginObject() { Open('{'); }
void JsonWriter::EndObject() { Close('}'); }
void JsonWriter::BeginArray() { Open('['); }
void JsonWriter::EndArray() { Close(']'); }

void JsonWriter::Key(std::string_view key) {
  String(key);
  text_ += indent_ > 0 ? ": " : ":";
  after_key_ = true;
}

void JsonWriter::String(std::string_view text) {
  Separate();
  text_ += '"';
  AppendEscaped(text_, text);
  text_ += '"';
}

void JsonWriter::Bool(bool value) { Raw(value ? "true" : "false"); }
void JsonWriter::Null() { Raw("null"); }

void JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.17g", value);
  Raw(buffer);
}

void JsonWriter::Raw(std::string_view json) {
  Separate();
  text_ += json;
}

void JsonWriter::Separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_values_.empty()) return;
  if (has_values_.back()) text_ += ',';
  has_values_.back() = true;
  NewLine();
}

void JsonWriter::Open(char bracket) {
  Separate();
  text_ += bracket;
  has_values_.push_back(false);
}

void JsonWriter::Close(char bracket) {
  const bool had_values = has_values_.back();
  has_values_.pop_back();
  if (had_values) NewLine();
  text_ += bracket;
}

void JsonWriter::NewLine() {
  if (indent_ == 0) return;
  text_ += '\n';
  text_.append(has_values_.size() * static_cast<std::size_t>(indent_), ' ');
}

std::string QuoteJson(std::string_view text) {
  JsonWriter writer;
  writer.String(text);
  return writer.Take();
}

}  // namespace cairn::base
