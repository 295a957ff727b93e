#include "server/api/cursor.h"

#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using search::FieldId;
using search::HitPosition;
using search::Sort;
using search::Value;

const std::vector<Sort> kSort = {{FieldId::kSignature, true},
                                 {FieldId::kBuildId, false},
                                 {search::FindField("uptime_ts")->id, false},
                                 {search::FindField("startup_crash")->id, true}};
const HitPosition kPosition{
    .sort_values = {Value("a \"b\" \xc3\xa9"), Value(), Value(2.5), Value(std::int64_t{1})},
    .date_ms = 1'795'348'800'123,
    .uuid = "00000000-0000-4000-8000-00000000002a",
    .kind = search::CrashKind::kPing};

TEST(ServerApiCursor, APositionIsReadBack) {
  const auto read = ReadCursor(kSort, MakeCursor(kSort, kPosition));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, kPosition);
  HitPosition plain{.sort_values = {}, .date_ms = 5, .uuid = kPosition.uuid, .kind = {}};
  EXPECT_EQ(ReadCursor({}, MakeCursor({}, plain)), plain);
}

TEST(ServerApiCursor, ACursorOfAnotherOrderIsNone) {
  std::vector<Sort> other = kSort;
  other[0].descending = false;
  EXPECT_FALSE(ReadCursor(other, MakeCursor(kSort, kPosition)));
  EXPECT_FALSE(ReadCursor({}, MakeCursor(kSort, kPosition)));
}

TEST(ServerApiCursor, WhatIsNoCursorIsNone) {
  const std::string cursor = MakeCursor(kSort, kPosition);
  for (std::size_t length = 0; length < cursor.size(); length += 2) {
    EXPECT_FALSE(ReadCursor(kSort, cursor.substr(0, length))) << length;
  }
  EXPECT_FALSE(ReadCursor(kSort, "not hexadecimal"));
  EXPECT_FALSE(ReadCursor(kSort, std::string(kMaxCursorBytes + 2, '0')));
  // A value of another type than its field's would be the engine's error.
  HitPosition wrong = kPosition;
  wrong.sort_values[1] = Value(std::int64_t{1});
  EXPECT_FALSE(ReadCursor(kSort, MakeCursor(kSort, wrong)));
  wrong = kPosition;
  wrong.sort_values[3] = Value("yes");
  EXPECT_FALSE(ReadCursor(kSort, MakeCursor(kSort, wrong)));
  wrong = kPosition;
  wrong.uuid = "no uuid";
  EXPECT_FALSE(ReadCursor(kSort, MakeCursor(kSort, wrong)));
}

}  // namespace
}  // namespace cairn::api
