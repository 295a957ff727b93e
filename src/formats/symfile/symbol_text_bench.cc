// Speed of lookups straight in a symbol file's text. CAIRN_BENCH_SYM names the file; without it one of some
// 20 MB is made up. The text lies in memory, so nothing here waits for a disk or the system.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "formats/symfile/symbol_text_lookup.h"
#include "formats/symfile/text_source.h"

namespace {

using namespace cairn;

// 20,000 functions of twenty lines each.
std::string MadeUpSymbols() {
  std::string text = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\nFILE 0 /source/file.cc\n";
  char line[200];
  const auto put = [&](const char* format, auto... values) {
    std::snprintf(line, sizeof(line), format, values...);
    text += line;
  };
  unsigned address = 0x1000;
  for (unsigned i = 0; i < 20'000; ++i, address += 0x110) {
    put("FUNC %x 100 0 library::detail::Function%u(library::Element const&, unsigned long)\n", address, i);
    for (unsigned k = 0; k < 20; ++k) put("%x c %u 0\n", address + 12 * k, 100 + 3 * k);
    put("STACK CFI INIT %x 100 .cfa: $rsp 8 + .ra: .cfa 8 - ^\n", address);
    put("STACK CFI %x .cfa: $rsp 16 + $rbx: .cfa 16 - ^\n", address + 1);
  }
  return text;
}

const std::string& Text() {
  static const std::string text = [] {
    const char* const path = std::getenv("CAIRN_BENCH_SYM");
    if (path == nullptr) return MadeUpSymbols();
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return text;
}

const symfile::SymbolText& Symbols() {
  static const symfile::SymbolText symbols = *symfile::SymbolText::Open(base::AsBytes(Text()));
  return symbols;
}

// Starts of functions in no order, so many that their answers are not kept until they come again.
std::vector<model::ModuleOffset> Addresses() {
  std::vector<model::ModuleOffset> addresses;
  constexpr std::string_view kStart = "\nFUNC ";
  for (std::size_t place = Text().find(kStart); place != std::string::npos;
       place = Text().find(kStart, place + 1)) {
    std::size_t begin = place + kStart.size();
    if (Text().compare(begin, 2, "m ") == 0) begin += 2;
    addresses.push_back({std::strtoull(Text().c_str() + begin, nullptr, 16)});
  }
  std::shuffle(addresses.begin(), addresses.end(), std::mt19937_64(1));
  return addresses;
}

void Index(benchmark::State& state) {
  const symfile::SymbolTextOptions options{.index = {.threads = static_cast<std::size_t>(state.range(0))}};
  const base::Bytes text = base::AsBytes(Text());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        symfile::SymbolText::Open(std::make_unique<symfile::TextInMemory>(text), options));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(Text().size()));
}
BENCHMARK(Index)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

template <typename Lookup>
void LookUp(benchmark::State& state, Lookup lookup) {
  const symfile::SymbolText& symbols = Symbols();
  const std::vector<model::ModuleOffset> addresses = Addresses();
  std::size_t next = 0;
  for (auto _ : state) {
    lookup(symbols, addresses[next]);
    if (++next == addresses.size()) next = 0;
  }
  state.SetItemsProcessed(state.iterations());
}

void SymbolizeRandom(benchmark::State& state) {
  LookUp(state, [](const auto& symbols, model::ModuleOffset address) {
    benchmark::DoNotOptimize(symbols.Symbolize(address));
  });
}
BENCHMARK(SymbolizeRandom)->Unit(benchmark::kMicrosecond);

void UnwindRowRandom(benchmark::State& state) {
  LookUp(state, [](const auto& symbols, model::ModuleOffset address) {
    benchmark::DoNotOptimize(symbols.FindUnwindRow(address));
  });
}
BENCHMARK(UnwindRowRandom)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
