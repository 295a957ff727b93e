// The tests that a rule's condition may make, each by its key in the file. Only rule_file.cc includes this.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"
#include "server/collector/rules.h"

namespace cairn::collector {

// Named lists of texts, for `in`.
using TestLists = std::map<std::string, std::vector<std::string>>;

bool IsTestName(std::string_view key);
// "present, equals, in, ..."
std::string AllTestNames();

std::optional<std::vector<std::string>> TextsOf(const toml::node& node);

struct TestMaker {
  const TestLists& lists;
  bool ignore_case = false;  // Of ASCII letters.

  // Puts the test `key` into the condition. What is wrong with its value; empty if nothing is.
  std::string Make(std::string_view key, const toml::node& value, Condition& condition) const;
};

}  // namespace cairn::collector
