#include "server/intake/processed_crash.h"

#include <gtest/gtest.h>

#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::intake {
namespace {

const std::string kId = "de1bb258-cbbf-4589-a673-34f800160918";

class ProcessedCrashTest : public ::testing::Test {
 protected:
  void Put(std::string_view bytes) {
    ASSERT_TRUE(blobs_.Put(store::ProcessedCrashKey(kId), base::AsBytes(bytes)));
  }
  std::string Stored() { return *blobs_.Get(store::ProcessedCrashKey(kId), 1 << 20); }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
};

TEST_F(ProcessedCrashTest, WhatIsPutComesBackAndTakesLessRoom) {
  std::string json = "{";
  for (int i = 0; i < 1000; ++i) json += R"("frame":{"module":"libmedia.so","trust":"cfi"},)";
  json += "}";
  ASSERT_TRUE(PutProcessedCrash(blobs_, kId, json));
  EXPECT_EQ(*GetProcessedCrash(blobs_, kId), json);
  EXPECT_LT(Stored().size(), json.size() / 10);
  ASSERT_TRUE(PutProcessedCrash(blobs_, kId, "{}"));
  EXPECT_EQ(*GetProcessedCrash(blobs_, kId), "{}");
}

TEST_F(ProcessedCrashTest, JsonOfEarlierVersionsIsRead) {
  Put(R"({"signature":"f"})");
  EXPECT_EQ(*GetProcessedCrash(blobs_, kId), R"({"signature":"f"})");
}

TEST_F(ProcessedCrashTest, WhatIsAbsentOrDamagedIsSaid) {
  EXPECT_EQ(GetProcessedCrash(blobs_, kId).error().code, base::Code::kNotFound);
  ASSERT_TRUE(PutProcessedCrash(blobs_, kId, R"({"signature":"f","note":"of some length"})"));
  const std::string whole = Stored();
  for (std::size_t size = 4; size < whole.size(); ++size) {
    Put(whole.substr(0, size));
    EXPECT_EQ(GetProcessedCrash(blobs_, kId).error().code, base::Code::kBadValue) << size;
  }
}

// What the frame says of its size is not reserved unasked.
TEST_F(ProcessedCrashTest, TheSizeHasALimit) {
  // Magic, a descriptor that promises eight bytes of size, the size.
  Put(std::string("\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\x0f", 13));
  EXPECT_EQ(GetProcessedCrash(blobs_, kId).error().code, base::Code::kLimitExceeded);
  EXPECT_EQ(PutProcessedCrash(blobs_, kId, std::string(kMaxProcessedCrashBytes + 1, ' ')).error().code,
            base::Code::kLimitExceeded);
}

}  // namespace
}  // namespace cairn::intake
