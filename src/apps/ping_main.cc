// `cairn ping check`, which `cairn` starts.
#include <algorithm>

#include "apps/ping_command.h"

int main(int argc, char** argv) {
  return cairn::apps::RunPingCheck(cairn::apps::Arguments(argv + std::min(argc, 1), argv + argc));
}
