#include "server/registry/value.h"

#include <gtest/gtest.h>

namespace cairn::registry {
namespace {

using wire::AnnotationType;

std::string Read(AnnotationType type, std::string_view text) {
  const auto value = ReadValue(type, text);
  return value ? TextOf(*value) : "none";
}

TEST(RegistryValueTest, TextsBecomeWhatTheirTypeSays) {
  EXPECT_EQ(Read(AnnotationType::kString, "a b \n"), "a b");
  EXPECT_EQ(Read(AnnotationType::kBoolean, "1"), "true");
  EXPECT_EQ(Read(AnnotationType::kBoolean, "false"), "false");
  EXPECT_EQ(Read(AnnotationType::kU32, "4294967295"), "4294967295");
  EXPECT_EQ(Read(AnnotationType::kU64, "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(Read(AnnotationType::kF64, "61.5"), "61.5");
  EXPECT_EQ(Read(AnnotationType::kObject, "{\"a\": [1]}"), "{\"a\":[1]}");
}

TEST(RegistryValueTest, WhatDoesNotFitHasNoValue) {
  for (const char* const text : {"", "yes", "2", "True"})
    EXPECT_EQ(Read(AnnotationType::kBoolean, text), "none");
  for (const char* const text : {"", "-1", "1x", " 1", "4294967296", "0x10"}) {
    EXPECT_EQ(Read(AnnotationType::kU32, text), "none") << text;
  }
  for (const char* const text : {"", "nan", "inf", "1e999", "1,5"}) {
    EXPECT_EQ(Read(AnnotationType::kF64, text), "none") << text;
  }
  for (const char* const text : {"", "{", "\"a\"", "1", "\xff"}) {
    EXPECT_EQ(Read(AnnotationType::kObject, text), "none") << text;
  }
}

TEST(RegistryValueTest, AWrittenValueKeepsItsType) {
  base::JsonWriter json;
  json.BeginArray();
  for (const Value& value :
       {Value(true), Value(std::uint64_t{7}), Value(0.5), Value(std::string("t")), Value(JsonText{"{}"})}) {
    WriteValue(value, json);
  }
  json.EndArray();
  EXPECT_EQ(json.text(), "[true,7,0.5,\"t\",{}]");
}

}  // namespace
}  // namespace cairn::registry
