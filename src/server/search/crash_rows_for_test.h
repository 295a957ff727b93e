// Made-up crash rows for the tests of indexes.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/hex.h"
#include "server/search/crash_row.h"

namespace cairn::search {

inline constexpr std::int64_t kTestDayMs = 86'400'000;
inline constexpr std::int64_t kTestNowMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z, a Sunday.

// "00000000-0000-4000-8000-00000000002a" for 42.
inline std::string TestUuid(std::uint64_t number) {
  return base::ToHex((number * 2'654'435'761U) & 0xffff'ffffU, 8) + "-0000-4000-8000-" +
         base::ToHex(number, 12);
}

// Gives the row another input: `change` gets the parts of the one it has.
template <typename Change>
void ChangeInput(CrashRow& row, const Change& change) {
  SignatureInput::Parts parts = row.input->parts();
  change(parts);
  row.input = MakeInput(std::move(parts));
}

inline void SetSignature(CrashRow& row, const std::string& signature, const std::string& proto_signature) {
  ChangeInput(row, [&](SignatureInput::Parts& parts) { parts.signature = {signature, proto_signature, ""}; });
}

template <typename Change>
void ChangeStack(CrashRow& row, const Change& change) {
  std::vector<StackFrame> frames = row.input->parts().stack->frames();
  change(frames);
  ChangeInput(row, [&](SignatureInput::Parts& parts) { parts.stack = MakeStack(std::move(frames)); });
}

inline const Signature& SignatureOfRow(const CrashRow& row) { return row.input->parts().signature; }

inline CrashRow TestRow(std::uint64_t number) {
  CrashRow row;
  row.uuid = TestUuid(number);
  row.date_ms = kTestNowMs - 1000;
  row.product = "Crashy";
  row.version = "1.0";
  row.input = MakeInput(
      {.stack = MakeStack(
           {{.module = "crashy",
             .debug_id = "AB0",
             .module_offset = 0x10,
             .names = {{"crash_here", "a.cc", 3}}},
            {.module = "crashy", .debug_id = "AB0", .module_offset = 0x20, .names = {{"main", "a.cc", 9}}}}),
       .platform = "Linux",
       .reason = "SIGSEGV / SEGV_MAPERR",
       .signature = {"crash_here", "crash_here | main", ""}});
  return row;
}

// `count` rows of both kinds over four weeks, the same ones for the same seed.
inline std::vector<CrashRow> RandomTestRows(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t choices) { return static_cast<std::size_t>(random() % choices); };
  const std::array<std::string, 3> products = {"Crashy", "Editor", ""};
  const std::array<std::string, 4> versions = {"1.0", "1.1", "2.0b1", "2.0"};
  const std::array<std::string, 3> platforms = {"Linux", "Windows NT", "Mac OS X"};
  std::vector<CrashRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    CrashRow row = TestRow(seed * 1'000'000ULL + i);
    row.kind = pick(3) == 0 ? CrashKind::kReport : CrashKind::kPing;
    row.date_ms =
        kTestNowMs - static_cast<std::int64_t>(pick(28 * 24)) * 3'600'000 - static_cast<std::int64_t>(i);
    row.product = products[pick(products.size())];
    row.version = versions[pick(versions.size())];
    const std::string platform = platforms[pick(platforms.size())];
    row.build_id = "202611" + std::to_string(10 + pick(20)) + "000000";
    row.address = pick(2) == 0 ? "0x0000000000000000" : "0x00000000deadbeef";
    // A few signatures are frequent and many are rare.
    const std::size_t function = pick(4) != 0 ? pick(5) : pick(500);
    const std::string signature =
        "Namespace" + std::to_string(function % 7) + "::function_" + std::to_string(function) + "(int)";
    ChangeStack(row, [&](std::vector<StackFrame>& frames) {
      frames[0].module_offset = 0x1000 + function * 16;
      frames[0].names[0].function = signature;
    });
    ChangeInput(row, [&](SignatureInput::Parts& parts) {
      parts.platform = platform;
      parts.signature = {signature, signature + " | main", ""};
    });
    rows.push_back(row);
  }
  return rows;
}

}  // namespace cairn::search
