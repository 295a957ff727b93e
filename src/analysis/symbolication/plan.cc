#include "analysis/symbolication/plan.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/parallel.h"

namespace cairn::symbolication {
namespace {

struct Asked {
  model::ModuleOffset offset;
  std::uint32_t frame = 0;  // Of all jobs.
};

}  // namespace

Plan MakePlan(const Request& request, unsigned threads) {
  Plan plan;
  plan.question_of_module.assign(request.modules.size(), Plan::kNoQuestion);
  std::vector<std::vector<Asked>> asked;
  std::uint32_t number = 0;
  for (const Job& job : request.jobs) {
    for (const RequestFrame& frame : job.frames) {
      const std::uint32_t frame_number = number++;
      if (frame.module == RequestFrame::kNoModule || frame.is_before_module) continue;
      std::uint32_t& question = plan.question_of_module[frame.module];
      if (question == Plan::kNoQuestion) {
        question = static_cast<std::uint32_t>(plan.questions.size());
        plan.questions.push_back({.module = frame.module, .offsets = {}});
        asked.emplace_back();
      }
      asked[question].push_back({frame.offset, frame_number});
    }
  }
  plan.places.assign(number, 0);
  const auto sort_one = [&](std::size_t i) {
    std::ranges::sort(asked[i], {}, &Asked::offset);
    std::vector<model::ModuleOffset>& offsets = plan.questions[i].offsets;
    offsets.reserve(asked[i].size());
    for (const Asked& one : asked[i]) {
      if (offsets.empty() || offsets.back() != one.offset) offsets.push_back(one.offset);
      plan.places[one.frame] = static_cast<std::uint32_t>(offsets.size() - 1);
    }
  };
  base::RunParallel(asked.size(), threads, [&] { return sort_one; });
  return plan;
}

}  // namespace cairn::symbolication
