#include "testing/noisy_stacks.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace cairn::testing {
namespace {

constexpr std::uint32_t kModules = 8;
constexpr std::uint32_t kFunctions = 3000;
constexpr std::uint32_t kBuilds = 4;  // Of the program; each inlines other calls, and has other offsets.

// SplitMix64: the standard library's distributions differ between implementations.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint32_t Below(std::uint32_t count) { return static_cast<std::uint32_t>(Next() % count); }
  bool Chance(double probability) { return static_cast<double>(Next() >> 11) * 0x1p-53 < probability; }

 private:
  std::uint64_t state_;
};

// A number made of numbers: what is chosen once and for all of a function, a build or a bug.
std::uint64_t Mixed(std::uint64_t a, std::uint64_t b) { return Random(a * 0x100000001b3 ^ b).Next(); }

using Tail = std::vector<std::string_view>;
const std::array<std::vector<Tail>, 5>& Tails() {
  // What one fault looks like on several systems and processors.
  static const std::array<std::vector<Tail>, 5> tails = {{
      {{"__memmove_avx_unaligned_erms"}, {"__memmove_evex_unaligned_erms"}, {"__memcpy_ssse3"}},
      {{"raise", "abort"}, {"__pthread_kill_implementation", "raise", "abort"}, {"gsignal", "abort"}},
      {{"malloc_printerr", "_int_free", "free"},
       {"_int_malloc", "malloc"},
       {"unlink_chunk", "_int_free", "cfree"}},
      {{"raise", "abort", "__assert_fail_base", "__assert_fail"}, {"abort", "__assert_fail"}},
      {{"raise", "abort", "__cxxabiv1::__terminate(void (*)())", "std::terminate()", "__cxa_throw"},
       {"abort", "std::terminate()", "__cxa_throw", "std::__throw_out_of_range(char const*)"}},
  }};
  return tails;
}

struct Bug {
  std::vector<std::uint32_t> way;        // Functions, the one at fault first, main last.
  std::vector<std::uint32_t> other_way;  // Another way to the innermost ones.
  std::uint32_t recursive = 0;           // Place in the way of the function that calls itself; 0: none does.
  std::uint32_t tail = 0;                // Of Tails(); their number: none.
};

class Program {
 public:
  Program(const NoisyStacks& settings)
      : settings_(settings), random_(settings.seed) {  // NOLINT: made here only.
    for (std::uint32_t i = 0; i < settings.bugs; ++i) bugs_.push_back(MakeBug());
  }

  NoisyStack MakeStack() {
    // The square of a chance: the first bugs are hit often.
    const double place = static_cast<double>(random_.Below(1'000'000)) / 1e6;
    const auto number = static_cast<std::uint32_t>(place * place * place * settings_.bugs);
    const Bug& bug = bugs_[number];
    NoisyStack stack{.bug = number};
    const std::uint32_t build = random_.Below(kBuilds);
    if (bug.tail < Tails().size()) {
      const std::vector<Tail>& forms = Tails()[bug.tail];
      for (const std::string_view function : forms[random_.Below(static_cast<std::uint32_t>(forms.size()))]) {
        stack.frames.push_back({.module = "libc.so.6", .debug_id = "C0", .function = std::string(function)});
      }
    }
    const bool is_other = random_.Chance(settings_.noise.other_way);
    AddWay(bug, is_other ? bug.other_way : bug.way, build, stack);
    DropSymbols(stack);
    if (random_.Chance(settings_.noise.cut) && stack.frames.size() > 6) {
      stack.frames.resize(4 + random_.Below(static_cast<std::uint32_t>(stack.frames.size() - 4)));
    }
    return stack;
  }

 private:
  // Functions call few others: the next one is one of six of its caller.
  std::uint32_t CalleeOf(std::uint32_t caller, std::uint32_t choice) const {
    return static_cast<std::uint32_t>(Mixed(caller + settings_.seed, choice % 6) % kFunctions);
  }

  std::vector<std::uint32_t> WayFrom(std::uint32_t start, std::uint32_t length) {
    std::vector<std::uint32_t> way = {start};
    while (way.size() < length) way.push_back(CalleeOf(way.back(), random_.Below(6)));
    return way;
  }

  Bug MakeBug() {
    Bug bug;
    const std::uint32_t depth = 6 + random_.Below(14);
    bug.way = WayFrom(0, depth);
    std::ranges::reverse(bug.way);
    // The other way shares what is innermost, and main.
    const std::uint32_t shared = 2 + random_.Below(4);
    bug.other_way.assign(bug.way.begin(), bug.way.begin() + std::min<std::uint32_t>(shared, depth - 1));
    std::vector<std::uint32_t> rest = WayFrom(0, 3 + random_.Below(6));
    bug.other_way.insert(bug.other_way.end(), rest.rbegin(), rest.rend());
    if (random_.Chance(settings_.noise.recursion)) bug.recursive = 1 + random_.Below(2);
    bug.tail = random_.Chance(settings_.noise.tail)
                   ? random_.Below(static_cast<std::uint32_t>(Tails().size()))
                   : static_cast<std::uint32_t>(Tails().size());
    return bug;
  }

  static std::uint32_t ModuleOf(std::uint32_t function) { return function % kModules; }

  std::string NameOf(std::uint32_t function) {
    std::string name = "app" + std::to_string(ModuleOf(function)) + "::Part" + std::to_string(function / 40);
    // Instantiations of one function: no difference that a signature sees.
    if (function % 5 == 0) name += random_.Chance(0.5) ? "<int>" : "<std::vector<char>, long>";
    return name + "::Do" + std::to_string(function) +
           (random_.Chance(0.5) ? "(int, char const*) const" : "()");
  }

  NoisyFrame FrameOf(std::uint32_t function, std::uint32_t build) {
    const std::uint32_t module = ModuleOf(function);
    // A function of 600 bytes somewhere; a bug's instruction is the same in one build.
    const std::uint64_t start = Mixed(function, build) % 0x400000;
    return {.module = module == 0 ? "app" : "libpart" + std::to_string(module) + ".so",
            .debug_id = "B" + std::to_string(build * kModules + module),
            .module_offset = start + Mixed(function, 77) % 600,
            .function = function == 0 ? "main" : NameOf(function)};
  }

  void AddWay(const Bug& bug, const std::vector<std::uint32_t>& way, std::uint32_t build, NoisyStack& stack) {
    std::vector<std::string> inlines;  // Of the next frame.
    for (std::uint32_t place = 0; place < way.size(); ++place) {
      const std::uint32_t function = way[place];
      const bool is_recursive = bug.recursive != 0 && place == bug.recursive;
      const std::uint32_t times = is_recursive ? 1 + random_.Below(20) : 1;
      // Whether a call is inlined, the build decides: half of such builds know it in their symbols.
      const std::uint64_t choice =
          Mixed(function + 1000 * build, place + 1 < way.size() ? way[place + 1] : 0);
      const bool is_inlined = place + 1 < way.size() && times == 1 &&
                              static_cast<double>(choice % 1000) < 1000 * settings_.noise.inlining;
      if (is_inlined) {
        if (choice / 1000 % 2 == 0) inlines.push_back(NameOf(function));
        continue;
      }
      for (std::uint32_t i = 0; i < times; ++i) {
        NoisyFrame frame = FrameOf(function, build);
        frame.inlines.swap(inlines);
        stack.frames.push_back(std::move(frame));
      }
    }
  }

  void DropSymbols(NoisyStack& stack) {
    std::array<bool, kModules> is_missing{};
    for (bool& missing : is_missing) missing = random_.Chance(settings_.noise.missing_symbols);
    const bool is_libc_missing = random_.Chance(settings_.noise.missing_symbols);
    for (NoisyFrame& frame : stack.frames) {
      const bool is_libc = frame.module == "libc.so.6";
      const std::size_t module =
          frame.module == "app" || is_libc ? 0 : static_cast<std::size_t>(frame.module[7] - '0');
      if (is_libc ? !is_libc_missing : !is_missing[module]) continue;
      frame.function.clear();
      frame.inlines.clear();
    }
  }

  const NoisyStacks& settings_;
  Random random_;
  std::vector<Bug> bugs_;
};

}  // namespace

std::vector<NoisyStack> MakeNoisyStacks(const NoisyStacks& settings) {
  Program program(settings);
  std::vector<NoisyStack> stacks;
  for (std::uint32_t i = 0; i < settings.stacks; ++i) stacks.push_back(program.MakeStack());
  return stacks;
}

}  // namespace cairn::testing
