#include "server/http/noted.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

TEST(ServerHttpNoted, WhoIsNobodyInParticularIsAnonymous) {
  EXPECT_EQ(AuditNameOf({}), "anonymous");
  EXPECT_EQ(AuditNameOf({.name = "ann"}), "ann");
}

TEST(ServerHttpNoted, WhatCannotBeNotedIsNotDone) {
  const Response refusal = NotNoted({base::Code::kIo, 0, "audit"});
  EXPECT_EQ(refusal.status, 503);
  EXPECT_NE(refusal.body.find("only if it can be noted"), std::string::npos);
}

}  // namespace
}  // namespace cairn::http
