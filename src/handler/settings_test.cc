#include "handler/settings.h"

#include <gtest/gtest.h>

#include <map>

namespace cairn::handler {
namespace {

std::string Packet(std::initializer_list<std::string_view> texts) {
  std::string packet;
  for (const std::string_view text : texts) packet.append(text).append(1, '\0');
  return packet;
}

TEST(SettingsTest, ReadsWhatTheClientSends) {
  const auto settings =
      ParseSettings(Packet({"product", "Editor", "database", "/var/db", "telemetry", "on", "report_consent",
                            "always", "ping_url", "http://127.0.0.1", "new", "x"}));
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->product, "Editor");
  EXPECT_TRUE(settings->wants_pings());
  EXPECT_EQ(settings->report_consent, ReportConsent::kAlways);
}

TEST(SettingsTest, WhatIsNotUnderstoodIsTakenAsTheMorePrivateChoice) {
  const auto settings =
      ParseSettings(Packet({"database", "/d", "telemetry", "ON", "report_consent", "sometimes"}));
  ASSERT_TRUE(settings.has_value());
  EXPECT_FALSE(settings->wants_pings());
  EXPECT_FALSE(settings->keeps_reports());
}

TEST(SettingsTest, ARelativeDatabaseIsRefused) {
  EXPECT_FALSE(ParseSettings(Packet({"database", "db"})).has_value());
  EXPECT_FALSE(ParseSettings("").has_value());
}

TEST(SettingsTest, AStartBefore1970IsNone) {
  const auto settings = ParseSettings(Packet({"database", "/d", "start_time_ms", "-9223372036854775808"}));
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->start_time_ms, 0);
}

TEST(SettingsTest, CommonAnnotationsTellWhenAndWhat) {
  const Settings settings{.product = "Editor", .version = "12.1", .start_time_ms = 1'000'000};
  std::map<std::string, std::string> annotations;
  for (auto& [name, value] : CommonAnnotations(settings, "the-id", 1'002'345)) annotations[name] = value;
  EXPECT_EQ(annotations["ProductName"], "Editor");
  EXPECT_EQ(annotations["CrashTime"], "1002");
  EXPECT_EQ(annotations["StartupTime"], "1000");
  EXPECT_EQ(annotations["UptimeTS"], "2.345");
  EXPECT_EQ(annotations["CrashEventID"], "the-id");
}

}  // namespace
}  // namespace cairn::handler
