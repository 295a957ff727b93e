// `cairn rules`: says what is wrong with a file of rules, what it would do, and which rules were in force
// when.
#pragma once

#include <string>

namespace cairn::apps {

struct RulesOptions {
  std::string file;  // Or the name of a profile.
  std::string data = "cairn-data";
  int days = 30;
};

// Each gives an exit code.
int CheckRules(const RulesOptions& options);
int ShowRules(const RulesOptions& options);
int DryRunRules(const RulesOptions& options);
int ListRules(const RulesOptions& options);

}  // namespace cairn::apps
