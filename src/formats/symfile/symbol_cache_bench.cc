// Speed of compiling a symbol file and of lookups in its cache. CAIRN_BENCH_SYM names the file; without it
// one of some 20 MB is made up. Lookups go to addresses spread evenly over the code.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/text_source.h"

namespace {

using namespace cairn;

constexpr std::uint64_t kFirstFunction = 0x1000;

// 20,000 functions of twenty lines and four inlined calls each, with names as long as C++ has them.
std::string MadeUpSymbols() {
  std::string text = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n";
  char line[400];
  const auto put = [&](const char* format, auto... values) {
    std::snprintf(line, sizeof(line), format, values...);
    text += line;
  };
  constexpr unsigned kFiles = 500;
  for (unsigned i = 0; i < kFiles; ++i)
    put("FILE %u /build/source/library/folder%u/file%u.h\n", i, i % 40, i);
  for (unsigned i = 0; i < 5000; ++i) {
    put("INLINE_ORIGIN %u std::vector<library::Element%u, std::allocator<library::Element%u> "
        ">::push_back()\n",
        i, i, i);
  }
  unsigned address = kFirstFunction;
  for (unsigned i = 0; i < 20'000; ++i, address += 0x110) {
    put("FUNC %x 100 0 library::detail::Function%u(library::Element%u const&, unsigned long)\n", address, i,
        i % 997);
    for (unsigned k = 0; k < 4; ++k) {
      put("INLINE %u %u %u %u %x %x\n", k, 10 * k + i % 50, (i + k) % kFiles, (i * 7 + k) % 5000,
          address + 0x10 * k, 0xc0 - 0x20 * k);
    }
    for (unsigned k = 0; k < 20; ++k)
      put("%x c %u %u\n", address + 12 * k, 100 + 3 * k, (i + k / 4) % kFiles);
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

const std::vector<std::byte>& CacheBytes() {
  static const std::vector<std::byte> bytes = symfile::CompileSymbolCache(base::AsBytes(Text()))->cache;
  return bytes;
}

const symfile::SymbolCache& Cache() {
  static const symfile::SymbolCache cache = *symfile::SymbolCache::Open(CacheBytes());
  return cache;
}

// Addresses at which a function is, in no order.
std::vector<model::ModuleOffset> Addresses(std::size_t count) {
  std::mt19937_64 random(1);
  // Functions reach up to the largest power of two with some in the half before it.
  const auto has_code = [&](std::uint64_t begin) {
    for (int i = 0; i < 1000; ++i) {
      if (Cache().FindIds({begin + random() % begin}).symbol != symfile::kNone) return true;
    }
    return false;
  };
  std::uint64_t end = std::uint64_t{1} << 40;
  while (end > 2 * kFirstFunction && !has_code(end / 2)) end /= 2;
  std::vector<model::ModuleOffset> addresses;
  for (std::size_t tries = 0; addresses.size() < count && tries < 1000 * count; ++tries) {
    const model::ModuleOffset address{random() % end};
    if (Cache().FindIds(address).symbol != symfile::kNone) addresses.push_back(address);
  }
  return addresses;
}

const std::vector<model::ModuleOffset>& RandomAddresses() {
  static const std::vector<model::ModuleOffset> addresses = Addresses(100'000);
  return addresses;
}

std::vector<model::ModuleOffset> SortedAddresses() {
  std::vector<model::ModuleOffset> addresses = RandomAddresses();
  std::ranges::sort(addresses);
  return addresses;
}

void CompileText(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(symfile::CompileSymbolCache(base::AsBytes(Text())));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(Text().size()));
  state.counters["cache/text"] =
      static_cast<double>(CacheBytes().size()) / static_cast<double>(Text().size());
}
BENCHMARK(CompileText)->Unit(benchmark::kMillisecond);

void CompileTextByThreads(benchmark::State& state) {
  const symfile::TextInMemory text(base::AsBytes(Text()));
  for (auto _ : state) benchmark::DoNotOptimize(symfile::CompileSymbolCache(text, {.uses_threads = true}));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(Text().size()));
}
BENCHMARK(CompileTextByThreads)->Unit(benchmark::kMillisecond)->UseRealTime();

void OpenCache(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(symfile::SymbolCache::Open(CacheBytes()));
}
BENCHMARK(OpenCache);

template <typename Lookup>
void LookUpOneByOne(benchmark::State& state, const std::vector<model::ModuleOffset>& addresses,
                    Lookup lookup) {
  std::size_t next = 0;
  for (auto _ : state) {
    lookup(addresses[next]);
    if (++next == addresses.size()) next = 0;
  }
  state.SetItemsProcessed(state.iterations());
}

void IdsSingleRandom(benchmark::State& state) {
  LookUpOneByOne(state, RandomAddresses(),
                 [](model::ModuleOffset address) { benchmark::DoNotOptimize(Cache().FindIds(address)); });
}
BENCHMARK(IdsSingleRandom);

void IdsSingleSorted(benchmark::State& state) {
  LookUpOneByOne(state, SortedAddresses(),
                 [](model::ModuleOffset address) { benchmark::DoNotOptimize(Cache().FindIds(address)); });
}
BENCHMARK(IdsSingleSorted);

void IdsSortedBatch(benchmark::State& state) {
  const std::vector<model::ModuleOffset> addresses = SortedAddresses();
  std::vector<symfile::SymbolIds> found(addresses.size());
  for (auto _ : state) {
    Cache().FindIds(addresses, found);
    benchmark::DoNotOptimize(found.data());
    benchmark::ClobberMemory();
  }
  // The time of one lookup is the inverse of this.
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(addresses.size()));
}
BENCHMARK(IdsSortedBatch)->Unit(benchmark::kMicrosecond);

void IdsAndInlineChainRandom(benchmark::State& state) {
  LookUpOneByOne(state, RandomAddresses(), [](model::ModuleOffset address) {
    std::uint32_t call = Cache().FindIds(address).inline_call;
    while (call != symfile::kNone) {
      const symfile::InlineIds ids = Cache().InlineAt(call);
      benchmark::DoNotOptimize(ids);
      call = ids.outer;
    }
  });
}
BENCHMARK(IdsAndInlineChainRandom);

void UnwindRowRandom(benchmark::State& state) {
  LookUpOneByOne(state, RandomAddresses(), [](model::ModuleOffset address) {
    benchmark::DoNotOptimize(Cache().FindUnwindRow(address));
  });
}
BENCHMARK(UnwindRowRandom);

void SymbolizeWithTextsRandom(benchmark::State& state) {
  LookUpOneByOne(state, RandomAddresses(),
                 [](model::ModuleOffset address) { benchmark::DoNotOptimize(Cache().Symbolize(address)); });
}
BENCHMARK(SymbolizeWithTextsRandom);

}  // namespace

BENCHMARK_MAIN();
