#include "server/api/public_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const registry::Registry kRegistry = registry::Registry::BuiltIn();

constexpr std::string_view kDocument = R"({
  "uuid": "u", "kind": "report", "signature": "old", "proto_signature": "old | main", "crashing_thread": 3,
  "processor_notes": ["a \"note\""], "annotations": {"ProductName": "Crashy", "RemoteType": "web=planted-6", "Unknown": "planted-7"},
  "later_addition": "planted-1", "url": "planted-8", "moz_crash_reason_raw": "planted-9",
  "upload_file_minidump_content": {"status": "OK", "handles": "planted-10"},
  "json_dump": {
    "status": "OK",
    "annotations": {"URL": "planted-2"},
    "threads": [{"frames": [{"function": "f", "line": null, "registers": {"rax": "planted-3"}, "inlines": []}]}],
    "crash_info": {"address": "0x1", "memory_accesses": [{"address": "planted-4"}]},
    "soft_errors": ["planted-5"]
  }
})";

TEST(ServerApiPublicDocument, OnlyWhatIsPublicGoesOutAtEveryDepth) {
  const auto json = RenderDocument(kDocument, kRegistry, {});
  ASSERT_TRUE(json);
  EXPECT_EQ(
      *json,
      R"({"uuid":"u","kind":"report","signature":"old","proto_signature":"old | main","crashing_thread":3,)"
      R"("processor_notes":["a \"note\""],"annotations":{"ProductName":"Crashy","RemoteType":"web"},)"
      R"("upload_file_minidump_content":{"status":"OK"},)"
      R"("json_dump":{"status":"OK","threads":[{"frames":[{"function":"f","line":null,"inlines":[]}]}],)"
      R"("crash_info":{"address":"0x1"}}})");
}

TEST(ServerApiPublicDocument, ThePermissionShowsAll) {
  const auto json = RenderDocument(kDocument, kRegistry, {.with_protected = true});
  ASSERT_TRUE(json);
  for (int i = 1; i <= 10; ++i) EXPECT_THAT(*json, HasSubstr("planted-" + std::to_string(i)));
}

TEST(ServerApiPublicDocument, TheSignatureOfTheIndexReplacesTheOldOne) {
  const auto json =
      RenderDocument(kDocument, kRegistry, {.signature = "new", .proto_signature = "new | main"});
  ASSERT_TRUE(json);
  EXPECT_THAT(*json, HasSubstr(R"("signature":"new","proto_signature":"new | main")"));
  EXPECT_THAT(*json, Not(HasSubstr("old")));
}

TEST(ServerApiPublicDocument, TheCounterpartIsThatOfTheViewOnly) {
  const auto json = RenderDocument(R"({"kind":"report","counterpart":{"uuid":"planted"}})", kRegistry,
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
  EXPECT_FALSE(RenderDocument("[1]", kRegistry, {}));
  EXPECT_FALSE(RenderDocument("{\"a\":", kRegistry, {}));
}

}  // namespace
}  // namespace cairn::api
