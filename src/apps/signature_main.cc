// `cairn signature`, which `cairn` starts.
#include <algorithm>

#include "apps/signature_command.h"

int main(int argc, char** argv) {
  return cairn::apps::RunSignature(cairn::apps::Arguments(argv + std::min(argc, 1), argv + argc));
}
