#include "server/symbols/symbol_routes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"
#include "server/symbols/symbol_urls.h"
#include "server/symbols/zip_for_test.h"

namespace cairn::symbols {
namespace {

constexpr std::string_view kText =
    "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 crashy\nINFO CODE_ID AB12 crashy.bin\n";
const std::string kMember = "crashy/0123456789ABCDEF0123456789ABCDEF0/crashy.sym";
const std::string kMd5 = "9f1f4cd26e4a1f0c0d0c5fd04ba8c3fb";  // Of no file here.

std::string HeaderOf(const http::Response& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name, &http::Header::name);
  return found == response.headers.end() ? "" : found->value;
}

// What stands between the quotes behind `before`.
std::string QuotedBehind(const std::string& text, const std::string& before) {
  const std::size_t begin = text.find(before) + before.size();
  return text.substr(begin, text.find('"', begin) - begin);
}

class SymbolRoutesTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the worker's limits";
#endif
    if (access(program_.c_str(), X_OK) != 0) GTEST_SKIP() << "cairn-worker is not built";
  }

  http::Response Ask(std::string method, std::string_view target, const std::string& body = "",
                     std::vector<http::Header> headers = {}) {
    const http::Router router(MakeRoutes({.intake = intake_,
                                          .directory = *directory_,
                                          .sessions = *sessions_,
                                          .public_by_default = is_public_,
                                          .public_url = "https://symbols.example",
                                          .fetch = {},
                                          .days_kept = {.regular = 90, .of_try = 7}}),
                              {.anonymous_permissions = permissions_,
                               .authenticate = [](std::string_view token) -> std::optional<http::Caller> {
                                 if (token == "good")
                                   return http::Caller{.name = "somebody", .permissions = {}};
                                 return std::nullopt;
                               }});
    http::Request request{.method = std::move(method)};
    const std::size_t question = std::min(target.find('?'), target.size());
    request.segments = http::SplitPath(target.substr(0, question)).value();
    request.query = target.substr(std::min(question + 1, target.size()));
    request.headers = std::move(headers);
    request.body = body;
    request.body_file = *os::CreateNameless(folder_.Path(""));
    EXPECT_TRUE(os::WriteAll(request.body_file.get(), base::AsBytes(body)));
    http::Router::Admission admission = router.Admit(request);
    if (admission.refusal) return *std::move(admission.refusal);
    if (!admission.route->open_sink) return router.Handle(admission.route, request);
    const auto sink = admission.route->open_sink(request);
    std::optional<http::Response> refusal = sink->Take(base::AsBytes(body));
    return refusal ? *std::move(refusal) : sink->Finish();
  }
  http::Response Upload(const std::vector<std::pair<std::string, std::string>>& members,
                        const std::string& target = "/upload/") {
    return Ask("POST", target, MakeZip(members));
  }
  static std::string BodyOf(const http::Response& response) {
    return response.file.valid() ? *os::ReadAll(response.file.get(), 1 << 20) : response.body;
  }

  std::string program_ = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-worker";
  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory"));
  symbol_store::SymbolStore store_{blobs_, {.program = program_, .spool_folder = folder_.Path("")}};
  symbol_store::SymbolIntake intake_{store_, directory_->symbol_records()};
  std::unique_ptr<UploadSessions> sessions_ = *UploadSessions::Open(folder_.Path("sessions"));
  std::vector<std::string> permissions_ = {"upload_symbols"};
  bool is_public_ = true;
};

TEST_F(SymbolRoutesTest, AnUploadSaysWhatItStoredAndWhatWasThere) {
  const http::Response first = Upload({{kMember, std::string(kText)}, {"crashy-symbols.txt", "a list"}});
  EXPECT_EQ(first.status, 201);
  EXPECT_NE(first.body.find("\"stored_keys\":[\"" + kMember + "\"]"), std::string::npos) << first.body;
  const http::Response second = Upload({{kMember, std::string(kText)}});
  EXPECT_NE(second.body.find("\"skipped_keys\":[\"" + kMember + "\"]"), std::string::npos) << second.body;
}

TEST_F(SymbolRoutesTest, BadArchivesAreRefusedWholeAndLeaveNothing) {
  const std::string text(kText);
  const std::string lower = "crashy/0123456789abcdef0123456789ABCDEF0/crashy.sym";
  for (const auto& second :
       {"../../../etc/passwd", "/etc/passwd", "crashy/XY/crashy.sym", "crashy.sym", "a/../b"}) {
    const http::Response refused = Upload({{kMember, text}, {second, "x"}});
    EXPECT_EQ(refused.status, 400) << second;
    EXPECT_NE(refused.body.find(std::string("First unrecognized pattern was '") + second), std::string::npos)
        << refused.body;
  }
  const http::Response twice = Upload({{kMember, text}, {lower, text + "x"}});
  EXPECT_EQ(twice.status, 400) << "ids differ in case only";
  EXPECT_NE(twice.body.find("difference sizes (" + std::to_string(text.size()) + " != "), std::string::npos)
      << twice.body;
  EXPECT_EQ(Upload({{kMember, "not symbols"}}).status, 400);
  EXPECT_EQ(Ask("POST", "/upload/", "no zip").body, R"({"error":"File is not a zip file"})");
  EXPECT_TRUE(blobs_.List("v1/", "", 10)->empty());
  EXPECT_EQ(Upload({{kMember, text}, {kMember, text}}).status, 201) << "the same size twice";
}

TEST_F(SymbolRoutesTest, OtherFilesAreKeptAsTheyCame) {
  EXPECT_EQ(Upload({{"crashy/AB/crashy.dbg.gz", "debug"}}).status, 201);
  const http::Response found = Ask("GET", "/crashy/ab/crashy.dbg.gz");
  EXPECT_EQ(BodyOf(found), "debug");
  EXPECT_EQ(HeaderOf(found, "Content-Encoding"), "");
}

TEST_F(SymbolRoutesTest, ADownloadIsPackedForWhoTakesThat) {
  ASSERT_EQ(Upload({{kMember, std::string(kText)}}).status, 201);
  const http::Response plain = Ask("GET", "/" + kMember);
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.content_type, "text/plain");
  EXPECT_EQ(BodyOf(plain), kText);
  EXPECT_EQ(HeaderOf(plain, "Access-Control-Allow-Origin"), "*");
  const http::Response packed = Ask("GET", "/" + kMember, "", {{"accept-encoding", "br, gzip;q=0.5"}});
  EXPECT_EQ(HeaderOf(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(HeaderOf(packed, "Cache-Control"), "no-transform");
  EXPECT_EQ(BodyOf(packed).substr(0, 2), "\x1f\x8b");
}

TEST_F(SymbolRoutesTest, WhatIsNotThereIsAnsweredInTeckensWords) {
  for (const char* path : {"/crashy/AB/crashy.sym", "/crashy/AB/crashy.pd_"}) {
    const http::Response answer = Ask("GET", path);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, "Symbol Not Found") << path;
  }
  for (const char* path : {"/crashy/AB/file.ptr", "/crashy/AB/crashy.SYM", "/crashy/AB/crashy.txt",
                           "/crashy/000000000000000000000000000000000/crashy.sym"}) {
    EXPECT_EQ(Ask("GET", path).body, "Symbol Not Found (and ignored)") << path;
  }
  for (const char* path : {"/crashy/XY/crashy.sym", "/a%7cb/AB/passwd.sym", "/crashy/AB/a%5b.sym"}) {
    EXPECT_NE(Ask("GET", path).body.find(R"({"error":"Not Found","path":"/)"), std::string::npos) << path;
  }
  EXPECT_EQ(Ask("PUT", "/crashy/AB/crashy.sym").body,
            R"({"error":"Method Not Allowed (PUT): /crashy/AB/crashy.sym"})");
}

TEST_F(SymbolRoutesTest, ACodeIdLeadsToTheSymbolsOfTheModule) {
  ASSERT_EQ(Upload({{kMember, std::string(kText)}}).status, 201);
  const http::Response found = Ask("GET", "/Crashy.bin/ab12/crashy.sym?a=b");
  EXPECT_EQ(found.status, 302);
  EXPECT_EQ(HeaderOf(found, "Location"), "/" + kMember + "?a=b");
  EXPECT_EQ(HeaderOf(Ask("GET", "/try/crashy.bin/AB12/crashy.sym"), "Location"), "/try/" + kMember);
  const http::Response info = Ask("GET", "/api/syminfo/crashy.bin/AB12");
  EXPECT_EQ(
      info.body,
      R"({"debug_filename":"crashy","debug_id":"0123456789ABCDEF0123456789ABCDEF0","code_file":"crashy.bin",)"
      R"("code_id":"AB12","generator":"","url":"https://symbols.example/)" +
          kMember + "\"}");
  EXPECT_EQ(Ask("GET", "/api/syminfo/other/AB12").status, 404);
}

TEST_F(SymbolRoutesTest, TrySymbolsAreFoundOnlyWhereTheyAreAskedFor) {
  permissions_ = {"upload_try_symbols"};
  const http::Response uploaded = Upload({{kMember, std::string(kText)}});
  EXPECT_NE(uploaded.body.find("\"try_symbols\":true"), std::string::npos) << uploaded.body;
  EXPECT_EQ(Ask("GET", "/" + kMember).status, 404);
  EXPECT_EQ(Ask("GET", "/" + kMember + "?try").status, 200);
  EXPECT_EQ(Ask("GET", "/try/" + kMember).status, 200);
  EXPECT_EQ(Ask("GET", "/crashy.bin/AB12/crashy.sym").status, 404) << "it would lead to a 404";
  EXPECT_EQ(HeaderOf(Ask("GET", "/crashy.bin/AB12/crashy.sym?try=1"), "Location"), "/" + kMember + "?try=1");
}

TEST_F(SymbolRoutesTest, AProductSaysWhoMayFetchItsSymbols) {
  ASSERT_TRUE(directory_->SetProduct({.name = "Open", .symbols = store::Visibility::kPublic}));
  ASSERT_TRUE(directory_->SetProduct({.name = "Closed", .symbols = store::Visibility::kByToken}));
  const auto text = [](const std::string& name) {
    return "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 " + name + "\nINFO CODE_ID AB12 " + name +
           "\n";
  };
  const auto path = [](const std::string& name) {
    return name + "/0123456789ABCDEF0123456789ABCDEF0/" + name + ".sym";
  };
  ASSERT_EQ(Upload({{path("open"), text("open")}}, "/upload/?product=Open").status, 201);
  ASSERT_EQ(Upload({{path("closed"), text("closed")}}, "/upload/?product=Closed").status, 201);
  ASSERT_EQ(Upload({{path("none"), text("none")}}).status, 201);
  permissions_ = {};
  for (const bool is_public : {false, true}) {
    is_public_ = is_public;
    EXPECT_EQ(Ask("GET", "/" + path("open")).status, 200);
    EXPECT_EQ(Ask("GET", "/" + path("closed")).status, 401);
    EXPECT_EQ(Ask("GET", "/" + path("none")).status, is_public ? 200 : 401);
    EXPECT_EQ(Ask("GET", "/closed/AB12/closed.sym").status, 401);
    EXPECT_EQ(Ask("GET", "/api/syminfo/closed/AB12").status, 401);
    EXPECT_EQ(Ask("GET", "/" + path("other")).status, is_public ? 404 : 401);
  }
  is_public_ = false;
  EXPECT_EQ(HeaderOf(Ask("GET", "/" + path("closed")), "WWW-Authenticate").substr(0, 5), "Basic");
  const std::vector<http::Header> basic = {{"authorization", "Basic bWU6Z29vZA=="}};  // me:good
  EXPECT_EQ(Ask("GET", "/" + path("closed"), "", basic).status, 200);
  EXPECT_EQ(Ask("GET", "/" + path("other"), "", basic).status, 404);
}

TEST_F(SymbolRoutesTest, AFileWithoutItsRecordIsForThoseWithATokenUntilItIsSentAgain) {
  is_public_ = true;
  ASSERT_EQ(Upload({{kMember, std::string(kText)}}).status, 201);
  store::SymbolRecords& records = directory_->symbol_records();
  const auto stored = records.ListSymbolFiles({.user = {}, .symbol_class = {}, .in_key = {}, .page = {}});
  ASSERT_TRUE(records.RemoveSymbolFile(stored->at(0).key));  // As after a kill.
  const auto permissions = std::exchange(permissions_, {});
  EXPECT_EQ(Ask("GET", "/" + kMember).status, 401);
  ASSERT_EQ(*intake_.RecordUnknownFiles(), 1U);
  EXPECT_EQ(Ask("GET", "/" + kMember).status, 401) << "its record does not tell whose it is";
  permissions_ = permissions;
  EXPECT_EQ(Ask("GET", "/" + kMember).status, 200);
  ASSERT_EQ(Upload({{kMember, std::string(kText)}}).status, 201);
  permissions_ = {};
  EXPECT_EQ(Ask("GET", "/" + kMember).status, 200);
}

TEST_F(SymbolRoutesTest, TheSecondProtocolAsksOnlyForWhatIsMissing) {
  ASSERT_EQ(Upload({{kMember, std::string(kText)}}).status, 201);
  const auto records =
      directory_->symbol_records().ListSymbolFiles({.user = {}, .symbol_class = {}, .in_key = {}});
  const std::string known = R"({"key":")" + kMember + R"(","size":)" + std::to_string(kText.size()) +
                            R"(,"md5_hash":")" + records->at(0).md5 + "\"}";
  const std::string other =
      R"({"key":"crashy/AB/raw.bin","size":3,"md5_hash":"900150983cd24fb0d6963f7d28e17f72"})";
  const std::string bad =
      R"({"key":"../x","size":3,"md5_hash":")" + kMd5 + R"("},{"key":"a/AB/c","size":3,"md5_hash":"x"})";
  const http::Response begun =
      Ask("POST", "/upload/v2/", "{\"files\":[" + known + "," + other + "," + bad + "]}");
  EXPECT_EQ(begun.status, 201);
  EXPECT_NE(begun.body.find(R"("action":{"type":"skip"})"), std::string::npos) << begun.body;
  EXPECT_NE(begun.body.find(R"({"type":"error","msg":"invalid key"})"), std::string::npos);
  EXPECT_NE(begun.body.find(R"({"type":"error","msg":"invalid MD5 hex digest"})"), std::string::npos);
  const std::string url = QuotedBehind(begun.body, "\"url\":\"https://symbols.example");
  const std::string complete =
      "/upload/v2/" +
      std::to_string(*directory_->symbol_records().CountUploads({.user = {}, .symbol_class = {}})) +
      "/complete";
  EXPECT_EQ(Ask("POST", complete).status, 409);
  EXPECT_EQ(Ask("PUT", url, "abd").status, 400) << "another MD5";
  const http::Response first = Ask("PUT", url, "ab", {{"content-range", "bytes 0-1/3"}});
  EXPECT_EQ(first.status, 308);
  EXPECT_EQ(HeaderOf(first, "Range"), "bytes=0-1");
  EXPECT_EQ(Ask("PUT", url, "", {{"content-range", "bytes */3"}}).status, 308);
  EXPECT_EQ(Ask("PUT", url, "c", {{"content-range", "bytes 4-4/5"}}).status, 308) << "there is a gap";
  EXPECT_EQ(Ask("GET", "/crashy/AB/raw.bin").status, 404);
  EXPECT_EQ(Ask("PUT", url, "bc", {{"content-range", "bytes 1-2/3"}}).status, 200);
  EXPECT_EQ(Ask("PUT", url, "abc").status, 200) << "the first answer may have been lost";
  EXPECT_EQ(BodyOf(Ask("GET", "/crashy/AB/raw.bin")), "abc");
  EXPECT_EQ(Ask("POST", complete).status, 200);
  EXPECT_EQ(Ask("POST", complete).status, 200) << "the first answer may have been lost";
  EXPECT_EQ(Ask("PUT", url, "abc").status, 404);
}

TEST_F(SymbolRoutesTest, OrdersThatAreNotUnderstoodAreRefusedInTeckensWords) {
  for (const char* body :
       {"", "x", "[]", "{}", R"({"files":{}})", R"({"files":[1]})", R"({"files":[{"key":1}]})"}) {
    EXPECT_EQ(Ask("POST", "/upload/v2/", body).body, R"({"error":"malformed JSON request body"})") << body;
  }
  std::string many = R"({"files":[)";
  for (int i = 0; i < 1025; ++i)
    many += std::string(i > 0 ? "," : "") + R"({"key":"a/AB/c","size":1,"md5_hash":"x"})";
  EXPECT_EQ(Ask("POST", "/upload/v2/", many + "]}").body, R"({"error":"too many files"})");
  EXPECT_EQ(Ask("POST", "/upload/v2/99/complete").status, 404);
  EXPECT_EQ(Ask("PUT", "/upload/session/1.2/0", "abc").status, 404);
}

TEST_F(SymbolRoutesTest, BreakpadsSecondProtocolIsAnsweredToTheByte) {
  const std::string id = "0123456789ABCDEF0123456789ABCDEF0";
  EXPECT_EQ(Ask("GET", "/v1/symbols/crashy/" + id + ":checkStatus").body, R"({"status": "MISSING"})");
  const http::Response created = Ask("POST", "/v1/uploads:create");
  const std::string url = QuotedBehind(created.body, "{\"uploadUrl\": \"https://symbols.example");
  const std::string key = QuotedBehind(created.body, "\",\"uploadKey\": \"");
  ASSERT_EQ(created.body,
            "{\"uploadUrl\": \"https://symbols.example" + url + "\",\"uploadKey\": \"" + key + "\"}");
  const std::string order =
      R"({ symbol_id: {debug_file: "crashy", debug_id: ")" + id + R"(" }, symbol_upload_type: "BREAKPAD" })";
  EXPECT_EQ(Ask("POST", "/v1/uploads/" + key + ":complete", order).status, 400) << "nothing was sent";
  EXPECT_EQ(Ask("PUT", url, std::string(kText)).status, 200);
  EXPECT_EQ(Ask("POST", "/v1/uploads/" + key + ":complete", "{").status, 400);
  EXPECT_EQ(Ask("POST", "/v1/uploads/" + key + ":complete", order).body, R"({"result": "OK"})");
  EXPECT_EQ(Ask("GET", "/v1/symbols/crashy/" + id + ":checkStatus").body, R"({"status": "FOUND"})");
  EXPECT_EQ(Ask("GET", "/" + kMember).status, 200);
  EXPECT_EQ(Ask("POST", "/v1/uploads/" + key + ":complete", order).status, 404);
}

TEST_F(SymbolRoutesTest, AFileOnTheWayIsNotTakenTwiceAtOnce) {
  const http::Response created = Ask("POST", "/v1/uploads:create");
  const std::string session = QuotedBehind(created.body, "\",\"uploadKey\": \"");
  const auto hold = sessions_->TakeHold({session, 0});
  EXPECT_EQ(Ask("PUT", "/upload/session/" + session + "/0", "x").status, 503);
}

TEST_F(SymbolRoutesTest, WhoHasATokenSeesTheOwnUploadsAndAnAuditorAll) {
  ASSERT_EQ(Upload({{kMember, std::string(kText)}}).status, 201);  // Nobody's.
  permissions_ = {};
  EXPECT_EQ(Ask("GET", "/api/uploads/").status, 403);
  const std::vector<http::Header> token = {{"auth-token", "good-for uploads"}};
  EXPECT_NE(Ask("GET", "/api/uploads/", "", token).body.find("\"total\":0"), std::string::npos);
  EXPECT_EQ(Ask("GET", "/api/uploads/upload/1", "", token).status, 404);
  EXPECT_EQ(Ask("GET", "/api/uploads/usage/", "", token).status, 403);
  permissions_ = {"view_all_uploads"};
  EXPECT_NE(Ask("GET", "/api/uploads/", "", token).body.find("\"total\":1"), std::string::npos);
  EXPECT_NE(Ask("GET", "/api/uploads/upload/1").body.find("\"key\":\"" + kMember), std::string::npos);
  EXPECT_NE(Ask("GET", "/api/uploads/files/?key=crash%20.sym").body.find("\"total\":1"), std::string::npos);
  EXPECT_NE(Ask("GET", "/api/uploads/?key=crash&complete=1").body.find("\"files\":1,\"skipped\":0"),
            std::string::npos);
  for (const char* const none : {"complete=0", "product=Fox", "key=crash%20elsewhere"}) {
    EXPECT_NE(Ask("GET", std::string("/api/uploads/?") + none).body.find("\"total\":0"), std::string::npos)
        << none;
  }
  EXPECT_EQ(Ask("GET", "/api/uploads/?key=1+2+3+4+5+6+7+8+9+10+11").status, 400);
  EXPECT_NE(Ask("GET", "/api/uploads/usage/").body.find("\"files\":1"), std::string::npos);
  EXPECT_NE(Ask("GET", "/api/uploads/usage/").body.find("\"days_kept\":90"), std::string::npos);
  EXPECT_EQ(Ask("GET", "/api/uploads/duplicates/").body, R"({"duplicates":[]})");
  EXPECT_EQ(Ask("GET", "/api/uploads/?page=0").status, 400);
}

TEST(SymbolUrlsTest, NamesAreEscapedAsInPaths) {
  EXPECT_EQ(SymbolUrlPath("c++filt", "AB", "a b.sym"), "/c++filt/AB/a%20b.sym");
  EXPECT_EQ(SymbolTextNameOf("XUL.PDB"), "XUL.sym");
  EXPECT_EQ(SymbolTextNameOf("libxul.so"), "libxul.so.sym");
  http::Request request;
  request.headers = {{"host", "h:1"}, {"x-forwarded-proto", "https"}};
  EXPECT_EQ(BaseUrl(request, ""), "https://h:1");
  EXPECT_EQ(BaseUrl(request, "https://p//"), "https://p");
}

}  // namespace
}  // namespace cairn::symbols
