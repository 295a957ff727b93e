#include "server/registry/public_form.h"

#include <gtest/gtest.h>

namespace cairn::registry {
namespace {

using wire::AnnotationPublicForm;

TEST(PublicFormTest, WhatStandsBehindAnEqualsSignIsCut) {
  EXPECT_EQ(PublicForm(AnnotationPublicForm::kBeforeEquals, "webIsolated=https://planted.example"),
            "webIsolated");
  EXPECT_EQ(PublicForm(AnnotationPublicForm::kBeforeEquals, "file"), "file");
}

TEST(PublicFormTest, AnExceptionKeepsItsFramesAndLosesItsMessage) {
  const std::string form = PublicForm(
      AnnotationPublicForm::kJavaException,
      R"({"exception":{"values":[{"type":"IOException","module":"java.io","value":"planted","thread_name":"planted",
      "stacktrace":{"frames":[{"module":"a.B","function":"c","lineno":7,"vars":{"x":"planted"}}],"value":"planted"}}]}})");
  EXPECT_EQ(form, R"({"exception":{"values":[{"type":"IOException","module":"java.io",)"
                  R"("stacktrace":{"frames":[{"module":"a.B","function":"c","lineno":7}]}}]}})");
  EXPECT_EQ(PublicForm(AnnotationPublicForm::kJavaException, "planted"), "");
}

TEST(PublicFormTest, AJavaStackLosesMessagesOfOneLineAndOfMany) {
  EXPECT_EQ(
      PublicForm(AnnotationPublicForm::kJavaTrace,
                 "java.lang.IllegalStateException: planted: one\nplanted two\n at planted home\n\tat "
                 "a.B.c(B.java:7)\n"
                 "Caused by: java.io.IOException: planted three\r\n\tat a.D.e(D.java:8)\n\t... 12 more\n"),
      "java.lang.IllegalStateException\n\tat a.B.c(B.java:7)\nCaused by: java.io.IOException\n"
      "\tat a.D.e(D.java:8)\n\t... 12 more");
  EXPECT_EQ(PublicForm(AnnotationPublicForm::kJavaTrace, "planted words without a stack"), "");
}

}  // namespace
}  // namespace cairn::registry
