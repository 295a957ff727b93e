// JsonFields writes named values the way all parts of the JSON report have them: a text that is empty and an
// optional that has no value are null, addresses are hex text as wide as the CPU's pointers.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>

#include "base/hex.h"
#include "base/json_writer.h"
#include "model/address.h"

namespace cairn::report {

class JsonFields {
 public:
  // Borrows `json`. `address_digits` is 8 or 16.
  JsonFields(base::JsonWriter& json, int address_digits) : json_(json), address_digits_(address_digits) {}

  base::JsonWriter& json() { return json_; }

  template <typename T>
  void Field(std::string_view key, const T& value) {
    json_.Key(key);
    Value(value);
  }

  // A value inside an array.
  template <typename T>
  void Element(const T& value) {
    Value(value);
  }

  // An array of what `write` makes of each element, or null if there is none.
  template <typename Container, typename Write>
  void ListOrNull(std::string_view key, const Container& list, Write write) {
    json_.Key(key);
    if (list.empty()) return json_.Null();
    WriteList(list, write);
  }
  template <typename Container, typename Write>
  void List(std::string_view key, const Container& list, Write write) {
    json_.Key(key);
    WriteList(list, write);
  }

 private:
  void Value(std::string_view text) { text.empty() ? json_.Null() : json_.String(text); }
  void Value(const char* text) { Value(std::string_view(text)); }
  void Value(bool value) { json_.Bool(value); }
  void Value(double value) { json_.Double(value); }
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  void Value(T number) {
    json_.Number(number);
  }
  void Value(model::ProcessAddress address) { json_.String(base::ToAddress(address.value, address_digits_)); }
  void Value(model::ModuleOffset offset) { json_.String(base::ToAddress(offset.value, address_digits_)); }
  template <typename T>
  void Value(const std::optional<T>& value) {
    value ? Value(*value) : json_.Null();
  }

  template <typename Container, typename Write>
  void WriteList(const Container& list, Write write) {
    json_.BeginArray();
    for (const auto& element : list) write(element);
    json_.EndArray();
  }

  base::JsonWriter& json_;
  int address_digits_;
};

}  // namespace cairn::report
