#include "server/symbols/zip_archive.h"

#include <gtest/gtest.h>

#include <map>

#include "server/symbols/zip_for_test.h"

namespace cairn::symbols {
namespace {

using Members = std::map<std::string, std::string>;

base::Status Read(const std::string& zip, Members& members) {
  std::string* content = nullptr;
  ZipVisitor visitor;
  visitor.begin = [&](const ZipMember& member) -> base::Result<bool> {
    const std::string& name = member.name;
    content = &members[name];
    return name != "unwanted";
  };
  visitor.data = [&](base::Bytes piece) {
    content->append(base::AsText(piece));
    return base::Status();
  };
  visitor.end = [] { return base::Status(); };
  return VisitZip(base::AsBytes(zip), visitor);
}

TEST(ZipArchiveTest, MembersComeWithTheirContent) {
  Members members;
  ASSERT_TRUE(Read(MakeZip({{"a/B/c.sym", "content"}, {"unwanted", "x"}, {"empty", ""}}), members));
  EXPECT_EQ(members, (Members{{"a/B/c.sym", "content"}, {"unwanted", ""}, {"empty", ""}}));
}

TEST(ZipArchiveTest, WhatIsNoZipIsRefused) {
  Members members;
  for (const std::string& bytes :
       {std::string(), std::string("no zip"), std::string("PK\x03\x04"), std::string(100, 'P')}) {
    EXPECT_FALSE(Read(bytes, members)) << bytes;
  }
}

TEST(ZipArchiveTest, DamageNeverPasses) {
  std::string content;
  for (int i = 0; i < 5000; ++i) content += static_cast<char>(i * i >> 3);
  const std::string whole = MakeZip({{"a/B/c.sym", content}});
  for (std::size_t size = 0; size + 100 < whole.size(); size += 3) {
    Members members;
    (void)Read(whole.substr(0, size), members).has_value();
  }
  std::string damaged = whole;
  damaged[whole.size() / 2] ^= 0x55;
  Members members;
  EXPECT_FALSE(Read(damaged, members));
}

TEST(ZipArchiveTest, ABombStopsAtTheRatio) {
  Members members;
  const base::Status status =
      Read(MakeZip({{"a/B/c.sym", std::string(kZipRatioFloorBytes + (8 << 20), '\0')}}), members);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, base::Code::kLimitExceeded);
}

TEST(ZipArchiveTest, TheVisitorsErrorEndsIt) {
  ZipVisitor visitor;
  visitor.begin = [](const ZipMember&) -> base::Result<bool> {
    return base::Error{base::Code::kRefused, 0, "no"};
  };
  const std::string zip = MakeZip({{"a", "b"}});
  const base::Status status = VisitZip(base::AsBytes(zip), visitor);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, base::Code::kRefused);
}

}  // namespace
}  // namespace cairn::symbols
