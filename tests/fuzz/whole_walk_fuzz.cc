// The whole way of `cairn stackwalk` over untrusted bytes: a dump and a symbol file, walked once with the
// symbols compiled and once straight from their text, printed in every form. Both walks must say the same.
//
// Input: u32 bytes of the dump, the dump, the symbol file. Mutations know the form of a minidump.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "analysis/pipeline/analyze.h"
#include "analysis/report/json.h"
#include "analysis/report/machine.h"
#include "analysis/report/text.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_text_lookup.h"
#include "testing/dump_fuzzing.h"

namespace {

using namespace cairn;  // NOLINT: the harness is one program.

constexpr std::size_t kPrefixBytes = 4;

std::size_t DumpBytes(const std::uint8_t* data, std::size_t size) {
  std::uint32_t claimed = 0;
  std::memcpy(&claimed, data, kPrefixBytes);
  return std::min<std::size_t>(claimed, size - kPrefixBytes);
}

std::string Walk(base::Bytes dump, const model::ModuleSymbols* symbols) {
  base::Result<pipeline::Analysis> analysis = pipeline::Analysis::Create(dump, {});
  if (!analysis) return {};
  while (const std::optional<pipeline::NeedSymbols> need = analysis->Next()) {
    analysis->Provide(need->module, symbols);
  }
  const model::CrashReport report = analysis->Finish();
  report::RenderText(report);
  report::RenderMachine(report);
  return report::RenderJson(report, {.private_texts = true});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kPrefixBytes) return 0;
  const base::Bytes bytes = std::as_bytes(std::span(data, size)).subspan(kPrefixBytes);
  const base::Bytes dump = bytes.first(DumpBytes(data, size));
  const base::Bytes text = bytes.subspan(dump.size());
  Walk(dump, nullptr);
  const base::Result<symfile::CompiledSymbols> compiled = symfile::CompileSymbolCache(text);
  if (!compiled) return 0;
  const base::Result<symfile::SymbolCache> cache = symfile::SymbolCache::Open(compiled->cache);
  if (!cache) std::abort();  // What the compiler writes, the reader takes.
  const base::Result<symfile::SymbolText> in_text = symfile::SymbolText::Open(text);
  if (!in_text || Walk(dump, &*cache) != Walk(dump, &*in_text)) std::abort();
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  const bool has_engine = LLVMFuzzerMutate != nullptr;
  if (size < kPrefixBytes) return has_engine ? LLVMFuzzerMutate(data, size, max_size) : size;
  std::uint8_t* const dump = data + kPrefixBytes;
  const std::size_t dump_bytes = DumpBytes(data, size);
  if (has_engine && seed % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  if (has_engine && seed % 4 == 1) {
    const std::size_t front = kPrefixBytes + dump_bytes;
    return front + LLVMFuzzerMutate(data + front, size - front, max_size - front);
  }
  // What is cut off the dump must not become symbols, and what it grows by must not come of them.
  const std::size_t new_bytes =
      testing::MutateDumpInFront(dump, size - kPrefixBytes, dump_bytes, max_size - kPrefixBytes, seed);
  const auto claimed = static_cast<std::uint32_t>(new_bytes);
  std::memcpy(data, &claimed, kPrefixBytes);
  return size - dump_bytes + new_bytes;
}
