// JsonWriter builds one JSON text, in order, in a string that it owns.
//
// It puts the commas and escapes; the caller says what comes next. Text that is not valid UTF-8 is written
// with U+FFFD in place of each bad byte, so the result is always valid JSON. JSON is read by simdjson, or by
// JsonView where little is wanted.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::base {

class JsonWriter {
 public:
  // `indent` is the number of blanks per level; 0 writes everything on one line.
  explicit JsonWriter(int indent = 0) : indent_(indent) {}

  // Takes the memory of a text of about so many bytes at once.
  void Reserve(std::size_t bytes) { text_.reserve(bytes); }

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();

  // Names the next value; only inside an object.
  void Key(std::string_view key);

  void String(std::string_view text);
  // Key and String in one.
  void TextField(std::string_view key, std::string_view text) {
    Key(key);
    String(text);
  }
  void Bool(bool value);
  void Null();
  void Double(double value);  // Not a number and infinities become null.
  template <std::integral T>
  void Number(T value) {
    Separate();
    text_ += std::to_string(value);
  }
  // Key and Number in one.
  template <std::integral T>
  void NumberField(std::string_view key, T value) {
    Key(key);
    Number(value);
  }
  // A value that is JSON already, such as a stored document.
  void Raw(std::string_view json);

  const std::string& text() const { return text_; }
  std::string Take() { return std::move(text_); }

 private:
  void Separate();
  void Open(char bracket);
  void Close(char bracket);
  void NewLine();

  std::string text_;
  std::vector<bool> has_values_;  // Per open bracket: whether something stands in it.
  int indent_;
  bool after_key_ = false;
};

// `text` as a JSON string, quotes included.
std::string QuoteJson(std::string_view text);

}  // namespace cairn::base
