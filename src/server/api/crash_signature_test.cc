#include "server/api/crash_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCrash[] =
    R"json({"threads": [{"frames": [{"function": "abort"}, {"function": "f(int)"}]}], "crashing_thread": 0})json";

http::Response Sign(const std::string& body) {
  return CrashSignature(body, *signing::SigningRules::Default());
}

std::string Jobs(const std::string& jobs) { return R"({"jobs": [)" + jobs + "]}"; }

TEST(CrashSignatureTest, AnswersEachJobInTheShapeOfCrashStats) {
  const http::Response response = Sign(Jobs(std::string(kCrash) + R"(, {"hang": "ui"})"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(
      response.body,
      R"json({"results":[{"signature":"f","notes":[],"extra":{"proto_signature":"abort | f"}},)json"
      R"json({"signature":"hang: ui | EMPTY: no frame data available","notes":["SignatureGenerationRule: )json"
      R"json(CSignatureTool: no frame data for crashing thread (0)"],"extra":{"proto_signature":""}}]})json");
}

TEST(CrashSignatureTest, SignsByTheRulesThatAreGiven) {
  const auto rules = signing::SigningRules::Create(
      {.text = {.lists = {},
                .rules = "[[rule]]\nname = \"n\"\neffect = \"rename\"\nfunction = \"f\"\nto = \"g\"\n"},
       .decisions = {}});
  const auto& made = std::get<std::shared_ptr<const signing::SigningRules>>(rules);
  EXPECT_THAT(CrashSignature(Jobs(kCrash), *made).body, HasSubstr(R"("signature":"g")"));
}

TEST(CrashSignatureTest, ExplainsIfAsked) {
  const std::string asked = R"({"explain": true, "jobs": [)" + std::string(kCrash) + "]}";
  EXPECT_THAT(Sign(asked).body, HasSubstr(R"("frames":[{"frame":"abort","role":"irrelevant","by":{)"));
  EXPECT_THAT(Sign(asked).body, HasSubstr(R"({"rule":"SignatureGenerationRule","outcome":"applied")"));
  EXPECT_THAT(Sign(Jobs(kCrash)).body, Not(HasSubstr("frames")));
}

TEST(CrashSignatureTest, JobThatIsNoCrashDataSaysSoAndTheOthersAreAnswered) {
  EXPECT_THAT(Sign(Jobs(std::string("7, ") + kCrash)).body,
              HasSubstr(R"({"results":[{"error":"A job is an object of crash data"},{"signature":"f")"));
}

TEST(CrashSignatureTest, BadRequestsAreRefused) {
  EXPECT_EQ(Sign("").status, 400);
  EXPECT_EQ(Sign("[]").status, 400);
  EXPECT_EQ(Sign(R"({"jobs": {}})").status, 400);
  EXPECT_EQ(Sign(Jobs("")).body, R"({"results":[]})");
  std::string many = "1";
  for (std::size_t i = 0; i < kMaxSignatureJobs; ++i) many += ",1";
  EXPECT_EQ(Sign(Jobs(many)).status, 400);
  EXPECT_EQ(Sign(Jobs(many.substr(2))).status, 200);
  EXPECT_EQ(Sign(R"({"explain": true, "jobs": [)" + many.substr(2) + "]}").status, 400);
}

}  // namespace
}  // namespace cairn::api
