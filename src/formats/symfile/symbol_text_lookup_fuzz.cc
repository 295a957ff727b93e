#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_text_lookup.h"
#include "testing/same_answers.h"

namespace {

using namespace cairn;

// More addresses of one input cost more than they find.
constexpr std::size_t kMaxAddresses = 96;

// Lines with holes: "@" takes an address, "#" a small number.
constexpr std::array<std::string_view, 32> kTemplates = {
    "FUNC @ # 0 f#\n",
    "FUNC @ # 4 f#\n",
    "FUNC m @ # 0 f#\n",
    "FUNC @ 0 0 empty\n",
    "FUNC @ zz 0 bad\n",
    "FUNC ffffffffffffff# # 0 last\n",
    "FUNC @ ffffffff# 0 long\n",
    "FUNC @ #0 0 f#\r\r\n",
    "@ # 1 #\n",
    "@ # 2 #\n",
    "@ # -1 #\n",
    "@ ffffffff# 3 #\n",
    "INLINE 0 1 # # @ #\n",
    "INLINE 1 2 # # @ # @ #\n",
    "INLINE # 3 # @ #\n",
    "INLINE # 4 -1 # @ # @ #\n",
    "FILE # file#\n",
    "FILE #\r\n",
    "INLINE_ORIGIN # origin#\n",
    "INLINE_ORIGIN # -1 old#\n",
    "PUBLIC @ 0 p#\n",
    "PUBLIC @ # p#\n",
    "PUBLIC m ff@ 0 far#\n",
    "STACK CFI INIT @ # .cfa: $rsp # + .ra: .cfa -8 + ^\n",
    "STACK CFI INIT @ # .cfa: $rsp\n",
    "STACK CFI INIT @ # rubbish\n",
    "STACK CFI INIT @\n",
    "STACK CFI @ .cfa: $rsp # +\n",
    "STACK WIN 4 @ # 0 0 # 0 0 0 1 $eip # =\n",
    "STACK WIN 0 @ # 0 0 # 0 0 0 0 1\n",
    "STACK  CFI  INIT @ ffffffff# .cfa: $rsp .ra: .cfa\n",
    "rubbish\n\n",
};

// A symbol file of these lines, whose records overlap more often than those of edited bytes.
std::string FileOf(std::span<const std::uint8_t> data) {
  std::size_t next = 0;
  const auto take = [&] { return next < data.size() ? data[next++] : std::uint8_t{0}; };
  std::string text = "MODULE x ";
  text += std::array{"x86_64 ", "arm ", "x86 ", "vax "}[take() % 4];
  text += "000000000000000000000000000000000 a\n";
  while (next < data.size()) {
    for (const char c : kTemplates[take() % kTemplates.size()]) {
      std::array<char, 8> number{};
      if (c == '@') std::snprintf(number.data(), number.size(), "1%02x", take());
      if (c == '#') std::snprintf(number.data(), number.size(), "%d", take() % 10);
      if (number[0] == 0) {
        text.push_back(c);
      } else {
        text += number.data();
      }
    }
  }
  if (data.size() % 2 == 0) text.pop_back();
  return text;
}

// Lookups in a text answer as its compiled cache does.
void Compare(std::string_view input) {
  const base::Bytes bytes = base::AsBytes(input);
  // Pieces and windows of a few bytes, so that lines begin and end everywhere in them.
  const std::size_t few = input.size() % 7 + 1;
  const auto text =
      symfile::SymbolText::Open(std::make_unique<symfile::TextInMemory>(bytes),
                                {.index = {.threads = 1, .piece_bytes = few}, .window_bytes = few});
  const auto compiled = symfile::CompileSymbolCache(bytes);
  if (text.has_value() != compiled.has_value()) std::abort();
  if (!text) return;
  const auto cache = symfile::SymbolCache::Open(compiled->cache);
  if (!cache) std::abort();
  const std::vector<std::uint64_t> addresses = testing::BoundariesOf(input);
  const std::size_t step = addresses.size() / kMaxAddresses + 1;
  for (std::size_t i = 0; i < addresses.size(); i += step) {
    const std::string_view difference = testing::FindDifference(*text, *cache, {addresses[i]});
    if (difference.empty()) continue;
    std::fprintf(stderr, "%.*s differs at %llx in\n%.*s", static_cast<int>(difference.size()),
                 difference.data(), static_cast<unsigned long long>(addresses[i]),
                 static_cast<int>(input.size()), input.data());
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Compare(base::AsText(std::as_bytes(std::span(data, size))));
  Compare(FileOf(std::span(data, size)));
  return 0;
}
