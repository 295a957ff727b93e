// Lists, rules and names of signatures changed from a shell, with the real cairn-server and its workers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "apps/running_server_for_test.h"
#include "base/json_writer.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/intake/processed_crash.h"
#include "server/store/file_blob_store.h"
#include "testing/sample_crash.h"

namespace cairn::apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kRules = R"toml(products = ["Crashy"]
[[rule]]
name = "all of it"
effect = "group-under"
function = ".*"
to = "One bug"
)toml";

class ServeSigningTest : public TestOfServer {
 protected:
  void TearDown() override {
    if (!data_.empty()) std::filesystem::remove(data_ + ".rules");
    TestOfServer::TearDown();
  }

  static std::string Dump() { return std::string(base::AsText(testing::SampleCrash().Build())); }

  // How many crashes have the signature, once they are so many; else what the server said last.
  static std::string AwaitCount(const RunningServer& server, const std::string& signature, int count) {
    const std::string expected = "\"total\":" + std::to_string(count);
    std::string body;
    for (const std::int64_t end = os::MonotonicMillis() + kPatienceMs; os::MonotonicMillis() < end;) {
      body =
          server.Send("GET", "/api/SuperSearch/?_columns=signature&signature=%3D" + signature, "", {}).body;
      if (body.find(expected) != std::string::npos) return expected;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return body;
  }

  // Of a crash, once it can be found; empty: it was not.
  static std::string AwaitSignature(const RunningServer& server, const std::string& id) {
    const std::string mark = "\"signature\":\"";
    for (const std::int64_t end = os::MonotonicMillis() + kPatienceMs; os::MonotonicMillis() < end;) {
      const std::string body =
          server.Send("GET", "/api/SuperSearch/?_columns=signature&_facets_size=0&uuid=" + id, "", {}).body;
      if (const std::size_t at = body.find(mark); at != std::string::npos) {
        const std::size_t begin = at + mark.size();
        return body.substr(begin, body.find('"', begin) - begin);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return {};
  }

  // What `cairn signature` makes of crash data, or of a processed crash.
  std::string Sign(const std::string& crash_data) {
    EXPECT_TRUE(os::WriteFileDurably(data_ + ".rules", base::AsBytes(crash_data)));
    std::string output;
    EXPECT_EQ(RunToEnd({"/bin/sh", "-c", Program("cairn") + " signature < " + data_ + ".rules"}, &output), 0);
    const std::string mark = "\"signature\":\"";
    const std::size_t begin = output.find(mark) + mark.size();
    return output.substr(begin, output.find('"', begin) - begin);
  }

  // `cairn signature WORDS`, with a token where one is needed.
  std::string Say(const RunningServer& server, std::vector<std::string> words, int exit_code = 0) {
    if (token_.empty()) {
      EXPECT_EQ(
          RunToEnd({Program("cairn-server"), "user", "token", "--data", data_, "--permissions", "administer"},
                   &token_),
          0);
      token_.erase(token_.find_last_not_of('\n') + 1);
    }
    std::vector<std::string> arguments = {Program("cairn"), "signature"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    arguments.insert(arguments.end(), {"--url", server.url()});
    if (words[0] != "resolve" && words[0] != "similar")
      arguments.insert(arguments.end(), {"--token", token_});
    std::string output;
    EXPECT_EQ(RunToEnd(arguments, &output), exit_code) << output;
    return output;
  }

  std::string token_;
};

TEST_F(ServeSigningTest, RulesArePreviewedSavedKeptAndUndone) {
  std::string signature;
  {
    RunningServer server(data_);
    const std::string id = IdOf(server.Submit(Text("CrashEventID", "a") + Report(Dump())));
    ASSERT_NE(id, "");
    std::string found;
    for (int i = 0; i < 400 && found.find("\"total\":1") == std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      found = server.Send("GET", "/api/SuperSearch/?_columns=signature&uuid=" + id, "", {}).body;
    }
    const std::string mark = "\"signature\":\"";
    ASSERT_NE(found.find(mark), std::string::npos) << found;
    signature = found.substr(found.find(mark) + mark.size());
    signature.resize(signature.find('"'));
    ASSERT_TRUE(os::WriteFileDurably(data_ + ".rules", base::AsBytes(kRules)));
    const std::string preview = Say(server, {"preview", "--rules", data_ + ".rules"});
    EXPECT_THAT(preview, HasSubstr("1 of 1 crashes get another signature; 1 signatures become 1\n"));
    EXPECT_THAT(preview, HasSubstr("1  One bug\n      <- 1  " + signature + "  (" + id + ")\n"));
    EXPECT_EQ(AwaitCount(server, "One+bug", 0), "\"total\":0");
    EXPECT_THAT(Say(server, {"save", "--rules", data_ + ".rules", "--why", "noise"}),
                HasSubstr("revision 1 is in force"));
    EXPECT_EQ(AwaitCount(server, "One+bug", 1), "\"total\":1");
    // What comes later is signed so too.
    const std::string later = IdOf(server.Submit(Text("CrashEventID", "b") + Report(Dump())));
    EXPECT_EQ(AwaitCount(server, "One+bug", 2), "\"total\":2");
    EXPECT_THAT(server.Send("GET", "/api/ProcessedCrash/?crash_id=" + later, "", {}).body,
                HasSubstr("\"signature\":\"One bug\""));
    EXPECT_EQ(Say(server, {"resolve", signature}), "One bug\n");
    EXPECT_EQ(server.End(SIGKILL), -SIGKILL);
  }
  const RunningServer server(data_);
  Say(server, {"rename", "One bug", "--to", "The bug"});
  EXPECT_EQ(AwaitCount(server, "The+bug", 2), "\"total\":2");
  EXPECT_EQ(Say(server, {"resolve", signature}), "The bug\n");
  Say(server, {"undo"});
  Say(server, {"undo", "--why", "it was not noise"});
  EXPECT_EQ(AwaitCount(server, signature, 2), "\"total\":2");
  EXPECT_EQ(Say(server, {"resolve", "The bug"}), signature + "\n");
  EXPECT_THAT(Say(server, {"history"}), HasSubstr("undo: revision 1, back to 0 (it was not noise)\n"));
  EXPECT_THAT(Say(server, {"undo"}, 1), HasSubstr("there is nothing to undo"));
}

// Annotations of which the index keeps the signature's part alone.
TEST_F(ServeSigningTest, JavaAndShutdownsAreSignedAsTheCommandSignsThemAndTheirWordsStayOut) {
  struct Case {
    std::string name;
    std::string value;
    std::string crash_data;  // The same as others give it to a generator of signatures.
    std::string signature;
  };
  const std::string timeout =
      R"({"phase":"profile-before-change","conditions":[{"name":"Places","state":"planted-state"},"Addons"]})";
  const std::string exception =
      R"({"exception":{"values":[{"type":"E","value":"planted-words","stacktrace":{)"
      R"("module":"java.io","type":"E","value":"planted-words","frames":[)"
      R"({"module":"a.B","function":"f","filename":"B.kt","lineno":7}]}}]}})";
  const Case cases[] = {
      {"AsyncShutdownTimeout", timeout, "{\"async_shutdown_timeout\":" + base::QuoteJson(timeout) + "}",
       "AsyncShutdownTimeout | profile-before-change | Addons,Places"},
      {"JavaStackTrace",
       "java.lang.X: planted-one\nplanted-two\n\tat a.B.f(B.java:7)\nCaused by: b.Y: planted-three",
       R"x({"java_stack_trace":"java.lang.X:\n\tat a.B.f(B.java:7)"})x", "java.lang.X: at a.B.f(B.java)"},
      {"JavaException", exception, "{\"java_exception\":" + exception + "}", "java.io.E: at a.B.f(B.kt)"},
  };
  RunningServer server(data_);
  for (const Case& each : cases) {
    // With a minidump, and as Java's crashes come.
    for (const std::string& rest : {Report(Dump()), Text("ProductName", "Crashy") + "--b--\r\n"}) {
      const std::string id = IdOf(server.Submit(Text(each.name, each.value) + rest));
      ASSERT_NE(id, "");
      EXPECT_EQ(AwaitSignature(server, id), each.signature) << each.name;
      const std::string document = server.Send("GET", "/api/ProcessedCrash/?crash_id=" + id, "", {}).body;
      EXPECT_EQ(Sign(document), each.signature) << document;
    }
    EXPECT_EQ(Sign(each.crash_data), each.signature);
  }
  EXPECT_EQ(server.End(SIGTERM), 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_ + "/index")) {
    if (!entry.is_regular_file()) continue;
    const auto file = os::ReadFile(entry.path(), 1 << 28);
    ASSERT_TRUE(file) << entry.path();
    for (const char* const words : {"planted-words", "planted-one", "planted-two", "planted-three"}) {
      EXPECT_EQ(file->find(words), std::string::npos) << entry.path();
    }
  }
}

// Android's crashes in Java: no minidump, or a file that is none.
TEST_F(ServeSigningTest, AJavaCrashKeepsItsSignatureWhenItIsProcessedAndSignedAgain) {
  const std::string signature = "java.lang.X: at a.B.f(B.java)";
  const std::string trace = Text("JavaStackTrace", "java.lang.X: planted-words\n\tat a.B.f(B.java:7)");
  RunningServer server(data_);
  std::string token;
  ASSERT_EQ(RunToEnd({Program("cairn-server"), "user", "token", "--data", data_, "--permissions",
                      "reprocess_crashes"},
                     &token),
            0);
  token.erase(token.find_last_not_of('\n') + 1);
  for (const std::string& rest : {Text("ProductName", "Crashy") + "--b--\r\n", Report("this is no dump")}) {
    const std::string id = IdOf(server.Submit(trace + rest));
    const auto document = [&] {
      const auto blobs = store::FileBlobStore::OpenForReading(data_ + "/blobs");
      const auto text = blobs ? intake::GetProcessedCrash(*blobs, id) : blobs.error();
      return text ? *text : std::string();
    };
    ASSERT_EQ(AwaitSignature(server, id), signature);
    const std::string said = "\"signature\":\"" + signature + '"';
    EXPECT_THAT(document(), HasSubstr(said));
    EXPECT_THAT(document(), Not(HasSubstr("EMPTY")));
    std::string output;
    ASSERT_EQ(RunToEnd({Program("cairn"), "reprocess", "--url", server.url(), "--token", token, id}, &output),
              0)
        << output;
    const std::string again = "\"processor_history\":[\"20";
    for (int i = 0; i < 400 && document().find(again) == std::string::npos; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_THAT(document(), AllOf(HasSubstr(again), HasSubstr(said)));
    EXPECT_THAT(
        server.Send("GET", "/api/ProcessedCrash/?crash_id=" + id, "", {}).body,
        AllOf(HasSubstr(said), HasSubstr("java.lang.X\\n\\tat a.B.f(B.java:7)"), Not(HasSubstr("planted"))));
  }
  const std::string words = "java.lang.X%3A+at+a.B.f(B.java)";
  EXPECT_EQ(AwaitCount(server, words, 2), "\"total\":2");
  // One that has a stack says when all are signed by other rules.
  const std::string native = IdOf(server.Submit(Report(Dump())));
  ASSERT_NE(AwaitSignature(server, native), "");
  ASSERT_TRUE(os::WriteFileDurably(data_ + ".rules", base::AsBytes(kRules)));
  Say(server, {"save", "--rules", data_ + ".rules", "--why", "noise"});
  EXPECT_EQ(AwaitCount(server, "One+bug", 1), "\"total\":1");
  EXPECT_EQ(AwaitCount(server, words, 2), "\"total\":2");
}

TEST_F(ServeSigningTest, SimilarOnesAreAskedForBySignatureAndByCrash) {
  const RunningServer server(data_);
  const std::string id = IdOf(server.Submit(Text("CrashEventID", "a") + Report(Dump())));
  const std::string signature = AwaitSignature(server, id);
  ASSERT_NE(signature, "");
  const std::string none = "no other signature is like " + signature + "\n";
  EXPECT_EQ(Say(server, {"similar", signature}), none);
  EXPECT_EQ(Say(server, {"similar", "bp-" + id}), none);
  EXPECT_EQ(Say(server, {"similar", id, "--json"}), "{\"signature\":\"" + signature + "\",\"similar\":[]}\n");
  EXPECT_THAT(Say(server, {"similar", "no such"}, 1), HasSubstr("No crash has this signature"));
  EXPECT_THAT(Say(server, {"similar", "bp-de1bb258-cbbf-4589-a673-34f800160918"}, 1),
              HasSubstr("there is no crash"));
}

}  // namespace
}  // namespace cairn::apps
