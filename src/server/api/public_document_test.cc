#include "server/api/public_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kDocument = R"({
  "uuid": "u", "kind": "report", "signature": "old", "proto_signature": "old | main", "crashing_thread": 3,
  "processor_notes": ["a \"note\""], "annotations": {"ProductName": "Crashy"}, "later_addition": "planted-1",
  "json_dump": {
    "status": "OK",
    "annotations": {"URL": "planted-2"},
    "threads": [{"frames": [{"function": "f", "line": null, "registers": {"rax": "planted-3"}, "inlines": []}]}],
    "crash_info": {"address": "0x1", "memory_accesses": [{"address": "planted-4"}]},
    "soft_errors": ["planted-5"]
  }
})";

TEST(ServerApiPublicDocument, OnlyWhatIsPublicGoesOutAtEveryDepth) {
  const auto json = RenderDocument(kDocument, {});
  ASSERT_TRUE(json);
  EXPECT_EQ(
      *json,
      R"({"uuid":"u","kind":"report","signature":"old","proto_signature":"old | main","crashing_thread":3,)"
      R"("processor_notes":["a \"note\""],"annotations":{"ProductName":"Crashy"},)"
      R"("json_dump":{"status":"OK","threads":[{"frames":[{"function":"f","line":null,"inlines":[]}]}],)"
      R"("crash_info":{"address":"0x1"}}})");
}

TEST(ServerApiPublicDocument, ThePermissionShowsAll) {
  const auto json = RenderDocument(kDocument, {.with_protected = true});
  ASSERT_TRUE(json);
  for (const std::string mark : {"planted-1", "planted-2", "planted-3", "planted-4", "planted-5"}) {
    EXPECT_THAT(*json, HasSubstr(mark));
  }
}

TEST(ServerApiPublicDocument, TheSignatureOfTheIndexReplacesTheOldOne) {
  const auto json = RenderDocument(kDocument, {.signature = "new", .proto_signature = "new | main"});
  ASSERT_TRUE(json);
  EXPECT_THAT(*json, HasSubstr(R"("signature":"new","proto_signature":"new | main")"));
  EXPECT_THAT(*json, Not(HasSubstr("old")));
}

TEST(ServerApiPublicDocument, TheCounterpartIsThatOfTheViewOnly) {
  const auto json = RenderDocument(R"({"kind":"report","counterpart":{"uuid":"planted"}})",
                                   {.counterpart_uuid = "p", .counterpart_kind = search::CrashKind::kPing});
  ASSERT_TRUE(json);
  EXPECT_EQ(*json, R"({"kind":"report","counterpart":{"uuid":"p","kind":"ping"}})");
}

TEST(ServerApiPublicDocument, TheKindIsReadAndWhatIsNoDocumentIsRefused) {
  EXPECT_EQ(*KindOfDocument(kDocument), search::CrashKind::kReport);
  EXPECT_EQ(*KindOfDocument(R"({"kind":"ping"})"), search::CrashKind::kPing);
  for (const std::string bad : {"", "[]", "{", "{}", R"({"kind":"other"})", R"({"kind":1})", "\xff"}) {
    EXPECT_FALSE(KindOfDocument(bad)) << bad;
  }
  EXPECT_FALSE(RenderDocument("[1]", {}));
  EXPECT_FALSE(RenderDocument("{\"a\":", {}));
}

}  // namespace
}  // namespace cairn::api
