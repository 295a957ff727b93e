#include "server/collector/raw_crash.h"

#include <gtest/gtest.h>

namespace cairn::collector {
namespace {

TEST(RawCrashTest, HoldsTheAnnotationsSortedAndWhatTheCollectorAdds) {
  Submission submission;
  submission.annotations = {
      {"ProductName", "\"Fox\""}, {"Zoom", "{\"a\":1}"}, {"a", "2"}, {"uuid", "\"theirs\""}};
  submission.notes = {"a note"};
  const Intake intake{.id = "ours",
                      .submitted_ms = 1'777'629'600'123,
                      .compressed = true,
                      .payload_bytes = 77,
                      .user_agent = "Agent \"7\"",
                      .decision = {Verdict::kAccept, "some_rule", 10},
                      .rules_revision = "01234567",
                      .checksums = {{"upload_file_minidump", "ab"}}};
  EXPECT_EQ(
      WriteRawCrash(submission, intake),
      R"({"ProductName":"Fox","Zoom":{"a":1},"a":2,"metadata":{"collector_notes":["a note"],)"
      R"("dump_checksums":{"upload_file_minidump":"ab"},"payload":"multipart","payload_compressed":"1",)"
      R"("payload_size":77,"submitted_ms":1777629600123,"throttle_result":"accept",)"
      R"("throttle_rule":"some_rule","throttle_rules_revision":"01234567","throttle_weight":10,)"
      R"("user_agent":"Agent \"7\""},"submitted_timestamp":"2026-05-01T10:00:00.123000+00:00",)"
      R"("uuid":"ours","version":2})");
}

}  // namespace
}  // namespace cairn::collector
