// `cairn symbolicate`, which `cairn` starts.
#include <algorithm>

#include "apps/symbolicate_command.h"

int main(int argc, char** argv) {
  return cairn::apps::RunSymbolicate(cairn::apps::Arguments(argv + std::min(argc, 1), argv + argc));
}
