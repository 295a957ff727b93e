#include "server/processor/crash_document.h"

#include <gtest/gtest.h>

namespace cairn::processor {
namespace {

constexpr std::string_view kRaw =
    R"({"ProductName":"Crashy","ver":"1.2","BuildID":"7","Comments":"planted-secret","Extra":{"a":1},
    "metadata":{"dump_checksums":{"upload_file_minidump":"ab"},"submitted_ms":1777629600000,"throttle_rule":"all",
    "throttle_weight":10.0},
    "submitted_timestamp":"2026-05-01T10:00:00.000Z","uuid":"de1bb258-cbbf-4589-a673-34f800160918","version":2})";

worker::CrashOutcome MakeOutcome() {
  worker::CrashOutcome outcome;
  outcome.signature = "Crash";
  outcome.os_name = "Linux";
  outcome.json_dump = "{\"status\":\"OK\"}";
  outcome.dump_annotations = {{"Version", "from the dump"}, {"Unknown", "planted-secret"}};
  outcome.stack = {{"crashy", "ID", 16, {{"Inner", "a.h", 1}, {"Outer", "a.cc", 2}}}, {}};
  return outcome;
}

TEST(CrashDocumentTest, ARawCrashTellsWhatArrived) {
  const auto arrival = ReadRawCrash(kRaw);
  ASSERT_TRUE(arrival);
  EXPECT_EQ(arrival->uuid, "de1bb258-cbbf-4589-a673-34f800160918");
  EXPECT_EQ(arrival->product, "Crashy");
  EXPECT_EQ(arrival->version, "1.2");
  EXPECT_EQ(arrival->build_id, "7");
  EXPECT_EQ(arrival->process_type, "main");
  EXPECT_EQ(arrival->minidump_sha256_hash, "ab");
  EXPECT_EQ(arrival->submitted_ms, 1777629600000);
  EXPECT_EQ(arrival->annotations.at("Extra"), "{\"a\":1}");
  EXPECT_FALSE(arrival->annotations.contains("metadata"));
  EXPECT_FALSE(ReadRawCrash("[]"));
  EXPECT_FALSE(ReadRawCrash("{}"));
}

TEST(CrashDocumentTest, OnlyPublicAnnotationsGoIntoTheDocument) {
  const std::string document = WriteDocument(*ReadRawCrash(kRaw), MakeOutcome(), {"a note"});
  EXPECT_EQ(document.find("planted-secret"), std::string::npos);
  EXPECT_NE(
      document.find(R"("annotations":{"BuildID":"7","ProductName":"Crashy","Version":"from the dump"})"),
      std::string::npos)
      << document;
  EXPECT_NE(document.find(R"("processor_notes":["a note"])"), std::string::npos);
  EXPECT_NE(document.find(R"("json_dump":{"status":"OK"}})"), std::string::npos);
}

TEST(CrashDocumentTest, TheRowHoldsTheStackWithItsInlines) {
  const search::CrashRow row = MakeRow(*ReadRawCrash(kRaw), MakeOutcome());
  EXPECT_EQ(row.kind, search::CrashKind::kReport);
  EXPECT_EQ(row.platform, "Linux");
  EXPECT_EQ(row.rule, "all");
  EXPECT_EQ(row.weight, 10);
  ASSERT_EQ(row.stack.size(), 2u);
  EXPECT_EQ(row.stack[0].module_offset, 16u);
  EXPECT_EQ(row.stack[0].names.at(1).function, "Outer");
}

TEST(CrashDocumentTest, APingIsOfItsOwnKind) {
  worker::PingFacts facts;
  facts.product = "Crashy";
  facts.minidump_sha256_hash = "ab";
  const Arrival arrival = ArrivalOfPing("de1bb258-cbbf-4589-a673-34f800160918", 5, facts);
  EXPECT_EQ(arrival.kind, search::CrashKind::kPing);
  EXPECT_NE(WriteDocument(arrival, EmptyOutcome("EMPTY: x", "bad"), {}).find("\"kind\":\"ping\""),
            std::string::npos);
}

}  // namespace
}  // namespace cairn::processor
