// What a request asks of each module: its addresses, each once and in order, because neighbours are found
// faster one behind the other and a module's symbols are opened once.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/symbolication/request.h"
#include "model/address.h"

namespace cairn::symbolication {

struct ModuleQuestion {
  std::uint32_t module = 0;                  // In Request::modules.
  std::vector<model::ModuleOffset> offsets;  // Ascending, each once.
};

struct Plan {
  static constexpr std::uint32_t kNoQuestion = 0xffffffff;
  std::vector<ModuleQuestion> questions;          // One for each module of which a frame asks.
  std::vector<std::uint32_t> question_of_module;  // Or kNoQuestion.
  // Of each frame of all jobs, one behind the other: its offset's place in its module's question.
  std::vector<std::uint32_t> places;
};

// On at most `threads` threads.
Plan MakePlan(const Request& request, unsigned threads);

}  // namespace cairn::symbolication
