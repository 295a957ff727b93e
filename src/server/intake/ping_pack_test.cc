#include "server/intake/ping_pack.h"

#include <gtest/gtest.h>

#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::intake {
namespace {

std::string IdOf(int number) { return "00000000-0000-4000-8000-00000000000" + std::to_string(number); }

std::string Stored(int number) {
  return WriteStoredPing({.id = IdOf(number), .doc_type = "crash", .body = "body " + IdOf(number)});
}

class PingPackTest : public ::testing::Test {
 protected:
  void PutPack(const std::string& day, const std::string& pack, const std::vector<int>& numbers) {
    std::vector<std::string> texts;
    for (const int number : numbers) texts.push_back(Stored(number));
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    ASSERT_TRUE(blobs_.Put(store::PingPackKey(day, pack), base::AsBytes(WritePingPack(views))));
  }
  bool Holds(const std::string& day, const std::string& pack, int number) {
    const auto ping = FetchPing(blobs_, {day, pack, IdOf(number)});
    return ping && ping->body == "body " + IdOf(number);
  }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
};

TEST_F(PingPackTest, EachPingIsFoundInItsPack) {
  PutPack("20261122", "a-1", {1, 2, 3});
  for (const int number : {1, 2, 3}) EXPECT_TRUE(Holds("20261122", "a-1", number));
  EXPECT_EQ(FetchPing(blobs_, {"20261122", "a-1", IdOf(4)}).error().code, base::Code::kNotFound);
  EXPECT_EQ(FetchPing(blobs_, {"20261122", "b", IdOf(1)}).error().code, base::Code::kNotFound);
  EXPECT_TRUE(ReadPingPack("")->empty());
}

TEST_F(PingPackTest, ADamagedPackIsNoPack) {
  const std::string text = Stored(1);
  const std::vector<std::string_view> views = {text, text};
  const std::string pack = WritePingPack(views);
  EXPECT_EQ(ReadPingPack(pack)->size(), 2u);
  for (std::size_t i = 0; i < pack.size(); i += 7) {
    std::string damaged = pack;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(ReadPingPack(damaged)) << i;
  }
  EXPECT_EQ(ReadPingPack(pack.substr(0, pack.size() - 1)).error().offset, pack.size() / 2);
}

TEST_F(PingPackTest, WhatIsRemovedIsGoneWhereverItLies) {
  PutPack("20261122", "a", {1, 2});
  PutPack("20261122", "b", {1});
  PutPack("20261123", "a", {1});
  EXPECT_EQ(*RemovePings(blobs_, "20261122", {IdOf(1), IdOf(9)}), 2u);
  EXPECT_FALSE(Holds("20261122", "a", 1));
  EXPECT_TRUE(Holds("20261122", "a", 2));
  EXPECT_FALSE(*blobs_.Exists(store::PingPackKey("20261122", "b"))) << "nothing is left in it";
  EXPECT_TRUE(Holds("20261123", "a", 1)) << "of another day";
  EXPECT_EQ(*RemovePings(blobs_, "20261122", {IdOf(1)}), 0u);
}

TEST_F(PingPackTest, PlacesAreReadAsTheyAreWritten) {
  for (const std::string& text :
       {std::string("20261122/093012345-7-0"), "20261122/again-5/" + IdOf(1), std::string("20261122/x")}) {
    const auto place = ParsePingPlace(text);
    ASSERT_TRUE(place) << text;
    EXPECT_EQ(place->Text(), text);
  }
  for (const char* const text :
       {"", "20261122", "20261122/", "2026/x", "2026112x/x", "20261122/x/y", "20261122/../x", "20261122/x/",
        "20261122//89ba9d98-b041-46f3-8b1a-36dfeb5e1b15", "/"}) {
    EXPECT_FALSE(ParsePingPlace(text)) << text;
  }
}

}  // namespace
}  // namespace cairn::intake
