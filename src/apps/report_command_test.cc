#include "apps/report_command.h"

#include <gtest/gtest.h>

namespace cairn::apps {
namespace {

TEST(ReportCommandTest, ACrashIsDescribedForPeople) {
  constexpr std::string_view kCrash =
      R"({"uuid":"u","signature":"f | g","product":"Crashy","address":null,"reason":"SIGSEGV","json_dump":{
        "crashing_thread":{"frames":[
          {"frame":0,"module":"app","module_offset":"0x10","offset":"0x1010","function":"g","file":"a.cc",
           "line":7,"inlines":[{"function":"f","file":"a.h","line":3}]},
          {"frame":1,"module":"lib.so","module_offset":"0x20","offset":"0x2020","function":null,"file":null,
           "line":null,"inlines":null},
          {"frame":2,"module":null,"module_offset":null,"offset":"0x3030","function":null}]}}})";
  EXPECT_EQ(DescribeCrash(kCrash).value_or("none"),
            "crash      u\n"
            "signature  f | g\n"
            "product    Crashy\n"
            "reason     SIGSEGV\n"
            "\n"
            "frame  module  function  source\n"
            "    0  app     f         a.h:3\n"
            "    0  app     g         a.cc:7\n"
            "    1  lib.so  0x20\n"
            "    2          0x3030\n");
  EXPECT_EQ(DescribeCrash("{}").value_or("none"), "crash\n");
  EXPECT_FALSE(DescribeCrash("[1]"));
  EXPECT_FALSE(DescribeCrash("nonsense"));
}

}  // namespace
}  // namespace cairn::apps
