#include "server/worker/signature_annotations.h"

#include <gtest/gtest.h>

#include "server/worker/protocol.h"

namespace cairn::worker {
namespace {

TEST(SignatureAnnotationsTest, TheRulesGetWhatTheyRead) {
  signature::SignatureInput input;
  AddSignatureAnnotations({{"OOMAllocationSize", "4096"},
                           {"Hang", ""},
                           {"ipc_channel_error", "ShutDownKill"},
                           {"additional_minidumps", "upload_file_minidump_browser,other"}},
                          input);
  EXPECT_EQ(input.oom_allocation_size, 4096u);
  EXPECT_EQ(input.hang, "");
  EXPECT_EQ(input.ipc_channel_error, "ShutDownKill");
  EXPECT_EQ(input.additional_minidumps, (std::vector<std::string>{"upload_file_minidump_browser", "other"}));
  signature::SignatureInput empty;
  AddSignatureAnnotations({{"OOMAllocationSize", "many"}}, empty);
  EXPECT_FALSE(empty.oom_allocation_size);
  EXPECT_FALSE(empty.hang);
}

TEST(SignatureAnnotationsTest, OthersStayWhereTheyAreAndLongOnesAreCut) {
  const Annotations picked =
      PickSignatureAnnotations({{"URL", "planted"}, {"AbortMessage", std::string(5000, 'x')}});
  ASSERT_EQ(picked.size(), 1u);
  EXPECT_EQ(picked.at("AbortMessage").size(), kMaxSignatureAnnotationBytes);
}

TEST(SignatureAnnotationsTest, OfWhatMayBeProtectedTheSignaturesPartIsPicked) {
  const Annotations sent = {
      {"AsyncShutdownTimeout", R"({"phase":"p","conditions":[{"name":"c","state":"planted"}]})"},
      {"JavaStackTrace", "a.X: planted\n\tat a.B.f(B.java:1)"},
      {"JavaException", R"({"exception":{"values":[{"value":"planted","stacktrace":{"type":"E"}}]}})"}};
  const Annotations picked = PickSignatureAnnotations(sent);
  EXPECT_EQ(picked, (Annotations{{"AsyncShutdownTimeout", R"({"phase":"p","conditions":["c"]})"},
                                 {"JavaStackTrace", "a.X:\n\tat a.B.f(B.java:1)"},
                                 {"JavaException",
                                  R"({"exception":{"values":[{"stacktrace":{"module":"","type":"E"}}]}})"}}));
  EXPECT_EQ(PickSignatureAnnotations(picked), picked);
  signature::SignatureInput input;
  AddSignatureAnnotations(picked, input);
  EXPECT_EQ(input.async_shutdown_timeout, picked.at("AsyncShutdownTimeout"));
  EXPECT_EQ(input.java_stack_trace, picked.at("JavaStackTrace"));
  ASSERT_TRUE(input.java_exception);
  EXPECT_EQ(input.java_exception->type, "E");
  EXPECT_TRUE(
      PickSignatureAnnotations(
          {{"AsyncShutdownTimeout", "[]"}, {"JavaStackTrace", "planted words"}, {"JavaException", "planted"}})
          .empty());
}

TEST(SignatureAnnotationsTest, WithoutAStackTheySignAloneByTheSameRules) {
  const auto signature_of = [](const Annotations& sent) {
    return SignAnnotations(PickSignatureAnnotations(sent)).text;
  };
  const std::string exception =
      R"({"exception":{"values":[{"stacktrace":{"module":"a","type":"E","frames":[{"module":"a.B","function":"f"}]}}]}})";
  EXPECT_EQ(signature_of({}), "EMPTY: no frame data available");
  EXPECT_EQ(signature_of({{"JavaException", exception}}), "a.E: at a.B.f");
  EXPECT_EQ(
      signature_of({{"JavaException", exception}, {"JavaStackTrace", "b.Y: planted\n\tat b.C.g(C.java:3)"}}),
      "b.Y: at b.C.g(C.java)")
      << "the trace goes before the exception";
  EXPECT_EQ(signature_of({{"JavaException", exception}, {"OOMAllocationSize", "300000"}, {"Hang", "ui"}}),
            "hang: ui | OOM | large | a.E: at a.B.f");
  EXPECT_EQ(signature_of({{"AbortMessage", "words"}}), "Abort | words | EMPTY: no frame data available");
}

TEST(SignatureAnnotationsTest, AWorkerIsToldOfAsManyAsFit) {
  Annotations annotations;
  for (const std::string_view name : kSignatureAnnotations)
    annotations[std::string(name)] = std::string(5000, '\1');
  annotations["Hang"] = "ui";
  const std::string text = WriteForWorker(PickSignatureAnnotations(annotations));
  EXPECT_LE(text.size(), kMaxMessageText);
  EXPECT_EQ(ReadAnnotations(text).at("Hang"), "ui");
  EXPECT_EQ(WriteForWorker({{"Hang", "ui"}}), R"({"Hang":"ui"})");
}

TEST(SignatureAnnotationsTest, TheyComeThroughAsTheyWere) {
  const Annotations annotations = {{"AbortMessage", "a \"b\"\n"}, {"Hang", ""}};
  EXPECT_EQ(ReadAnnotations(WriteAnnotations(annotations)), annotations);
  EXPECT_TRUE(ReadAnnotations("[1]").empty());
  EXPECT_TRUE(ReadAnnotations("").empty());
  EXPECT_TRUE(ReadAnnotations(R"({"a":1})").empty());
}

}  // namespace
}  // namespace cairn::worker
