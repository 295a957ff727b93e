#include "net/address_guard.h"

#include <gtest/gtest.h>

#include <string_view>

namespace cairn::net {
namespace {

TEST(AddressGuard, OnlyPublicAddressesMayBeConnectedTo) {
  const AddressGuard guard({});
  for (const std::string_view address :
       {"8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "100.63.255.255", "100.128.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(guard.MayConnect(address)) << address;
  }
  for (const std::string_view address : {"127.0.0.1",
                                         "127.255.255.255",
                                         "0.0.0.0",
                                         "10.1.2.3",
                                         "100.64.0.1",
                                         "169.254.169.254",
                                         "172.16.0.1",
                                         "172.31.255.255",
                                         "192.0.0.8",
                                         "192.0.2.1",
                                         "192.168.1.1",
                                         "198.18.0.1",
                                         "198.19.0.1",
                                         "198.51.100.1",
                                         "203.0.113.9",
                                         "224.0.0.1",
                                         "239.1.1.1",
                                         "240.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::7f00:1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "64:ff9b:1::1",
                                         "2002:7f00:1::",
                                         "2002:a00:1::",
                                         "2001:db8::1",
                                         "2001::1",
                                         "fc00::1",
                                         "fdff::1",
                                         "fe80::1",
                                         "febf::1",
                                         "fec0::1",
                                         "ff02::1",
                                         "100::1"}) {
    EXPECT_FALSE(guard.MayConnect(address)) << address;
  }
}

TEST(AddressGuard, WhatIsNoAddressIsRefused) {
  const AddressGuard guard({});
  for (const std::string_view text :
       {"", "localhost", "8.8.8", "8.8.8.8:80", "0x7f000001", "127.1", "[::1]", "1::2::3"}) {
    EXPECT_FALSE(guard.MayConnect(text)) << text;
  }
}

TEST(AddressGuard, AnOperatorMayAllowRanges) {
  const AddressGuard guard({*AddressRange::Parse("10.2.0.0/15"), *AddressRange::Parse("127.0.0.1"),
                            *AddressRange::Parse("fd12:3400::/24")});
  EXPECT_TRUE(guard.MayConnect("10.2.0.1"));
  EXPECT_TRUE(guard.MayConnect("10.3.255.255"));
  EXPECT_FALSE(guard.MayConnect("10.4.0.0"));
  EXPECT_TRUE(guard.MayConnect("127.0.0.1"));
  EXPECT_TRUE(guard.MayConnect("::ffff:127.0.0.1"));
  EXPECT_FALSE(guard.MayConnect("127.0.0.2"));
  EXPECT_TRUE(guard.MayConnect("fd12:34ff::9"));
  EXPECT_FALSE(guard.MayConnect("fd12:3500::9"));
}

TEST(AddressGuard, RangesAreReadStrictly) {
  for (const std::string_view text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "fd00::/129", "a/8"}) {
    EXPECT_FALSE(AddressRange::Parse(text)) << text;
  }
  EXPECT_TRUE(AddressRange::Parse("0.0.0.0/0")->Contains(*AddressRange::ParseAddress("1.2.3.4")));
  EXPECT_FALSE(AddressRange::Parse("0.0.0.0/0")->Contains(*AddressRange::ParseAddress("2a00::1")));
  EXPECT_TRUE(AddressRange::Parse("::/0")->Contains(*AddressRange::ParseAddress("2a00::1")));
}

}  // namespace
}  // namespace cairn::net
