#include "apps/modules_on_stacks.h"

#include <algorithm>
#include <optional>

#include "formats/minidump/memory.h"
#include "formats/minidump/reader.h"
#include "formats/minidump/threads.h"

namespace cairn::apps {
namespace {

// Finds modules by address and remembers in which order.
class Hits {
 public:
  explicit Hits(const model::CrashReport& report) : report_(report), seen_(report.modules.size()) {
    for (std::uint32_t i = 0; i < report.modules.size(); ++i) by_base_.push_back(i);
    std::ranges::sort(by_base_, {}, [&](std::uint32_t i) { return report.modules[i].base; });
  }

  void Take(model::ProcessAddress address) {
    const auto next = std::ranges::upper_bound(by_base_, address, {},
                                               [&](std::uint32_t i) { return report_.modules[i].base; });
    if (next == by_base_.begin()) return;
    const std::uint32_t module = *std::prev(next);
    if (seen_[module] || !report_.modules[module].Contains(address)) return;
    seen_[module] = true;
    order_.push_back(module);
  }

  std::vector<std::uint32_t> TakeOrder() { return std::move(order_); }

 private:
  const model::CrashReport& report_;
  std::vector<std::uint32_t> by_base_;
  std::vector<bool> seen_;
  std::vector<std::uint32_t> order_;
};

void LookAt(const minidump::Minidump& dump, base::Bytes stack, bool is_64_bit, Hits& hits) {
  base::ByteReader reader = dump.Reader(stack.first(std::min(stack.size(), kMaxLookedAtBytes)));
  while (reader.ok() && reader.remaining() >= 8) {
    if (is_64_bit) {
      hits.Take({reader.Read<std::uint64_t>()});
    } else {
      hits.Take({reader.Read<std::uint32_t>()});
    }
  }
}

}  // namespace

std::vector<std::uint32_t> ModulesOnStacks(base::Bytes dump, const model::CrashReport& report,
                                           bool crashing_thread_only) {
  model::Diagnostics ignored;  // The analysis has told them.
  const auto minidump = minidump::Minidump::Open(dump, ignored);
  if (!minidump) return {};
  const std::vector<minidump::ThreadRecord> threads = minidump::ReadThreads(*minidump, ignored);
  const minidump::Memory memory = minidump::Memory::Read(*minidump, ignored);
  const bool is_64_bit = model::PointerBytes(report.system.cpu) == 8;

  Hits hits(report);
  if (report.crash.address) hits.Take(*report.crash.address);
  const auto look_at = [&](const minidump::ThreadRecord& thread) {
    std::optional<model::MemoryView> stack = thread.stack;
    if (!stack) stack = memory.Find(thread.stack_start);
    if (stack) LookAt(*minidump, stack->bytes, is_64_bit, hits);
  };
  const std::size_t crashing = report.crash.thread.value_or(0);
  if (crashing < threads.size()) look_at(threads[crashing]);
  for (std::size_t i = 0; i < threads.size() && !crashing_thread_only; ++i) {
    if (i != crashing) look_at(threads[i]);
  }
  return hits.TakeOrder();
}

}  // namespace cairn::apps
