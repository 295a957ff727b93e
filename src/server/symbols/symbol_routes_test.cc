#include "server/symbols/symbol_routes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"
#include "server/symbols/zip_for_test.h"

namespace cairn::symbols {
namespace {

constexpr std::string_view kText = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 crashy\n";
const std::string kMember = "crashy/0123456789ABCDEF0123456789ABCDEF0/crashy.sym";

class SymbolRoutesTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the worker's limits";
#endif
    if (access(program_.c_str(), X_OK) != 0) GTEST_SKIP() << "cairn-worker is not built";
  }

  http::Response Ask(std::string method, std::string_view path, const std::string& body = "") {
    const http::Router router(MakeRoutes(store_, {folder_.Path(""), std::string(http::kAnybody)}),
                              {.anonymous_permissions = {"upload_symbols"}});
    http::Request request{.method = std::move(method)};
    request.segments = http::SplitPath(path).value();
    request.body_file = *os::CreateNameless(folder_.Path(""));
    EXPECT_TRUE(os::WriteAll(request.body_file.get(), base::AsBytes(body)));
    http::Router::Admission admission = router.Admit(request);
    if (admission.refusal) return *std::move(admission.refusal);
    return router.Handle(admission.route, request);
  }
  http::Response Upload(const std::vector<std::pair<std::string, std::string>>& members) {
    return Ask("POST", "/upload/", MakeZip(members));
  }

  std::string program_ = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-worker";
  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  symbol_store::SymbolStore store_{blobs_, {.program = program_, .spool_folder = folder_.Path("")}};
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
    EXPECT_EQ(Upload({{kMember, text}, {second, "x"}}).status, 400) << second;
  }
  EXPECT_EQ(Upload({{kMember, text}, {kMember, text}}).status, 400);
  EXPECT_EQ(Upload({{kMember, text}, {lower, text}}).status, 400) << "ids differ in case only";
  EXPECT_EQ(Upload({{kMember, "not symbols"}}).status, 400);
  EXPECT_EQ(Ask("POST", "/upload/", "no zip").status, 400);
  EXPECT_TRUE(blobs_.List("v1/", "", 10)->empty());
}

TEST_F(SymbolRoutesTest, OtherFilesBesideTheSymbolsAreLeftOut) {
  EXPECT_EQ(Upload({{kMember, std::string(kText)}, {"crashy/AB/crashy.dbg", "debug"}}).status, 201);
  EXPECT_EQ(blobs_.List("v1/symbols/", "", 10)->size(), 1u);
}

TEST_F(SymbolRoutesTest, ADownloadMayBeReadByOtherSitesAndNamesNoPath) {
  ASSERT_EQ(Upload({{kMember, std::string(kText)}}).status, 201);
  const http::Response found = Ask("GET", "/" + kMember);
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(*os::ReadAll(found.file.get(), 1000), kText);
  EXPECT_EQ(found.headers.at(0).name, "Access-Control-Allow-Origin");
  for (const char* path : {"/crashy/AB/crashy.sym", "/..%2f..%2fetc/AB/passwd.sym", "/crashy/..%2f/x.sym",
                           "/crashy/AB/..%2f..%2f..%2fqueue.sqlite.sym"}) {
    EXPECT_EQ(Ask("GET", path).status, 404) << path;
  }
}

}  // namespace
}  // namespace cairn::symbols
