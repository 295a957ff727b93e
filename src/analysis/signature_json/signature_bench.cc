// Speed of signatures. CAIRN_BENCH_STACKS names a file of crash data, one object a line, and
// CAIRN_BENCH_LISTS a folder of lists (bench/signatures gives both, and asks the reference generator for the
// same); without them stacks are made up, and the lists are Cairn's own.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "analysis/signature/signature.h"
#include "analysis/signature_json/crash_data.h"

namespace {

using namespace cairn;

std::vector<std::string> Lines(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    std::fprintf(stderr, "signature_bench: %s cannot be read\n", path.c_str());
    std::exit(2);
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// Stacks of twenty frames of which few are in a list.
std::vector<signature::SignatureInput> MadeUpStacks() {
  std::mt19937 random(1);
  std::vector<signature::SignatureInput> stacks(2000);
  for (signature::SignatureInput& stack : stacks) {
    stack.threads.emplace_back();
    for (int i = 0; i < 20; ++i) {
      const std::string number = std::to_string(random() % 5000);
      stack.threads[0].frames.push_back(
          {.module = "libshop.so",
           .function = random() % 4 == 0 ? "memcpy"
                                         : "void shop::Till<std::vector<int>, " + number + ">::Add" + number +
                                               "(shop::Price const&, int) const"});
    }
  }
  return stacks;
}

const std::vector<signature::SignatureInput>& Stacks() {
  static const std::vector<signature::SignatureInput> stacks = [] {
    const char* const path = std::getenv("CAIRN_BENCH_STACKS");
    if (path == nullptr) return MadeUpStacks();
    std::vector<signature::SignatureInput> read;
    signature_json::CrashDataReader reader;
    for (const std::string& line : Lines(path)) read.push_back(*reader.Read(line));
    return read;
  }();
  return stacks;
}

signature::SignatureLists ListsOf(const std::string& folder) {
  return *signature::SignatureLists::Create(
      {.sentinels = Lines(folder + "/signature_sentinels.txt"),
       .irrelevant = Lines(folder + "/irrelevant_signature_re.txt"),
       .prefix = Lines(folder + "/prefix_signature_re.txt"),
       .line_numbers = Lines(folder + "/signatures_with_line_numbers_re.txt")});
}

const signature::SignatureLists& Lists() {
  const char* const folder = std::getenv("CAIRN_BENCH_LISTS");
  if (folder == nullptr) return signature::SignatureLists::Default();
  static const signature::SignatureLists lists = ListsOf(folder);
  return lists;
}

// All stacks, again and again: each thread takes its share.
void Sign(benchmark::State& state) {
  const std::vector<signature::SignatureInput>& stacks = Stacks();
  signature::Signer signer(Lists());
  const auto threads = static_cast<std::size_t>(state.threads());
  std::size_t next = static_cast<std::size_t>(state.thread_index());
  for (auto iteration : state) {
    benchmark::DoNotOptimize(signer.Sign(stacks[next]));
    next += threads;
    if (next >= stacks.size()) next = static_cast<std::size_t>(state.thread_index());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Sign)->UseRealTime()->ThreadRange(1, 2);

// A signer that has met nothing yet.
void SignOnce(benchmark::State& state) {
  const std::vector<signature::SignatureInput>& stacks = Stacks();
  std::size_t next = 0;
  for (auto iteration : state) {
    benchmark::DoNotOptimize(signature::MakeSignature(stacks[next++ % stacks.size()], Lists()));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(SignOnce)->UseRealTime();

void Explain(benchmark::State& state) {
  const std::vector<signature::SignatureInput>& stacks = Stacks();
  signature::Signer signer(Lists());
  std::size_t next = 0;
  for (auto iteration : state) benchmark::DoNotOptimize(signer.Explain(stacks[next++ % stacks.size()]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Explain)->UseRealTime();

// Forty frames of hostile names, as long as they are read: no input may take a millisecond.
signature::SignatureInput Hostile(int kind) {
  constexpr const char* kUnits[] = {
      "a", "<", "IPC::ParamTraits<", "(", " ", "::$_1::", ",", "a b<c>(d)", "lead", "O", "as <"};
  std::string name;
  while (name.size() < 8000) name += kUnits[kind];
  signature::SignatureInput input;
  input.threads.emplace_back();
  input.threads[0].frames.resize(40, {.module = "m", .function = name, .file = "/a.cc"});
  return input;
}
void SignHostile(benchmark::State& state) {
  const signature::SignatureInput input = Hostile(static_cast<int>(state.range(0)));
  signature::Signer signer(Lists());
  for (auto iteration : state) benchmark::DoNotOptimize(signer.Sign(input));
}
BENCHMARK(SignHostile)->DenseRange(0, 10)->Unit(benchmark::kMicrosecond);

// As many conditions as are read, or as many digits.
void SignShutdownTimeout(benchmark::State& state) {
  const std::string unit = state.range(0) == 0 ? ",1" : ",0.12345678901234567";
  signature::SignatureInput input;
  input.async_shutdown_timeout = R"({"conditions": [1)";
  while (input.async_shutdown_timeout.size() < 16'000) input.async_shutdown_timeout += unit;
  input.async_shutdown_timeout += "]}";
  signature::Signer signer(Lists());
  for (auto iteration : state) benchmark::DoNotOptimize(signer.Sign(input));
}
BENCHMARK(SignShutdownTimeout)->DenseRange(0, 1)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
