#include "server/accounts/client_address.h"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::accounts {
namespace {

std::string KeyOf(const std::string& peer, std::vector<std::string> forwarded,
                  const std::vector<std::string>& trusted = {"127.0.0.1", "10.0.0.0/8"}) {
  http::Request request;
  request.peer_address = peer;
  for (std::string& value : forwarded) request.headers.push_back({"x-forwarded-for", std::move(value)});
  std::vector<net::AddressRange> ranges;
  for (const std::string& text : trusted) ranges.push_back(*net::AddressRange::Parse(text));
  return ClientAddress(request, ranges).Key();
}

std::string Plain(const std::string& address) { return KeyOf(address, {}, {}); }

TEST(ClientAddressTest, AProxysWordCountsIfItIsTrusted) {
  EXPECT_EQ(KeyOf("127.0.0.1", {"192.0.2.7"}), Plain("192.0.2.7"));
  EXPECT_EQ(KeyOf("192.0.2.1", {"192.0.2.7"}), Plain("192.0.2.1"));
  EXPECT_EQ(KeyOf("127.0.0.1", {"192.0.2.7"}, {}), Plain("127.0.0.1"));
  EXPECT_EQ(KeyOf("::ffff:127.0.0.1", {"192.0.2.7"}), Plain("192.0.2.7"));
}

TEST(ClientAddressTest, WhatTheClientWroteItselfDoesNotCount) {
  EXPECT_EQ(KeyOf("127.0.0.1", {"198.51.100.1, 192.0.2.7"}), Plain("192.0.2.7"));
  EXPECT_EQ(KeyOf("127.0.0.1", {"198.51.100.1", "192.0.2.7,10.1.2.3"}), Plain("192.0.2.7"));
  EXPECT_EQ(KeyOf("127.0.0.1", {"198.51.100.1, nonsense, 10.1.2.3"}), Plain("10.1.2.3"));
  EXPECT_EQ(KeyOf("127.0.0.1", {""}), Plain("127.0.0.1"));
  EXPECT_EQ(KeyOf("127.0.0.1", {","}), Plain("127.0.0.1"));
}

TEST(ClientAddressTest, PortsAndBracketsAreUnderstood) {
  EXPECT_EQ(KeyOf("127.0.0.1", {"192.0.2.7:1234"}), Plain("192.0.2.7"));
  EXPECT_EQ(KeyOf("127.0.0.1", {"[2001:db8::1]:1234"}), Plain("2001:db8::1"));
  EXPECT_EQ(KeyOf("127.0.0.1", {"2001:db8::1"}), Plain("2001:db8::1"));
  EXPECT_EQ(KeyOf("127.0.0.1", {"["}), Plain("127.0.0.1"));
}

TEST(ClientAddressTest, ANetworkOfIpv6IsOneClient) {
  EXPECT_EQ(Plain("2001:db8::1"), Plain("2001:db8::ffff:1"));
  EXPECT_NE(Plain("2001:db8::1"), Plain("2001:db8:0:1::1"));
  EXPECT_NE(Plain("192.0.2.7"), Plain("192.0.2.8"));
  EXPECT_EQ(Plain("192.0.2.7"), Plain("::ffff:192.0.2.7"));
  EXPECT_EQ(Plain("nonsense"), "");
}

TEST(ClientAddressTest, LoopbackIsKnown) {
  const auto is_loopback = [](const std::string& address) {
    http::Request request;
    request.peer_address = address;
    return ClientAddress(request, {}).IsLoopback();
  };
  for (const char* const address : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(is_loopback(address)) << address;
  for (const char* const address : {"128.0.0.1", "::2", "", "2001:db8::1", "::"})
    EXPECT_FALSE(is_loopback(address)) << address;
}

}  // namespace
}  // namespace cairn::accounts
