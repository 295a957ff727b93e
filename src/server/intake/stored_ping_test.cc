#include "server/intake/stored_ping.h"

#include <gtest/gtest.h>

namespace cairn::intake {
namespace {

TEST(StoredPingTest, WhatIsWrittenIsRead) {
  const StoredPing ping{.id = "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15",
                        .id_is_made_up = true,
                        .name_space = "my-app",
                        .doc_type = "crash \"quoted\"\n",
                        .version = 1,
                        .app_channel = "beta",
                        .source_tags = "a, b",
                        .submitted = "2026-05-01T10:00:00.000Z",
                        .submitted_ms = 1'777'629'600'000,
                        .compressed = true,
                        .body = std::string("\x1f\x8b\n\0{}", 6)};
  const auto read = ReadStoredPing(WriteStoredPing(ping));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, ping.id);
  EXPECT_TRUE(read->id_is_made_up);
  EXPECT_EQ(read->name_space, "my-app");
  EXPECT_EQ(read->doc_type, ping.doc_type);
  EXPECT_EQ(read->version, 1);
  EXPECT_EQ(read->app_name, "");
  EXPECT_EQ(read->app_channel, "beta");
  EXPECT_EQ(read->source_tags, "a, b");
  EXPECT_EQ(read->submitted_ms, ping.submitted_ms);
  EXPECT_TRUE(read->compressed);
  EXPECT_EQ(read->body, ping.body);
}

// Before pings of other namespaces were taken.
TEST(StoredPingTest, WhatAnEarlierVersionStoredIsRead) {
  const auto read = ReadStoredPing(
      R"({"id":"x","id_is_made_up":false,"doc_type":"crash","submitted":"s","submitted_ms":5,"compressed":true})"
      "\nbody");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name_space, "");
  EXPECT_EQ(read->version, -1);
}

TEST(StoredPingTest, WithoutItsFirstLineItIsNone) {
  for (const char* text : {"", "{}", "{}\nbody", "no json\nbody", "[]\nbody"}) {
    EXPECT_FALSE(ReadStoredPing(text)) << text;
  }
}

}  // namespace
}  // namespace cairn::intake
