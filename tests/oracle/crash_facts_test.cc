// The oracle: of every shared dump the crash reason, the address, and what the crashing instruction did, as
// Breakpad's minidump_stackwalk and rust-minidump say it. Where ours differs, kDifferences says why.
//
// The dumps and both tools' answers come from $CAIRN_FIXTURES/minidumps; none of that is part of this
// repository.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/crash/facts.h"
#include "analysis/instruction/decode.h"
#include "base/hex.h"
#include "formats/minidump/context.h"
#include "formats/minidump/exception.h"
#include "formats/minidump/linux_maps.h"
#include "formats/minidump/memory.h"
#include "formats/minidump/system_info.h"
#include "tests/run_command.h"

namespace cairn::tests {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;

struct Difference {
  std::string_view dump;  // Empty: any.
  std::string_view field;
  std::string_view theirs;  // A part of the older tool's answer.
  std::string_view ours;    // A part of ours.
  std::string_view why;
};

constexpr Difference kDifferences[] = {
    {"", "rust address", "0x", "none", "a signal that was sent: those bytes are the sender's pid and uid"},
    {"", "breakpad address", "0x", "none",
     "a signal that was sent: those bytes are the sender's pid and uid"},
    {"minidump_crashpad_annotation.dmp", "rust type", "unknown 0x43506e78", "Uncaught NSException",
     "rust-minidump does not know Crashpad's exception"},
    {"tiny-exe-fastfail.dmp", "breakpad type", "FAST_FAIL_FATAL_APP_EXIT",
     "EXCEPTION_STACK_BUFFER_OVERRUN / FAST_FAIL_FATAL_APP_EXIT", "the words are rust-minidump's"},
    {"invalid-parameter.dmp", "breakpad type", "0xc000000d / 0x00000000", "STATUS_INVALID_PARAMETER",
     "Breakpad names no NTSTATUS that is not an exception of its list"},
    {"", "breakpad type", "0x00000000 / 0x00000000", "unknown 0x00000000 / 0x00000000",
     "the words are rust-minidump's"},
    {"windows-x86_64.dmp", "instruction", "int 3", "int3",
     "the encoding of one byte, as assemblers write it"},
    {"linux_divide_by_zero.dmp", "accesses", "0x00007ffd833006dc 4", "0x00007ffd833006dc 4 read",
     "rust-minidump knows the direction of few instructions, not of IDIV"},
};

// A text or number as text; null and absent as nothing.
std::string Text(const element& object, std::string_view key) {
  element value;
  if (object[key].get(value) != simdjson::SUCCESS || value.is_null()) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::to_string(value);
}

void Replace(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Two disassemblers' spellings made alike: "mov dword ptr [rax], 1" and "mov dword [rax], 0x1".
std::string NormalInstruction(std::string text) {
  Replace(text, " ptr", "");
  Replace(text, "0xffffffff80000042", "0x80000042");
  Replace(text, "-0x3ffffff3", "0xc000000d");
  std::string normal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_number = std::isdigit(text[i]) && (i == 0 || !std::isalnum(text[i - 1]));
    if (!starts_number) {
      normal += text[i];
      continue;
    }
    char* end = nullptr;
    normal += base::ToHex(std::strtoull(text.c_str() + i, &end, 0));
    i = static_cast<std::size_t>(end - text.c_str()) - 1;
  }
  return normal;
}

// The answer in rust-minidump's words, field by field.
struct Answer {
  std::string type;
  std::string address;
  std::string adjusted;
  std::string instruction;
  std::string accesses;  // "none" if they are not known.
  std::string jump;
  std::string flips;
  std::string inconsistencies;
  bool is_stack_overflow = false;
  std::string poison;
};

std::string ShowAccess(const model::MemoryAccess& access) {
  constexpr const char* kKinds[] = {"", " read", " write", " readwrite"};
  return base::ToAddress(access.address.value) + " " + std::to_string(access.size) +
         kKinds[static_cast<int>(access.kind)] + (access.is_likely_guard_page ? " guard" : "") + ";";
}

Answer OursOf(const model::CrashFacts& facts, int digits) {
  Answer answer{.type = facts.reason, .accesses = "none"};
  answer.is_stack_overflow = facts.is_stack_overflow;
  answer.poison = facts.poison;
  answer.address = facts.address ? base::ToAddress(facts.address->value, digits) : "none";
  if (facts.adjusted_address) {
    const bool is_null = facts.adjusted_address->kind == model::AdjustedAddress::Kind::kNullPointer;
    answer.adjusted =
        (is_null ? "null-pointer " : "non-canonical ") + base::ToAddress(facts.adjusted_address->value);
  }
  answer.instruction = NormalInstruction(facts.instruction);
  if (facts.accesses) {
    answer.accesses.clear();
    for (const model::MemoryAccess& access : *facts.accesses) answer.accesses += ShowAccess(access);
  }
  if (facts.jump_target) answer.jump = base::ToAddress(facts.jump_target->address.value);
  for (const model::BitFlip& flip : facts.bit_flips) {
    char text[200];
    std::snprintf(text, sizeof(text), "%s %s %.3f;", base::ToAddress(flip.address.value).c_str(),
                  flip.source_register.c_str(), flip.confidence);
    answer.flips += text;
  }
  for (const model::Inconsistency found : facts.inconsistencies) {
    answer.inconsistencies += std::to_string(static_cast<int>(found)) + ";";
  }
  return answer;
}

Answer TheirsOf(const element& info) {
  Answer answer{.type = Text(info, "type"), .address = Text(info, "address"), .accesses = "none"};
  answer.instruction = NormalInstruction(Text(info, "instruction"));
  element adjusted;
  if (info["adjusted_address"].get(adjusted) == simdjson::SUCCESS && !adjusted.is_null()) {
    answer.adjusted = Text(adjusted, "kind") + " " + Text(adjusted, "offset") + Text(adjusted, "address");
  }
  simdjson::dom::array list;
  if (info["memory_accesses"].get(list) == simdjson::SUCCESS) {
    answer.accesses.clear();
    for (const element access : list) {
      const std::string kind = Text(access, "access_type");
      answer.accesses += Text(access, "address") + " " + Text(access, "size") +
                         (kind.empty() ? "" : " " + kind) +
                         (Text(access, "is_likely_guard_page") == "true" ? " guard;" : ";");
    }
  }
  element update;
  if (info["instruction_pointer_update"].get(update) == simdjson::SUCCESS && !update.is_null()) {
    answer.jump = Text(update, "address");
  }
  if (info["possible_bit_flips"].get(list) == simdjson::SUCCESS) {
    for (const element flip : list) {
      char confidence[40];
      std::snprintf(confidence, sizeof(confidence), "%.3f;",
                    std::strtod(Text(flip, "confidence").c_str(), nullptr));
      answer.flips += Text(flip, "address") + " " + Text(flip, "source_register") + " " + confidence;
    }
  }
  if (info["crash_inconsistencies"].get(list) == simdjson::SUCCESS) {
    for (const element found : list) answer.inconsistencies += simdjson::to_string(found) + ";";
  }
  return answer;
}

class Comparison {
 public:
  void Check(const std::string& dump, std::string_view field, const std::string& theirs,
             const std::string& ours) {
    if (theirs == ours) return;
    for (std::size_t i = 0; i < std::size(kDifferences); ++i) {
      const Difference& known = kDifferences[i];
      if ((!known.dump.empty() && known.dump != dump) || known.field != field) continue;
      if (theirs.find(known.theirs) == theirs.npos || ours.find(known.ours) == ours.npos) continue;
      used_.insert(i);
      return;
    }
    ADD_FAILURE() << dump << ", " << field << ": theirs `" << theirs << "`, ours `" << ours << "`";
  }

  void ExpectAllUsed() const {
    for (std::size_t i = 0; i < std::size(kDifferences); ++i) {
      EXPECT_TRUE(used_.contains(i)) << "nothing differs like this any more: " << kDifferences[i].dump << ", "
                                     << kDifferences[i].field << ": " << kDifferences[i].ours;
    }
  }

 private:
  std::set<std::size_t> used_;
};

// Breakpad spells "SIGSEGV /SEGV_MAPERR" and "SIGSEGV / 0x00000000" where a signal has no code.
std::string NormalBreakpad(std::string reason, const std::string& os) {
  Replace(reason, " /", " / ");
  Replace(reason, " /  ", " / ");
  const bool has_signals = os == "Linux" || os == "Android";
  if (has_signals && reason.starts_with("SIG")) Replace(reason, " / 0x00000000", "");
  return reason;
}

std::optional<Answer> Analyse(base::Bytes dump_bytes) {
  model::Diagnostics diagnostics;
  const base::Result<minidump::Minidump> dump = minidump::Minidump::Open(dump_bytes, diagnostics);
  if (!dump) return std::nullopt;
  const model::SystemInfo system = minidump::ReadSystemInfo(*dump, diagnostics);
  const auto record = minidump::ReadException(*dump, diagnostics);
  if (!record) return Answer{.address = "none", .accesses = "none"};
  const crash::ExceptionNumbers exception{.code = record->code,
                                          .flags = record->flags,
                                          .address = record->address,
                                          .parameters = record->parameters,
                                          .process_id = minidump::ReadMiscInfo(*dump).process_id};
  crash::Reason reason = crash::ReadReason(system, exception);
  model::CrashFacts facts;
  facts.reason = reason.text;
  facts.address = reason.address;
  // Without a context some facts can be said none the less.
  std::optional<model::Registers> context;
  if (record->context) context = minidump::ReadContext(*dump, *record->context, system.cpu);
  if (!context) context.emplace();
  const model::RegisterTable* const table = model::FindRegisterTable(system.cpu);
  const model::ProcessAddress pc{table != nullptr ? context->Get(table->pc).value_or(0) : 0};
  const minidump::Memory memory = minidump::Memory::Read(*dump, diagnostics);
  const std::vector<model::MemoryMapping> regions = minidump::ReadLinuxMaps(*dump, diagnostics);
  base::Bytes code;
  if (const auto range = memory.Find(pc)) code = range->From(pc);
  crash::AddInstructionFacts({.system = system,
                              .exception = exception,
                              .context = *context,
                              .pc = pc,
                              .code_at_pc = code,
                              .regions = regions,
                              .memory = memory.ranges(),
                              .decode = instruction::Decode},
                             facts);
  return OursOf(facts, model::PointerBytes(system.cpu) * 2);
}

void Compare(const fs::path& dump, const element& expected, Comparison& comparison) {
  std::ifstream stream(dump, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const std::optional<Answer> ours = Analyse(base::AsBytes(text));
  if (!ours) return;  // A microdump.
  const std::string name = dump.filename();
  // What neither tool says: one of these dumps is of an endless recursion, and none shows poison.
  EXPECT_EQ(ours->is_stack_overflow, name == "stack_exhaustion.dmp") << name;
  EXPECT_EQ(ours->poison, "") << name;
  element info;
  if (expected["crash_rust_minidump"].get(info) == simdjson::SUCCESS && !info.is_null()) {
    const Answer theirs = TheirsOf(info);
    if (theirs.type.empty()) {
      EXPECT_EQ(ours->type, "") << name;
    } else {
      comparison.Check(name, "rust type", theirs.type, ours->type);
      comparison.Check(name, "rust address", theirs.address, ours->address);
      comparison.Check(name, "adjusted", theirs.adjusted, ours->adjusted);
      comparison.Check(name, "instruction", theirs.instruction, ours->instruction);
      comparison.Check(name, "accesses", theirs.accesses, ours->accesses);
      comparison.Check(name, "jump", theirs.jump, ours->jump);
      comparison.Check(name, "flips", theirs.flips, ours->flips);
      comparison.Check(name, "inconsistencies", theirs.inconsistencies, ours->inconsistencies);
    }
  }
  simdjson::dom::array breakpad;
  if (expected["crash_breakpad"].get(breakpad) != simdjson::SUCCESS) return;
  const std::string reason(breakpad.at(0).get_string().value());
  const std::string address(breakpad.at(1).get_string().value());
  if (reason == "No crash") {
    EXPECT_EQ(ours->type, "") << name;
    return;
  }
  comparison.Check(name, "breakpad type", NormalBreakpad(reason, Text(expected, "os")), ours->type);
  const auto digits = static_cast<int>(ours->address.size()) - 2;
  const std::string wide = base::ToAddress(std::strtoull(address.c_str(), nullptr, 16), std::max(digits, 8));
  comparison.Check(name, "breakpad address", wide, ours->address);
}

TEST(CrashFacts, EveryDumpGivesWhatBothOldToolsSay) {
  const std::optional<fs::path> fixtures = FixtureMinidumps();
  if (!fixtures) {
    GTEST_SKIP() << "CAIRN_FIXTURES is not set: no dumps to compare with Breakpad and rust-minidump";
  }
  const fs::path folder = fs::path(CAIRN_BINARY_DIR) / "tests" / "crash_facts_oracle";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const fs::path minidumps = folder / "minidumps";
  ASSERT_TRUE(CopyUnpacked(*fixtures, minidumps));
  Comparison comparison;
  int compared = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(minidumps)) {
    const std::string expected_path = entry.path().string() + ".expected.json";
    if (entry.path().extension() != ".dmp" || !fs::exists(expected_path)) continue;
    simdjson::dom::parser parser;
    element expected;
    ASSERT_EQ(parser.load(expected_path).get(expected), simdjson::SUCCESS);
    Compare(entry.path(), expected, comparison);
    ++compared;
  }
  EXPECT_GT(compared, 40);
  comparison.ExpectAllUsed();
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cairn::tests
