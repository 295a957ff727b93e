// Requests that are anything at all, of a module whose symbols are compiled here, and of a cache that is the
// rest of the input.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "analysis/symbolication/answer.h"
#include "analysis/symbolication/cache_names.h"
#include "analysis/symbolication/plan.h"
#include "analysis/symbolication/request.h"
#include "base/json_view.h"
#include "formats/symfile/compile.h"

namespace {

using namespace cairn;

constexpr std::string_view kSymbols =
    "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n"
    "FILE 0 a.c\nINLINE_ORIGIN 0 inner()\nINLINE_ORIGIN 1 innermost()\n"
    "FUNC 0 20 0 main\nINLINE 0 10 0 0 8 10\nINLINE 1 20 0 1 c 8\n0 10 9 0\n10 10 21 0\n";

void Ask(std::string_view json, const symbolication::ModuleNames& names, symbolication::ApiVersion version) {
  auto read = symbolication::ReadRequest(json, version);
  const auto* const request = std::get_if<symbolication::Request>(&read);
  if (request == nullptr) return;
  const symbolication::Plan plan = symbolication::MakePlan(*request, 1);
  std::vector<symbolication::ModuleAnswer> answers(plan.questions.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    answers[i] = {true, std::string(names.code_file()), names.Name(plan.questions[i].offsets)};
  }
  const auto answer = version == symbolication::ApiVersion::kV4
                          ? symbolication::WriteAnswerV4(*request, plan, answers, 1)
                          : symbolication::WriteAnswer(*request, plan, answers, "{}", 1);
  if (!answer) return;
  const std::string text = std::accumulate(answer->begin(), answer->end(), std::string());
  if (!base::JsonView::Read(text)) __builtin_trap();  // It is always JSON.
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto compiled = symfile::CompileSymbolCache(base::AsBytes(kSymbols));
  static const symbolication::CacheNames sound(*symfile::SymbolCache::Open(compiled->cache));
  const base::Bytes bytes = std::as_bytes(std::span(data, size));
  const std::string_view text = base::AsText(bytes);
  const std::string_view json = text.substr(0, text.find('\0'));
  Ask(json, sound, symbolication::ApiVersion::kV5);
  Ask(json, sound, symbolication::ApiVersion::kV4);
  if (json.size() == text.size()) return 0;
  // What is behind the first zero is laid over the cache, so that its tables lie.
  std::vector<std::byte> damaged = compiled->cache;
  const base::Bytes over = bytes.subspan(json.size() + 1);
  const std::size_t tables = symfile::kHeaderBytes + symfile::kSectionCount * symfile::kSectionEntryBytes;
  for (std::size_t i = 0; i < over.size() && tables + i < damaged.size(); ++i) damaged[tables + i] ^= over[i];
  if (auto cache = symfile::SymbolCache::Open(damaged)) {
    const symbolication::CacheNames names(*std::move(cache));
    Ask(json, names, symbolication::ApiVersion::kV5);
  }
  return 0;
}
