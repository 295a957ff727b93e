#include "server/api/graphics_devices.h"

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/api/api_for_test.h"

namespace cairn::api {
namespace {

class GraphicsDevicesTest : public ApiTest {
 protected:
  GraphicsDevicesTest() {
    parts_.pci_ids_path = folder_.Path("pci.ids");
    EXPECT_TRUE(os::WriteFileDurably(
        parts_.pci_ids_path,
        base::AsBytes("10de  NVIDIA Corporation\n\t1c03  GP106\n8086  Intel Corporation\n")));
  }
};

TEST_F(GraphicsDevicesTest, PairsOfIdsHaveNames) {
  EXPECT_EQ(
      Get("/api/GraphicsDevices/", "vendor_hex=0x10de&adapter_hex=0x1c03&vendor_hex=0x8086&adapter_hex=0x1")
          .body,
      R"({"hits":[{"vendor_hex":"0x10de","vendor_name":"NVIDIA Corporation","adapter_hex":"0x1c03",)"
      R"("adapter_name":"GP106"},{"vendor_hex":"0x8086","vendor_name":"Intel Corporation","adapter_hex":"0x1"}],)"
      R"("total":2})");
  EXPECT_EQ(Get("/api/GraphicsDevices/", "vendor_hex=8086").body,
            R"({"hits":[{"vendor_hex":"8086","vendor_name":"Intel Corporation"}],"total":1})");
}

TEST_F(GraphicsDevicesTest, WhatHasNoNameIsLeftOut) {
  EXPECT_EQ(Get("/api/GraphicsDevices/", "vendor_hex=0x1234&vendor_hex=x&vendor_hex=").body,
            R"({"hits":[],"total":0})");
  parts_.pci_ids_path = folder_.Path("none");
  EXPECT_EQ(Get("/api/GraphicsDevices/", "vendor_hex=0x10de").body, R"({"hits":[],"total":0})");
}

TEST_F(GraphicsDevicesTest, AskingHasItsLimits) {
  EXPECT_EQ(Get("/api/GraphicsDevices/", "").status, 400);
  std::string many;
  for (std::size_t i = 0; i <= kMaxGraphicsDevices; ++i) many += "vendor_hex=1&";
  EXPECT_EQ(Get("/api/GraphicsDevices/", many).status, 400);
}

}  // namespace
}  // namespace cairn::api
