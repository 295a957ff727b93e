#include "apps/replay_dump.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "base/hex.h"
#include "handler/minidump_writer.h"
#include "wire/minidump.h"

namespace cairn::apps {
namespace {

constexpr std::size_t kFramesMin = 24;
constexpr std::size_t kFramesMore = 34;
constexpr std::size_t kModulesOfStack = 3;  // Most frames of a real stack are in few modules.
constexpr std::size_t kOuterFrames = 5;
constexpr std::uint64_t kFirstModule = 0x7f0000000000;
constexpr std::uint64_t kStacks = 0x7ffc00000000;
constexpr std::uint64_t kPage = 0x1000;

constexpr std::size_t kThreads = 24;
constexpr std::size_t kStackBytes = 2'800;
constexpr double kNoiseShare = 0.17;  // Of a stack's words: what does not compress.
constexpr std::uint32_t kFirstThread = 4'711;
constexpr std::uint32_t kSignal = 11;

ReplayFrame FrameIn(const std::vector<ReplayModule>& modules, std::size_t module, std::size_t function,
                    ReplayRandom& random) {
  const std::vector<ReplayFunction>& functions = modules[module].functions;
  const ReplayFunction& chosen = functions[function % functions.size()];
  // Behind its first instruction: where a call could have been.
  return {static_cast<std::uint32_t>(module), chosen.offset + 1 + random.Below(chosen.bytes - 1)};
}

handler::ContextBytes ContextOf(std::uint64_t pc, std::uint64_t sp) {
  handler::ContextBytes context{};
  const auto put = [&context](std::uint32_t offset, auto value) {
    std::memcpy(context.data() + offset, &value, sizeof(value));
  };
  constexpr std::uint32_t kRspNumber = 4;
  put(wire::kContextAmd64FlagsOffset, wire::kContextAmd64Control | wire::kContextAmd64Integer);
  put(wire::kContextAmd64RaxOffset + kRspNumber * std::uint32_t{sizeof(sp)}, sp);
  put(wire::kContextAmd64RipOffset, pc);
  return context;
}

class DumpMaker {
 public:
  DumpMaker(const std::vector<ReplayModule>& modules, ReplayRandom& random)
      : modules_(modules), random_(random), bases_(PlaceModules(modules, random)) {}

  handler::ProcessSnapshot Make(const std::vector<ReplayFrame>& stack) {
    handler::ProcessSnapshot process{.process_id = kFirstThread, .start_time_s = 1'790'000'000};
    process.crash_time_s = process.start_time_s + 600;
    process.system = {.version = {6, 1, 0}, .version_rest = "-18-amd64 #1 SMP", .cpu_signature = 0x50657};
    std::memcpy(process.system.cpu_vendor.data(), "GenuineIntel", process.system.cpu_vendor.size());
    process.system.cpu_count = 8;
    for (std::size_t i = 0; i < kThreads; ++i) {
      process.threads.push_back(MakeThread(i, i == 0 ? stack : MakeUpStack(modules_, random_)));
    }
    process.exception = {.thread_id = kFirstThread,
                         .signal_number = kSignal,
                         .signal_code = 1,
                         .address = model::ProcessAddress{0x10},
                         .context = process.threads[0].context};
    AddModules(process);
    return process;
  }

 private:
  // rsp stands at the innermost frame's lowest word; the return address is each frame's highest.
  handler::ThreadSnapshot MakeThread(std::size_t number, const std::vector<ReplayFrame>& stack) {
    const std::uint64_t start = kStacks + number * 16 * kPage;
    constexpr std::size_t kWordsOfFrame = kMadeUpFrameBytes / sizeof(std::uint64_t);
    std::vector<std::uint64_t> words(kStackBytes / sizeof(std::uint64_t), 0);
    for (std::uint64_t& word : words) {
      if (random_.Chance(kNoiseShare)) word = random_.Next();
    }
    for (std::size_t i = 0; i < stack.size(); ++i) {
      const std::size_t top = (i + 1) * kWordsOfFrame - 1;
      words[top] = i + 1 < stack.size() ? AddressOf(stack[i + 1]) + 1 : 0;
    }
    const std::span<const std::byte> bytes = std::as_bytes(std::span(words));
    return {.id = kFirstThread + static_cast<std::uint32_t>(number),
            .name = number == 0 ? "main" : "pool-" + std::to_string(number),
            .context = ContextOf(AddressOf(stack[0]), start),
            .stack = {model::ProcessAddress{start}, {bytes.begin(), bytes.end()}}};
  }

  std::uint64_t AddressOf(const ReplayFrame& frame) const { return bases_[frame.module] + frame.offset; }

  void AddModules(handler::ProcessSnapshot& process) const {
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      const ReplayModule& module = modules_[i];
      const std::string path = "/opt/fennel/" + module.file;
      process.modules.push_back({model::ProcessAddress{bases_[i]}, static_cast<std::uint32_t>(module.bytes),
                                 path, module.build_id});
      process.maps += base::ToHex(bases_[i]) + "-" + base::ToHex(bases_[i] + module.bytes) +
                      " r-xp 00000000 08:01 " + std::to_string(1000 + i) + " " + path + "\n";
    }
  }

  const std::vector<ReplayModule>& modules_;
  ReplayRandom& random_;
  std::vector<std::uint64_t> bases_;
};

}  // namespace

std::vector<ReplayFrame> MakeUpStack(const std::vector<ReplayModule>& modules, ReplayRandom& random) {
  static const SkewedDraw kInnermost(2'000);
  const std::size_t count = kFramesMin + random.Below(kFramesMore);
  std::vector<ReplayFrame> stack;
  const std::size_t top = kInnermost.Draw(random);
  stack.push_back(FrameIn(modules, top % modules.size(), top / modules.size(), random));
  std::array<std::size_t, kModulesOfStack> chosen;
  std::ranges::generate(chosen, [&] { return random.Below(modules.size()); });
  while (stack.size() + kOuterFrames < count) {
    stack.push_back(FrameIn(modules, chosen[random.Below(chosen.size())], random.Below(SIZE_MAX), random));
  }
  for (std::size_t i = 0; i < kOuterFrames; ++i) {
    const ReplayModule& main = modules[0];
    const ReplayFunction& loop = main.functions[(i + 3) % main.functions.size()];
    stack.push_back({0, loop.offset + 1});
  }
  return stack;
}

std::vector<std::uint64_t> PlaceModules(const std::vector<ReplayModule>& modules, ReplayRandom& random) {
  std::vector<std::uint64_t> bases;
  std::uint64_t place = kFirstModule + random.Below(1 << 20) * kPage;
  for (const ReplayModule& module : modules) {
    bases.push_back(place);
    place += (module.bytes / kPage + 1 + random.Below(64)) * kPage;
  }
  return bases;
}

std::vector<std::byte> MakeUpDump(const std::vector<ReplayModule>& modules,
                                  const std::vector<ReplayFrame>& stack, ReplayRandom& random) {
  return handler::WriteMinidump(DumpMaker(modules, random).Make(stack));
}

}  // namespace cairn::apps
