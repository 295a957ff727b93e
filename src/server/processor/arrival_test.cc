#include "server/processor/arrival.h"

#include <gtest/gtest.h>

namespace cairn::processor {
namespace {

constexpr std::string_view kRaw =
    R"({"ProductName":"Cra\u0000shy","ver":"1.2","BuildID":"7","Extra":{"a":1},"Nothing":null,
    "metadata":{"dump_checksums":{"upload_file_minidump":"ab","memory_report":"cd"},"submitted_ms":1777629600000,
    "throttle_rule":"all"},"submitted_timestamp":"2026-05-01T10:00:00.000Z",
    "uuid":"de1bb258-cbbf-4589-a673-34f800160918","version":2})";

TEST(ArrivalTest, ARawCrashTellsWhatArrived) {
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
  EXPECT_FALSE(arrival->annotations.contains("Nothing"));
  EXPECT_EQ(arrival->dump_names, (std::vector<std::string>{"memory_report", "upload_file_minidump"}));
  EXPECT_EQ(arrival->rule, "all");
  EXPECT_FALSE(ReadRawCrash("[]"));
  EXPECT_FALSE(ReadRawCrash("{}"));
}

TEST(ArrivalTest, TheSignatureRulesLearnOfDumpsThatCameAndOfNoOthers) {
  Arrival arrival;
  arrival.annotations = {{"Hang", "ui"}, {"additional_minidumps", "planted"}, {"URL", "planted"}};
  EXPECT_EQ(SignatureAnnotationsOf(arrival), (std::map<std::string, std::string>{{"Hang", "ui"}}));
  arrival.dump_names = {"memory_report", "upload_file_minidump", "upload_file_minidump_a",
                        "upload_file_minidump_b"};
  EXPECT_EQ(SignatureAnnotationsOf(arrival).at("additional_minidumps"),
            "upload_file_minidump_a,upload_file_minidump_b");
}

TEST(ArrivalTest, WhatJavaSaysIsNotKeptWithItsSignature) {
  Arrival arrival;
  arrival.annotations = {{"JavaStackTrace", "a.X: planted\n\tat a.B.f(B.java:1)"},
                         {"JavaException", R"({"exception":{"values":[{"value":"planted"}]}})"}};
  const auto kept = SignatureAnnotationsOf(arrival);
  EXPECT_EQ(kept.at("JavaStackTrace"), "a.X:\n\tat a.B.f(B.java:1)");
  EXPECT_EQ(kept.at("JavaException"), R"({"exception":{"values":[]}})");
}

TEST(ArrivalTest, APingTellsTheSameOfItself) {
  worker::PingFacts facts;
  facts.product = "Crashy";
  facts.minidump_sha256_hash = "ab";
  const Arrival arrival = ArrivalOfPing("de1bb258-cbbf-4589-a673-34f800160918", 5, facts);
  EXPECT_EQ(arrival.kind, search::CrashKind::kPing);
  EXPECT_EQ(arrival.process_type, "main");
}

}  // namespace
}  // namespace cairn::processor
