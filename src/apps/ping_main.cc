// `cairn ping check` and `cairn ping signature`, which `cairn` starts with the verb.
#include <string_view>

#include "apps/ping_command.h"
#include "apps/ping_signature_command.h"

int main(int argc, char** argv) {
  using cairn::apps::Arguments;
  constexpr int kVerbs = 3;  // The program, "ping", and the verb.
  if (argc < kVerbs) {
    cairn::apps::PrintError("ping", "say check or signature");
    return cairn::apps::kExitUsage;
  }
  const std::string_view verb = argv[kVerbs - 1];
  const Arguments arguments(argv + kVerbs, argv + argc);
  if (verb == "check") return cairn::apps::RunPingCheck(arguments);
  if (verb == "signature") return cairn::apps::RunPingSignature(arguments);
  cairn::apps::PrintError("ping", "say check or signature");
  return cairn::apps::kExitUsage;
}
