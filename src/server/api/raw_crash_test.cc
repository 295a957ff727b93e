#include "server/api/raw_crash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/api_for_test.h"
#include "server/intake/crash_id.h"
#include "server/intake/stored_report.h"

namespace cairn::api {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ServerApiRawCrash : public ApiTest {
 protected:
  ServerApiRawCrash() : id_(intake::MakeCrashId(search::kTestNowMs)) {
    const std::string raw =
        R"({"ProductName":"Ranked","UserComments":"planted","URL":"planted","Version":"1.0","NobodyKnows":"planted",)"
        R"("metadata":{"user_agent":"planted","throttle_rule":"all","dump_checksums":{"upload_file_minidump":"ab"}},)"
        R"("uuid":")" +
        id_ + R"(","version":2})";
    Put(store::RawCrashKey(*intake::DayOfCrashId(id_), id_), raw);
    Put(store::NamedDumpKey("dump_names", id_), intake::WriteDumpNames({"upload_file_minidump", "browser"}));
    Put(store::DumpKey(id_), "MDMP of the process");
    Put(store::NamedDumpKey("browser", id_), "MDMP of the browser");
  }
  void Put(const std::string& key, const std::string& text) {
    ASSERT_TRUE(blobs_.Put(key, base::AsBytes(text)));
  }
  http::Response Raw(const std::string& query, std::vector<std::string> permissions = {}) {
    return Get("/api/RawCrash/", "crash_id=bp-" + id_ + query, std::move(permissions));
  }
  static std::string ContentOf(const http::Response& response) {
    std::string text(100, '\0');
    const ssize_t bytes = pread(response.file.get(), text.data(), text.size(), 0);
    return bytes < 0 ? "unreadable" : text.substr(0, static_cast<std::size_t>(bytes));
  }

  std::string id_;
};

TEST_F(ServerApiRawCrash, AnnotationsGoOutInTheirPublicForm) {
  const http::Response response = Raw("");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"ProductName":"Ranked","Version":"1.0","metadata":{"throttle_rule":"all",)"
                           R"("dump_checksums":{"upload_file_minidump":"ab"}},"uuid":")" +
                               id_ + R"(","version":2})");
  EXPECT_THAT(Raw("", {"view_pii"}).body, AllOf(HasSubstr("UserComments"), HasSubstr("planted")));
}

TEST_F(ServerApiRawCrash, DumpsNeedThePermission) {
  EXPECT_EQ(Raw("&format=raw").status, 403);
  EXPECT_EQ(Raw("&format=raw", {"view_pii"}).status, 403);
  EXPECT_EQ(ContentOf(Raw("&format=raw", {"view_rawdump"})), "MDMP of the process");
  EXPECT_EQ(ContentOf(Raw("&format=raw&name=dump", {"view_rawdump"})), "MDMP of the process");
  EXPECT_EQ(ContentOf(Raw("&format=raw&name=browser", {"view_rawdump"})), "MDMP of the browser");
  const http::Response none = Raw("&format=raw&name=..%2Fraw_crash", {"view_rawdump"});
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr("It has upload_file_minidump, browser"));
}

TEST_F(ServerApiRawCrash, MistakesAreSaid) {
  EXPECT_EQ(Get("/api/RawCrash/", "").status, 400);
  EXPECT_EQ(Get("/api/RawCrash/", "crash_id=x").status, 400);
  EXPECT_EQ(Raw("&format=other").status, 400);
  EXPECT_EQ(Get("/api/RawCrash/", "crash_id=" + search::TestUuid(1)).status, 404);
}

TEST_F(ServerApiRawCrash, WhatThereIsOfACrashIsTold) {
  EXPECT_EQ(
      Get("/api/CrashVerify/", "crash_id=" + id_).body,
      R"({"uuid":")" + id_ +
          R"(","raw_crash":true,"processed_crash":false,"elasticsearch_crash":false,"telemetry_crash":false})");
  EXPECT_THAT(Get("/api/CrashVerify/", "crash_id=" + search::TestUuid(1)).body,
              HasSubstr(R"("processed_crash":true,"elasticsearch_crash":true)"));
  EXPECT_THAT(Get("/api/CrashVerify/", "crash_id=" + search::TestUuid(2)).body,
              HasSubstr(R"("processed_crash":false,"elasticsearch_crash":false)"))
      << "a ping";
}

TEST_F(ServerApiRawCrash, WhatCouldNotBeProcessedIsListed) {
  ASSERT_TRUE(queue_->Push({"report", id_}));
  ASSERT_TRUE(queue_->SetAside(queue_->Claim("report", 1, 1000)->front(), "poison"));
  EXPECT_THAT(Get("/api/MissingProcessedCrash/", "").body,
              AllOf(HasSubstr(R"("crash_id":")" + id_), HasSubstr(R"("total":1)")));
}

TEST_F(ServerApiRawCrash, WhatCouldNotBeProcessedIsListedInPages) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kMissingOfPage + 3; ++i) {
    ids.push_back(intake::MakeCrashId(search::kTestNowMs));
    ASSERT_TRUE(queue_->Push({"report", ids.back()}));
  }
  const auto claimed = *queue_->Claim("report", ids.size(), 1'000'000);
  ASSERT_EQ(claimed.size(), ids.size());
  for (const auto& item : claimed) ASSERT_TRUE(queue_->SetAside(item, "poison"));
  const auto total = [&](const std::string& query) {
    const std::string body = Get("/api/MissingProcessedCrash/", query).body;
    return body.substr(body.rfind(':') + 1);
  };
  EXPECT_EQ(total(""), "1000}");
  EXPECT_EQ(total("page=1"), "1000}");
  EXPECT_EQ(total("page=2"), "3}");
  EXPECT_EQ(total("page=3"), "0}");
  for (const char* const page : {"page=0", "page=x", "page=21", "page=-1"})
    EXPECT_EQ(Get("/api/MissingProcessedCrash/", page).status, 400) << page;
}

TEST_F(ServerApiRawCrash, AProductByTokenIsHiddenFromStrangers) {
  parts_.products_by_token = [] { return std::vector<std::string>{"Ranked"}; };
  EXPECT_EQ(Raw("").status, 403);
  EXPECT_EQ(GetAs({.name = "somebody", .permissions = {"view_closed_products"}}, "/api/RawCrash/",
                  "crash_id=" + id_)
                .status,
            200);
}

}  // namespace
}  // namespace cairn::api
