#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "base/byte_reader.h"
#include "server/collector/rule_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::collector;
  const auto parsed = ParseRules(cairn::base::AsText(std::as_bytes(std::span(data, size))));
  const auto* const rules = std::get_if<RuleSet>(&parsed);
  if (rules == nullptr) {
    if (std::get<RuleMistakes>(parsed).empty()) __builtin_trap();
    return 0;
  }
  const std::map<std::string, std::string> report = {
      {"ProductName", "\"Fox\""}, {"Version", "\"52.0b3\""}, {"TelemetryEnvironment", "{\"system\":{}}"}};
  double chances = 0;
  for (const Outcome& outcome : AllOutcomes(*rules, {report, 1'777'629'600'000})) chances += outcome.chance;
  if (chances < 0.999 || chances > 1.001) __builtin_trap();
  return 0;
}
