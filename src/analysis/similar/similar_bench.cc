// How well duplicates are found, as a table; then the speed of a score and of a search for the nearest
// stacks.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string_view>
#include <utility>

#include "analysis/similar/comparable_frames.h"
#include "analysis/similar/labelled_stacks_for_test.h"
#include "analysis/similar/nearest.h"
#include "testing/noisy_stacks.h"

namespace {

using namespace cairn;
using similar::DuplicateFigures;

void PrintRow(const char* noise, const char* by, const DuplicateFigures& figures) {
  std::printf("| %s | %s | %.3f | %.3f | %.3f | %.3f | %.3f |\n", noise, by, figures.grouping.precision,
              figures.grouping.recall, figures.grouping.F1(), figures.area_under_curve, figures.first_right);
}

void PrintReport() {
  struct Row {
    const char* name;
    testing::Noise noise;
  };
  const Row rows[] = {
      {"none", {0, 0, 0, 0, 0, 0}},
      {"inlining", {0.3, 0, 0, 0, 0, 0}},
      {"missing symbols", {0, 0.3, 0, 0, 0, 0}},
      {"recursion", {0, 0, 0.5, 0, 0, 0}},
      {"libc tails", {0, 0, 0, 1, 0, 0}},
      {"all", {}},
  };
  std::puts("| noise | by | B-cubed precision | recall | F1 | AUC | RR@1 |\n|---|---|---|---|---|---|---|");
  for (const Row& row : rows) {
    const auto stacks = similar::LabelledStacks(testing::MakeNoisyStacks({.noise = row.noise}));
    const auto report = similar::ReportDuplicates(stacks, signature::SignatureLists::Default());
    PrintRow(row.name, "signature", report.by_signature);
    PrintRow(row.name, "FaST", report.by_fast);
    PrintRow(row.name, "both", report.by_both);
  }
}

// So many stacks, and the dictionary of their frames.
struct Corpus {
  explicit Corpus(std::uint32_t count) {
    for (const auto& stack :
         similar::LabelledStacks(testing::MakeNoisyStacks({.bugs = count / 10, .stacks = count}))) {
      const auto names = similar::ComparableFrames(stack.input, signature::SignatureLists::Default());
      similar::Stack made = frames.Intern(std::vector<std::string_view>(names.begin(), names.end()));
      frames.Count(made);
      stacks.Add(std::move(made));
    }
  }
  similar::FrameDictionary frames;
  similar::NearestStacks stacks{frames};
};

void Score(benchmark::State& state) {
  const Corpus corpus(1000);
  std::uint32_t i = 0;
  for (auto iteration : state) {
    benchmark::DoNotOptimize(similar::ScoreOf(corpus.stacks.StackAt(i % 1000),
                                              corpus.stacks.StackAt((i + 7) % 1000), corpus.frames));
    ++i;
  }
}
BENCHMARK(Score);

void Nearest(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  const Corpus corpus(count);
  std::uint32_t i = 0;
  for (auto iteration : state) {
    benchmark::DoNotOptimize(corpus.stacks.Find(corpus.stacks.StackAt(i++ % count), 10));
  }
}
BENCHMARK(Nearest)->RangeMultiplier(2)->Range(2000, 16000)->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argc, char** argv) {
  PrintReport();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
