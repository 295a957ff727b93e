#include "handler/report_body.h"

#include <gtest/gtest.h>

namespace cairn::handler {
namespace {

TEST(ReportBodyTest, AnnotationsComeFirstAndTheDumpLast) {
  const ReportBody body = MakeReportBody({{"Version", "1"}, {"Zoo", "lion"}}, base::AsBytes("MDMP"), "line");
  EXPECT_EQ(body.content_type, "multipart/form-data; boundary=line");
  EXPECT_EQ(
      body.bytes,
      "--line\r\nContent-Disposition: form-data; name=\"Version\"\r\n\r\n1\r\n"
      "--line\r\nContent-Disposition: form-data; name=\"Zoo\"\r\n\r\nlion\r\n"
      "--line\r\nContent-Disposition: form-data; name=\"upload_file_minidump\"; filename=\"upload.dmp\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\nMDMP\r\n--line--\r\n");
}

TEST(ReportBodyTest, NamesCannotEndTheirLine) {
  const ReportBody body = MakeReportBody({{"a\"b\r\nc", "v"}}, {}, "line");
  EXPECT_NE(body.bytes.find("name=\"a%22b%0D%0Ac\""), std::string::npos);
}

TEST(ReportBodyTest, WhatStaysOnTheMachineIsNotInIt) {
  const ReportBody body = MakeReportBody({{"StackTraces", "{}"}, {"Comments", "hello"}}, {}, "line");
  EXPECT_EQ(body.bytes.find("StackTraces"), std::string::npos);  // Scope ping-only.
  EXPECT_NE(body.bytes.find("Comments"), std::string::npos);     // Scope report.
}

}  // namespace
}  // namespace cairn::handler
