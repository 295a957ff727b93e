#include "handler/snapshot_taker.h"

#include <cpuid.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "handler/annotation_list.h"
#include "handler/module_list.h"
#include "handler/process_maps.h"
#include "handler/thread_context.h"
#include "os/file.h"
#include "wire/annotation_registry.h"

namespace cairn::handler {
namespace {

constexpr std::uint64_t kRedZoneBytes =
    128;  // Below the stack pointer and in use: System V psABI for x86-64, 3.2.2.

// After an overflow the stack pointer is below the stack, at most by one frame. Larger frames than this are
// not seen.
constexpr std::uint64_t kMaxOverflowBytes = 1024 * 1024;

constexpr std::size_t kMaxStatBytes = 1024 * 1024;

// Fields of /proc/PID/stat that count, numbered as in proc(5).
struct StatFields {
  std::uint64_t start_time_ticks = 0;       // 22, since boot.
  std::uint64_t initial_stack_pointer = 0;  // 28; 0 if this process may not know it.
};

std::uint64_t ParseNumber(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

StatFields ParseStat(std::string_view stat) {
  StatFields fields;
  // Field 2, the name, is in parentheses and may hold anything.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return fields;
  stat.remove_prefix(std::min(stat.size(), name_end + 2));
  for (int number = 3; !stat.empty() && number <= 28; ++number) {
    const std::size_t end = stat.find(' ');
    const std::string_view field = stat.substr(0, end);
    if (number == 22) fields.start_time_ticks = ParseNumber(field);
    if (number == 28) fields.initial_stack_pointer = ParseNumber(field);
    if (end == std::string_view::npos) break;
    stat.remove_prefix(end + 1);
  }
  return fields;
}

// Unix time in seconds of `ticks` since boot, or 0.
std::uint32_t TimeOfTicks(std::uint64_t ticks) {
  const auto stat = os::ReadFile("/proc/stat", kMaxStatBytes);
  const std::size_t at = stat ? stat->find("btime ") : std::string::npos;
  if (ticks == 0 || at == std::string::npos) return 0;
  const std::uint64_t boot = ParseNumber(std::string_view(*stat).substr(at + 6, 20));
  return static_cast<std::uint32_t>(boot + ticks / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)));
}

SystemSnapshot ReadSystem() {
  SystemSnapshot system;
  utsname names{};
  uname(&names);
  std::string_view release = names.release;
  for (std::uint32_t& part : system.version) {
    const auto parsed = std::from_chars(release.data(), release.data() + release.size(), part);
    release.remove_prefix(static_cast<std::size_t>(parsed.ptr - release.data()));
    if (!release.starts_with('.')) break;
    release.remove_prefix(1);
  }
  system.version_rest = std::string(release) + " " + names.version + " " + names.machine;
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid(0, &eax, &ebx, &ecx, &edx) != 0) {
    const std::array<unsigned, 3> vendor{ebx, edx, ecx};
    std::memcpy(system.cpu_vendor.data(), vendor.data(), system.cpu_vendor.size());
  }
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0) {
    system.cpu_signature = eax;
    system.cpu_features = edx;
  }
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  system.cpu_count = static_cast<std::uint8_t>(std::clamp(count, 1L, 255L));
  return system;
}

std::uint64_t RegisterOf(const ContextBytes& context, std::uint32_t offset) {
  std::uint64_t value = 0;
  std::memcpy(&value, context.data() + offset, sizeof(value));
  return value;
}

std::uint64_t StackPointerOf(const ContextBytes& context) {
  return RegisterOf(context, wire::kContextAmd64RaxOffset + 4 * 8);  // rax rcx rdx rbx rsp
}

class Taker {
 public:
  Taker(const CrashedProcess& process, SnapshotInput input) : process_(process), input_(std::move(input)) {}

  ProcessSnapshot Take() {
    const wire::CrashRequest& request = input_.request;
    if (auto maps = process_.ReadFile(wire::ProcessFile::kMaps)) snapshot_.maps = *std::move(maps);
    mappings_ = ParseMaps(snapshot_.maps);
    const auto stat = process_.ReadFile(wire::ProcessFile::kStat);
    const StatFields fields = ParseStat(stat ? *stat : "");
    for (const std::uint64_t candidate : {fields.initial_stack_pointer, request.initial_stack_pointer}) {
      if (candidate != 0) private_start_ = std::min(private_start_, candidate);
    }
    snapshot_.process_id = static_cast<std::uint32_t>(request.process_id);
    snapshot_.start_time_s = TimeOfTicks(fields.start_time_ticks);
    if (snapshot_.start_time_s == 0)
      snapshot_.start_time_s = static_cast<std::uint32_t>(input_.start_time_ms / 1000);
    snapshot_.crash_time_s = static_cast<std::uint32_t>(input_.crash_time_ms / 1000);
    snapshot_.system = ReadSystem();
    snapshot_.exception = {
        .thread_id = static_cast<std::uint32_t>(request.thread_id),
        .signal_number = static_cast<std::uint32_t>(request.signal_number),
        .signal_code = static_cast<std::uint32_t>(request.signal_code),
        .address = {request.fault_address},
        .context = ContextOfRequest(request),
    };
    TakeThreads();
    snapshot_.modules = ReadModules(process_, mappings_, input_.main_path);
    TakeCode();
    snapshot_.report_id = input_.report_id;
    TakeAnnotations();
    return std::move(snapshot_);
  }

 private:
  void TakeThreads();
  ThreadSnapshot TakeThread(std::uint32_t id, const ContextBytes& context, std::uint64_t max_stack_bytes);
  MemoryBlock TakeStack(std::uint64_t stack_pointer, std::uint64_t max_bytes) const;
  void TakeCode();
  void TakeAnnotations();

  const Mapping* FindMapping(model::ProcessAddress address) const {
    const auto found = std::ranges::find_if(mappings_, [&](const Mapping& m) { return m.Contains(address); });
    return found == mappings_.end() ? nullptr : &*found;
  }
  // The end of what may be copied of a mapping: in the main thread's stack, where arguments and environment
  // begin.
  std::uint64_t PublicEnd(const Mapping& mapping) const {
    return mapping.Contains({private_start_}) ? private_start_ : mapping.end.value;
  }

  const CrashedProcess& process_;
  SnapshotInput input_;
  ProcessSnapshot snapshot_;
  std::vector<Mapping> mappings_;
  std::uint64_t private_start_ = ~std::uint64_t{0};
  std::uint64_t stack_bytes_ = 0;
};

void Taker::TakeThreads() {
  // The crashing thread comes first, so that the limit on all stacks never hits it.
  const std::uint32_t crashing = snapshot_.exception.thread_id;
  snapshot_.threads.push_back(TakeThread(crashing, snapshot_.exception.context, kMaxCrashingStackBytes));
  for (const StoppedThread& thread : input_.threads) {
    if (thread.id == crashing) continue;
    const std::uint64_t limit = stack_bytes_ < kMaxAllStacksBytes ? kMaxStackBytes : kShortStackBytes;
    snapshot_.threads.push_back(TakeThread(thread.id, thread.context, limit));
  }
  std::ranges::sort(snapshot_.threads, {}, &ThreadSnapshot::id);
}

ThreadSnapshot Taker::TakeThread(std::uint32_t id, const ContextBytes& context,
                                 std::uint64_t max_stack_bytes) {
  ThreadSnapshot thread{
      .id = id,
      .name = process_.ThreadName(id),
      .context = context,
      .stack = TakeStack(StackPointerOf(context), max_stack_bytes),
  };
  stack_bytes_ += thread.stack.bytes.size();
  return thread;
}

MemoryBlock Taker::TakeStack(std::uint64_t stack_pointer, std::uint64_t max_bytes) const {
  const std::uint64_t wanted = stack_pointer - std::min(stack_pointer, kRedZoneBytes);
  // The first mapping that can be read and ends above the stack pointer: the stack, or what an overflow left
  // behind.
  const auto mapping = std::ranges::find_if(
      mappings_, [&](const Mapping& m) { return m.readable && m.end.value > stack_pointer; });
  if (mapping == mappings_.end()) return {};
  const std::uint64_t start = std::max(mapping->start.value, wanted);
  if (start - wanted > kMaxOverflowBytes) return {};
  const std::uint64_t end =
      std::min(PublicEnd(*mapping), start + std::min(max_bytes, mapping->end.value - start));
  if (start >= end) return {};
  return {{start}, process_.ReadBlock({start}, static_cast<std::size_t>(end - start))};
}

void Taker::TakeCode() {
  const std::uint64_t instruction = RegisterOf(snapshot_.exception.context, wire::kContextAmd64RipOffset);
  const Mapping* const mapping = FindMapping({instruction});
  if (mapping == nullptr || !mapping->readable) return;
  const std::uint64_t start =
      std::max(mapping->start.value, instruction - std::min(instruction, kCodeBytes / 2));
  const std::uint64_t end = std::min(PublicEnd(*mapping), start + kCodeBytes);
  if (start >= end) return;
  MemoryBlock block{{start}, process_.ReadBlock({start}, static_cast<std::size_t>(end - start))};
  if (!block.bytes.empty()) snapshot_.memory.push_back(std::move(block));
}

void Taker::TakeAnnotations() {
  snapshot_.annotations = std::move(input_.annotations);
  for (auto& annotation : ReadAnnotations(process_, {input_.request.annotations_address})) {
    const bool taken = std::ranges::any_of(
        snapshot_.annotations, [&](const auto& earlier) { return earlier.first == annotation.first; });
    // What must never leave the machine is not even written: a dump is sent as it is.
    const wire::AnnotationRow* const row = wire::FindAnnotation(annotation.first);
    const bool stays = row != nullptr && row->scope == wire::AnnotationScope::kClient;
    if (!taken && !stays) snapshot_.annotations.push_back(std::move(annotation));
  }
}

}  // namespace

ProcessSnapshot TakeSnapshot(const CrashedProcess& process, SnapshotInput input) {
  return Taker(process, std::move(input)).Take();
}

}  // namespace cairn::handler
