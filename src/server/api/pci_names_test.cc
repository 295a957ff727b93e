#include "server/api/pci_names.h"

#include <gtest/gtest.h>

namespace cairn::api {
namespace {

constexpr const char* kList =
    "#\n"
    "# a comment\n"
    "\n"
    "10de  NVIDIA Corporation\n"
    "\t1c03  GP106 [GeForce GTX 1060 6GB]\n"
    "\t\t1043 8746  A board\n"
    "# A comment between\n"
    "\t1c82  GP107\n"
    "1002  Advanced Micro Devices, Inc. [AMD/ATI]\n"
    "\t687f  Vega 10 XL/XT\r\n"
    "8086  Intel Corporation\n"
    "C 03  Display controller\n"
    "\t00  VGA compatible controller\n";

TEST(PciNamesTest, VendorsAndDevicesHaveNames) {
  const PciNames names{kList};
  EXPECT_EQ(names.VendorName(0x10de), "NVIDIA Corporation");
  EXPECT_EQ(names.VendorName(0x8086), "Intel Corporation");
  EXPECT_EQ(names.DeviceName(0x10de, 0x1c03), "GP106 [GeForce GTX 1060 6GB]");
  EXPECT_EQ(names.DeviceName(0x10de, 0x1c82), "GP107") << "behind a board and a comment";
  EXPECT_EQ(names.DeviceName(0x1002, 0x687f), "Vega 10 XL/XT");
}

TEST(PciNamesTest, WhatIsNotInTheListHasNone) {
  const PciNames names{kList};
  EXPECT_EQ(names.VendorName(0x1234), "");
  EXPECT_EQ(names.DeviceName(0x10de, 0x687f), "") << "another vendor's";
  EXPECT_EQ(names.DeviceName(0x10de, 0x1043), "") << "a board's";
  EXPECT_EQ(names.DeviceName(0x8086, 0x0000), "") << "a class's";
  EXPECT_EQ(PciNames().VendorName(0x10de), "");
}

TEST(PciNamesTest, BrokenLinesArePassedOver) {
  for (const char* const text :
       {"\n", "\t", "\t1c03  first", "10de", "10de ", "10de  ", "xyzt  name\n\t", "C "}) {
    const PciNames names{text};
    EXPECT_EQ(names.VendorName(0x10de), "") << text;
    EXPECT_EQ(names.DeviceName(0x10de, 0x1c03), "") << text;
  }
}

TEST(PciNamesTest, IdsAreHexWithOrWithoutAPrefix) {
  EXPECT_EQ(ParsePciId("0x10de"), 0x10de);
  EXPECT_EQ(ParsePciId("10DE"), 0x10de);
  for (const char* const text : {"", "0x", "10deg", "0x110de", "-1", " 1"})
    EXPECT_FALSE(ParsePciId(text)) << text;
}

}  // namespace
}  // namespace cairn::api
