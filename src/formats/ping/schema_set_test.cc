#include "formats/ping/schema_set.h"

#include <gtest/gtest.h>

namespace cairn::ping {
namespace {

TEST(SchemaSetTest, OursAreKnownByNamespaceTypeAndVersion) {
  const SchemaSet schemas = SchemaSet::BuiltIn();
  EXPECT_NE(schemas.Find({"telemetry", "crash", 4}), nullptr);
  EXPECT_NE(schemas.Find({"telemetry", "main", 4}), nullptr);
  EXPECT_EQ(schemas.Find({"telemetry", "crash", 2}), nullptr);
  EXPECT_NE(schemas.Find({"telemetry", "core", 7}), nullptr);
  // Every namespace may send Glean pings.
  EXPECT_NE(schemas.Find({"my-app", "crash", 1}), nullptr);
  EXPECT_NE(schemas.Find({"my-app", "baseline", 1}), nullptr);
  EXPECT_EQ(schemas.Find({"my-app", "metrics", 1}), nullptr);
  EXPECT_EQ(schemas.Find({"telemetry", "baseline", 1}), nullptr);
}

TEST(SchemaSetTest, ANamespacesOwnSchemaGoesBeforeThatOfAll) {
  SchemaSet schemas = SchemaSet::BuiltIn();
  ASSERT_FALSE(schemas.Add("my-app.crash.1.schema.json", "{}"));
  EXPECT_NE(schemas.Find({"my-app", "crash", 1}), schemas.Find({"other-app", "crash", 1}));
  EXPECT_TRUE(schemas.HasType("my-app", "crash"));
  EXPECT_FALSE(schemas.HasType("my-app", "cra"));
}

}  // namespace
}  // namespace cairn::ping
