#include "formats/symfile/symbol_cache.h"

#include <string>

#include <gtest/gtest.h>

#include "formats/symfile/compile.h"

namespace cairn::symfile {
namespace {

using model::CodeAt;
using model::ModuleOffset;
using model::RuleOp;
using model::RuleToken;

constexpr std::string_view kModule = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n";

// A cache and the bytes it borrows.
struct Compiled {
  std::vector<std::byte> bytes;
  CompileReport report;
  SymbolCache cache;
};

Compiled Compile(const std::string& text) {
  base::Result<CompiledSymbols> compiled = CompileSymbolCache(base::AsBytes(text));
  EXPECT_TRUE(compiled.has_value());
  base::Result<SymbolCache> cache = SymbolCache::Open(compiled->cache);
  EXPECT_TRUE(cache.has_value());
  // Moving a vector keeps its bytes where they are.
  return {std::move(compiled->cache), std::move(compiled->report), *std::move(cache)};
}

Compiled CompileRecords(std::string_view records) { return Compile(std::string(kModule).append(records)); }

std::string NameAt(const SymbolCache& cache, std::uint64_t offset) {
  const auto found = cache.Symbolize({offset});
  return found ? found->location.function : "(none)";
}

// "outer.cc:12 < inner.cc:3 foo": the physical function's place, then inlines from the outermost to the
// innermost.
std::string PlacesAt(const SymbolCache& cache, std::uint64_t offset) {
  const auto found = cache.Symbolize({offset});
  if (!found) return "(none)";
  std::string text = found->location.file + ":" + std::to_string(found->location.line);
  for (auto inlined = found->inlines.rbegin(); inlined != found->inlines.rend(); ++inlined) {
    text += " < " + inlined->file + ":" + std::to_string(inlined->line) + " " + inlined->function;
  }
  return text;
}

TEST(SymbolCache, HeadIsKept) {
  const Compiled compiled = Compile(
      "MODULE windows x86_64 0123456789abcdef0123456789abcdef1 my game.pdb\r\n"
      "INFO CODE_ID 5FF69A719A000 my game.exe\r\nINFO GENERATOR mozilla/dump_syms 2.1.0\r\nFUNC 0 1 0 f\r\n");
  EXPECT_EQ(compiled.cache.os(), "windows");
  EXPECT_EQ(compiled.cache.arch(), "x86_64");
  EXPECT_EQ(compiled.cache.debug_id(), "0123456789ABCDEF0123456789ABCDEF1");
  EXPECT_EQ(compiled.cache.debug_file(), "my game.pdb");
  EXPECT_EQ(compiled.cache.code_id(), "5FF69A719A000");
  EXPECT_EQ(compiled.cache.code_file(), "my game.exe");
  EXPECT_EQ(compiled.cache.generator(), "mozilla/dump_syms 2.1.0");
  EXPECT_EQ(compiled.cache.cpu(), model::Cpu::kAmd64);
  EXPECT_TRUE(compiled.cache.ChecksumMatches());
}

TEST(SymbolCache, BadLinesAreKnownOfTheCache) {
  const Compiled compiled = CompileRecords("FUNC 1000 10 0 f\nrubbish\nFUNC 2000 10 0 g\n");
  EXPECT_EQ(compiled.cache.bad_lines(), 1u);
  EXPECT_EQ(NameAt(compiled.cache, 0x2000), "g");
}

// As cairn-symgen prints __restore_rt of glibc; the form has no mark for it.
TEST(SymbolCache, RowThatRestoresEveryRegisterIsASignalFrame) {
  std::string restored = ".cfa: $rsp 160 + ^ .ra: $rsp 168 + ^";
  for (const char* name :
       {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14"}) {
    restored += std::string(" $") + name + ": $rsp 40 + ^";
  }
  const Compiled compiled =
      CompileRecords("STACK CFI INIT 1000 10 " + restored + " $r15: $rsp 96 + ^\nSTACK CFI INIT 2000 10 " +
                     restored + "\nSTACK CFI INIT 3000 10 " + restored + " $r15: .undef\n");
  const auto is_signal_frame = [&](std::uint64_t offset) {
    const auto row = compiled.cache.FindUnwindRow({offset});
    return row && row->is_signal_frame;
  };
  EXPECT_TRUE(is_signal_frame(0x1000));
  EXPECT_FALSE(is_signal_frame(0x2000)) << "r15 is not mentioned";
  EXPECT_FALSE(is_signal_frame(0x3000)) << "r15 is lost";
}

TEST(SymbolCache, FunctionEndsAtItsSize) {
  const Compiled compiled = CompileRecords("FUNC 1000 10 0 first(int)\nFUNC 2000 10 0 second()\n");
  EXPECT_EQ(NameAt(compiled.cache, 0xfff), "(none)");
  EXPECT_EQ(NameAt(compiled.cache, 0x1000), "first(int)");
  EXPECT_EQ(NameAt(compiled.cache, 0x100f), "first(int)");
  EXPECT_EQ(NameAt(compiled.cache, 0x1010), "(none)");
  EXPECT_EQ(NameAt(compiled.cache, 0x2005), "second()");
  EXPECT_EQ(compiled.cache.Symbolize({0x2005})->function_start, ModuleOffset{0x2000});
}

TEST(SymbolCache, SmallestOfOverlappingFunctionsWins) {
  // outer [1000,1100)  inner [1040,1050)  late [10f0,1110) has the smaller size, so it takes outer's last
  // bytes.
  const Compiled compiled = CompileRecords(
      "FUNC 1000 100 0 outer\nFUNC 1040 10 0 inner\nFUNC 10f0 20 0 late\nFUNC 1000 100 0 twin\n");
  EXPECT_EQ(NameAt(compiled.cache, 0x1000), "outer");
  EXPECT_EQ(NameAt(compiled.cache, 0x1040), "inner");
  EXPECT_EQ(NameAt(compiled.cache, 0x1050), "outer");
  EXPECT_EQ(compiled.cache.Symbolize({0x1050})->function_start, ModuleOffset{0x1000});
  EXPECT_EQ(NameAt(compiled.cache, 0x10f0), "late");
  EXPECT_EQ(NameAt(compiled.cache, 0x110f), "late");
  EXPECT_EQ(NameAt(compiled.cache, 0x1110), "(none)");
}

TEST(SymbolCache, PublicReachesToTheNextSymbolAndNoFurtherThan16MiB) {
  const Compiled compiled = CompileRecords(
      "PUBLIC 1000 0 near\nFUNC 2000 10 0 function\nPUBLIC 3000 0 first\nPUBLIC 3000 0 again\nPUBLIC 3100 0 "
      "last\n");
  EXPECT_EQ(NameAt(compiled.cache, 0x1fff), "near");
  EXPECT_EQ(NameAt(compiled.cache, 0x2000), "function");
  EXPECT_EQ(NameAt(compiled.cache, 0x2010), "(none)") << "a FUNC starts between the PUBLIC and the address";
  EXPECT_EQ(NameAt(compiled.cache, 0x30ff), "first");
  EXPECT_EQ(NameAt(compiled.cache, 0x3100 + 0xffffff), "last");
  EXPECT_EQ(NameAt(compiled.cache, 0x3100 + 0x1000000), "(none)");
}

TEST(SymbolCache, PublicInsideAFunctionSpeaksBehindIt) {
  const Compiled compiled =
      CompileRecords("FUNC 1000 100 0 function\nPUBLIC 1080 0 label\nPUBLIC 1000 0 alias\n");
  EXPECT_EQ(NameAt(compiled.cache, 0x1090), "function");
  EXPECT_EQ(NameAt(compiled.cache, 0x1100), "label");
}

TEST(SymbolCache, FunctionWithoutSizeIsLikeAPublic) {
  const Compiled compiled = CompileRecords("FUNC 1000 0 0 assembly\n1000 4 7 0\nFUNC 1020 8 0 next\n");
  EXPECT_EQ(NameAt(compiled.cache, 0x101f), "assembly");
  EXPECT_EQ(NameAt(compiled.cache, 0x1020), "next");
  EXPECT_EQ(compiled.report.outside_function, 1u);
  EXPECT_EQ(compiled.report.bad_lines, 0u);
}

TEST(SymbolCache, ThumbBitOfAnExportIsCleared) {
  const Compiled compiled =
      Compile("MODULE Linux arm 0123456789ABCDEF0123456789ABCDEF0 a.so\nPUBLIC 1001 0 thumb\n");
  EXPECT_EQ(NameAt(compiled.cache, 0x1000), "thumb");
}

TEST(SymbolCache, CodeAboveFourGiBHasNamesAndLines) {
  const Compiled compiled = CompileRecords("FILE 0 a.c\nFUNC 7ff000001000 20 0 far\n7ff000001010 8 9 0\n");
  EXPECT_EQ(NameAt(compiled.cache, 0x7ff00000101f), "far");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x7ff000001010), "a.c:9");
  EXPECT_EQ(NameAt(compiled.cache, 0x1010), "(none)");
}

TEST(SymbolCache, LinesCoverTheirRangeOnly) {
  // Lines in any order; the file's name comes behind its use; 70000 does not fit 16 bits.
  const Compiled compiled = CompileRecords(
      "FUNC 1000 40 0 f\n1010 10 70000 3\n1000 10 5 3\n1030 10 -2 3\nFILE 3 git:host/repo:a.c:rev\n");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1000), "git:host/repo:a.c:rev:5");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x101f), "git:host/repo:a.c:rev:70000");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1020), ":0") << "no line covers this";
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1030), "git:host/repo:a.c:rev:0");
}

TEST(SymbolCache, LineOfAnUnknownFileIsUnknown) {
  const Compiled compiled = CompileRecords("FUNC 1000 40 0 f\n1000 40 5 3\n");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1000), ":0");
}

TEST(SymbolCache, LinesAreClippedToTheirFunction) {
  const Compiled compiled = CompileRecords(
      "FILE 0 a.c\nFUNC 1000 10 0 f\nff0 20 1 0\n1008 ffffffffffffffff 2 0\n2000 4 3 0\n1004 0 9 0\n");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1004), "a.c:1");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x100f), "a.c:1") << "of overlapping lines the smaller wins";
  EXPECT_EQ(NameAt(compiled.cache, 0xff0), "(none)");
  EXPECT_EQ(compiled.report.outside_function, 2u);
}

TEST(SymbolCache, InlinesGoFromTheOuterCallToTheLineRow) {
  // main [1000,1040) calls a at main.c:10, which calls b at a.c:20; both were inlined.
  const Compiled compiled = CompileRecords(
      "FILE 0 main.c\nFILE 1 a.c\nFILE 2 b.c\nINLINE_ORIGIN 7 a()\nINLINE_ORIGIN 8 b()\n"
      "FUNC 1000 40 0 main\nINLINE 1 20 1 8 1018 8\nINLINE 0 10 0 7 1010 10 1030 8\n"
      "1000 10 9 0\n1010 8 21 1\n1018 8 31 2\n1020 10 11 0\n1030 8 22 1\n");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1000), "main.c:9");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1010), "main.c:10 < a.c:21 a()");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1018), "main.c:10 < a.c:20 a() < b.c:31 b()");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1020), "main.c:11");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1030), "main.c:10 < a.c:22 a()");
  const auto found = compiled.cache.Symbolize({0x1018});
  EXPECT_EQ(found->inlines.front().function, "b()") << "the innermost comes first";
}

TEST(SymbolCache, OldInlineRecordsHaveNoCallFile) {
  const Compiled compiled = CompileRecords(
      "FILE 0 a.c\nINLINE_ORIGIN 0 -1 a()\nINLINE_ORIGIN 1 0 b(int)\nINLINE_ORIGIN 2\n"
      "FUNC 1000 40 0 f\nINLINE 0 10 0 1000 10\nINLINE 0 11 1 1010 10\nINLINE 0 12 2 1020 10\n1000 40 5 0\n");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1000), ":10 < a.c:5 a()");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1010), ":11 < a.c:5 b(int)");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1020), ":12 < a.c:5 ");
  EXPECT_EQ(compiled.report.bad_lines, 0u);
}

TEST(SymbolCache, InlineWithoutItsOuterCallIsNotReached) {
  const Compiled compiled = CompileRecords("INLINE_ORIGIN 0 a\nFUNC 1000 40 0 f\nINLINE 1 3 0 0 1000 10\n");
  EXPECT_EQ(PlacesAt(compiled.cache, 0x1000), ":0");
}

TEST(SymbolCache, UnwindRowsBuildOnTheRowsBefore) {
  const Compiled compiled = CompileRecords(
      "STACK CFI INIT 1000 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"
      "STACK CFI 1010 $rbp: .cfa -16 + ^ .cfa: $rbp 16 +\n"
      "STACK CFI 1001 .cfa: $rsp 16 + rbx: .undef\n");
  const auto first = compiled.cache.FindUnwindRow({0x1000});
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->cfa,
            (model::Rule{{RuleOp::kRegister, model::kRsp}, {RuleOp::kConstant, 8}, {RuleOp::kAdd, 0}}));
  EXPECT_EQ(first->return_address,
            (model::Rule{
                {RuleOp::kCfa, 0}, {RuleOp::kConstant, -8}, {RuleOp::kAdd, 0}, {RuleOp::kDereference, 0}}));
  EXPECT_TRUE(first->registers.empty());
  const auto second = compiled.cache.FindUnwindRow({0x100f});
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->cfa[1], (RuleToken{RuleOp::kConstant, 16}));
  ASSERT_EQ(second->registers.size(), 1u);
  EXPECT_EQ(second->registers[0], (model::RegisterRule{model::kRbx, {}}));
  const auto third = compiled.cache.FindUnwindRow({0x101f});
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(third->cfa[0], (RuleToken{RuleOp::kRegister, model::kRbp}));
  EXPECT_EQ(third->registers.size(), 2u);
  EXPECT_EQ(third->return_address, first->return_address);
  EXPECT_FALSE(compiled.cache.FindUnwindRow({0x1020}).has_value());
  EXPECT_FALSE(compiled.cache.FindUnwindRow({0xfff}).has_value());
}

TEST(SymbolCache, RowNeedsCfaAndReturnAddress) {
  const Compiled compiled = CompileRecords(
      "STACK CFI INIT 1000 20 .cfa: $rsp 8 +\nSTACK CFI 1010 .ra: .cfa 8 - ^\n"
      "STACK CFI INIT 2000 20 .cfa: $rsp 8 + .ra: .undef\n"
      "STACK CFI INIT 3000 20 .cfa: $xyz 8 + .ra: .cfa ^\n");
  EXPECT_FALSE(compiled.cache.FindUnwindRow({0x1000}).has_value());
  EXPECT_TRUE(compiled.cache.FindUnwindRow({0x1010}).has_value());
  ASSERT_TRUE(compiled.cache.FindUnwindRow({0x2000}).has_value());
  EXPECT_TRUE(compiled.cache.FindUnwindRow({0x2000})->return_address.empty()) << "the outermost frame";
  EXPECT_FALSE(compiled.cache.FindUnwindRow({0x3000}).has_value());
}

// What the rules of one line at address 10 of a module of `arch` give for each register; "cfa" where the row
// is.
std::vector<model::RegisterRule> RegistersOf(const std::string& arch, const std::string& rules) {
  const Compiled compiled = Compile(
      "MODULE Linux " + arch + " 0123456789ABCDEF0123456789ABCDEF0 a\nSTACK CFI INIT 10 10 " + rules + "\n");
  const auto row = compiled.cache.FindUnwindRow({0x10});
  return row ? row->registers : std::vector<model::RegisterRule>{};
}

// Breakpad's dump_syms writes "$" for x86, amd64 and MIPS, and none for ARM and RISC-V; other tools mix them.
TEST(SymbolCache, RegistersOfEveryCpuAreKnownWithAndWithoutDollar) {
  struct Case {
    const char* arch;
    const char* names[3];
    model::RegisterIndex indices[3];
  };
  const Case cases[] = {
      {"x86", {"ebx", "ebp", "edi"}, {model::kEbx, model::kEbp, model::kEdi}},
      {"x86_64", {"rbx", "rbp", "r12"}, {model::kRbx, model::kRbp, model::kR12}},
      {"arm", {"r4", "r11", "lr"}, {4, model::kArmFp, model::kArmLr}},
      {"arm64", {"x19", "x29", "x30"}, {19, model::kArm64Fp, model::kArm64Lr}},
      {"mips", {"s0", "gp", "fp"}, {16, model::kMipsGp, model::kMipsFp}},
      {"mips64", {"s1", "s8", "ra"}, {17, model::kMipsFp, model::kMipsRa}},
      {"riscv64", {"ra", "s0", "s11"}, {model::kRiscvRa, model::kRiscvS0, 27}},
  };
  const model::Rule saved = {
      {RuleOp::kCfa, 0}, {RuleOp::kConstant, -8}, {RuleOp::kAdd, 0}, {RuleOp::kDereference, 0}};
  for (const Case& one : cases) {
    for (const std::string sign : {"", "$"}) {
      const std::string stack = one.arch == std::string("x86")      ? "esp"
                                : one.arch == std::string("x86_64") ? "rsp"
                                                                    : "sp";
      const auto registers =
          RegistersOf(one.arch, ".cfa: " + sign + stack + " 16 + .ra: .cfa -4 + ^ " + sign + one.names[0] +
                                    ": .cfa -8 + ^ " + sign + one.names[1] + ": .undef " + sign +
                                    one.names[2] + ": " + sign + one.names[0]);
      ASSERT_EQ(registers.size(), 3u) << one.arch << " " << sign;
      for (const model::RegisterRule& found : registers) {
        if (found.index == one.indices[0]) {
          EXPECT_EQ(found.rule, saved);
        } else if (found.index == one.indices[1]) {
          EXPECT_TRUE(found.rule.empty()) << one.arch;
        } else {
          EXPECT_EQ(found.index, one.indices[2]) << one.arch;
          EXPECT_EQ(found.rule, (model::Rule{{RuleOp::kRegister, one.indices[0]}})) << one.arch;
        }
      }
    }
  }
}

TEST(SymbolCache, ParameterBytesOfFunctionsAndPublics) {
  const Compiled compiled = Compile(
      "MODULE windows x86 0123456789ABCDEF0123456789ABCDEF0 a.pdb\nFUNC 1000 10 1c f\nPUBLIC 2000 8 p\n"
      "FUNC 3000 10 ffffffffff g\n");
  EXPECT_EQ(compiled.cache.Symbolize({0x1004})->parameter_bytes, 0x1cu);
  EXPECT_EQ(compiled.cache.Symbolize({0x2004})->parameter_bytes, 8u);
  EXPECT_EQ(compiled.cache.Symbolize({0x3004})->parameter_bytes, 0u) << "no stack has such a size";
}

TEST(SymbolCache, StackWinRecordsAreAnsweredWhole) {
  const Compiled compiled = Compile(
      "MODULE windows x86 0123456789ABCDEF0123456789ABCDEF0 a.pdb\n"
      "STACK WIN 0 1000 30 1 2 4 8 c 10 0 1\n"
      "STACK WIN 4 1010 10 1 2 14 18 1c 20 1 $T0 $ebp = $eip $T0 4 + ^ =\n");
  const auto fpo = compiled.cache.FindStackWin({0x1000});
  ASSERT_TRUE(fpo.has_value());
  EXPECT_EQ(fpo->kind, model::StackWinRow::Kind::kFpo);
  EXPECT_EQ(fpo->start, ModuleOffset{0x1000});
  EXPECT_EQ(fpo->size, 0x30u);
  EXPECT_EQ(fpo->parameter_bytes, 4u);
  EXPECT_EQ(fpo->saved_register_bytes, 8u);
  EXPECT_EQ(fpo->local_bytes, 0xcu);
  EXPECT_TRUE(fpo->allocates_base_pointer);
  EXPECT_TRUE(fpo->program.empty());
  const auto frame_data = compiled.cache.FindStackWin({0x101f});
  ASSERT_TRUE(frame_data.has_value()) << "frame data comes before FPO";
  EXPECT_EQ(frame_data->kind, model::StackWinRow::Kind::kFrameData);
  EXPECT_EQ(frame_data->program, "$T0 $ebp = $eip $T0 4 + ^ =");
  EXPECT_EQ(frame_data->parameter_bytes, 0x14u);
  EXPECT_EQ(frame_data->saved_register_bytes, 0x18u);
  EXPECT_EQ(frame_data->local_bytes, 0x1cu);
  EXPECT_EQ(compiled.cache.FindStackWin({0x1020})->kind, model::StackWinRow::Kind::kFpo);
  EXPECT_FALSE(compiled.cache.FindStackWin({0x1030}).has_value());
  EXPECT_FALSE(compiled.cache.FindStackWin({0xfff}).has_value());
  EXPECT_FALSE(compiled.cache.FindStackWin({0x100001000}).has_value());
}

TEST(SymbolCache, StackWinWhoseTypeAndProgramDisagreeIsDropped) {
  const Compiled compiled = Compile(
      "MODULE windows x86 0123456789ABCDEF0123456789ABCDEF0 a.pdb\n"
      "STACK WIN 4 1000 10 0 0 0 0 0 0 0 1\nSTACK WIN 0 2000 10 0 0 0 0 0 0 1 $eip 4 =\n"
      "STACK WIN 3 3000 10 0 0 0 0 0 0 0 1\nSTACK WIN 4 4000 10 0 0 0 0 0 0 1\nSTACK WIN 0 5000 0 0 0 0 0 0 "
      "0 0 0\n"
      "STACK WIN 0 6000 xx 0 0 0 0 0 0 0 0\n");
  for (const std::uint64_t offset : {0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000}) {
    EXPECT_FALSE(compiled.cache.FindStackWin({offset}).has_value()) << offset;
  }
  EXPECT_EQ(compiled.report.unused_stack_win_records, 5u);
  EXPECT_EQ(compiled.report.bad_lines, 1u);
}

TEST(SymbolCache, CodeIsWhereSymbolsAre) {
  const Compiled named =
      CompileRecords("FUNC 1000 10 0 f\nSTACK CFI INIT 2000 10 .cfa: $rsp 8 + .ra: .cfa ^\n");
  EXPECT_EQ(named.cache.FindCode({0x1000}), CodeAt::kFunction);
  EXPECT_EQ(named.cache.FindCode({0x2000}), CodeAt::kNothing);
  const Compiled stripped = CompileRecords("STACK CFI INIT 2000 10 .cfa: $rsp 8 + .ra: .cfa ^\n");
  EXPECT_EQ(stripped.cache.FindCode({0x2000}), CodeAt::kFunction);
  EXPECT_EQ(stripped.cache.FindCode({0x1000}), CodeAt::kNothing);
  const Compiled empty = CompileRecords("");
  EXPECT_EQ(empty.cache.FindCode({0x1000}), CodeAt::kUnknown);
}

TEST(SymbolCache, CfiOfACpuWithoutRegisterTableStillSaysWhereCodeIs) {
  const Compiled compiled = Compile(
      "MODULE Linux sparc 0123456789ABCDEF0123456789ABCDEF0 a\nSTACK CFI INIT 10 10 .cfa: sp 8 + .ra: o7\n");
  EXPECT_EQ(compiled.cache.FindCode({0x10}), CodeAt::kFunction);
  EXPECT_FALSE(compiled.cache.FindUnwindRow({0x10}).has_value());
}

TEST(SymbolCache, LongLinesAndMissingLastLineEndAreRead) {
  const std::string name(200'000, 'x');
  const Compiled compiled = CompileRecords("FUNC 1000 10 0 " + name + "\r\r\nFUNC 2000 10 0 last");
  EXPECT_EQ(NameAt(compiled.cache, 0x1000), name);
  EXPECT_EQ(NameAt(compiled.cache, 0x2000), "last");
}

TEST(SymbolCache, RefusesWhatItCanNotRead) {
  const Compiled compiled = CompileRecords("FUNC 1000 10 0 f\n");
  std::vector<std::byte> bytes = compiled.bytes;
  EXPECT_EQ(SymbolCache::Open(base::Bytes(bytes).first(20)).error().code, base::Code::kTruncated);
  EXPECT_EQ(SymbolCache::Open(base::Bytes(bytes).first(bytes.size() - 8)).error().code,
            base::Code::kTruncated);
  bytes[kVersionOffset] ^= std::byte{0x40};
  EXPECT_EQ(SymbolCache::Open(bytes).error().code, base::Code::kUnsupported);
  bytes = compiled.bytes;
  bytes[0] ^= std::byte{1};
  EXPECT_EQ(SymbolCache::Open(bytes).error().code, base::Code::kBadMagic);
  bytes = compiled.bytes;
  bytes[kHeaderBytes] ^= std::byte{1};
  EXPECT_EQ(SymbolCache::Open(bytes).error().code, base::Code::kBadValue);
  bytes = compiled.bytes;
  bytes.back() ^= std::byte{1};
  ASSERT_TRUE(SymbolCache::Open(bytes).has_value());
  EXPECT_FALSE(SymbolCache::Open(bytes)->ChecksumMatches());
}

// Every byte behind the section table is set to 0, 1, 0x7f and 0xff in turn; no lookup may leave its section.
TEST(SymbolCache, AnyDamageIsOnlyAWrongAnswer) {
  const Compiled compiled = CompileRecords(
      "FILE 0 a.c\nINLINE_ORIGIN 0 a\nFUNC 10 20 0 f\nINLINE 0 3 0 0 10 8\n10 10 1 0\n20 10 2 0\nPUBLIC 40 0 "
      "p\n"
      "STACK CFI INIT 10 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\nSTACK CFI 18 $rbx: .cfa -16 + ^\n"
      "STACK WIN 0 10 30 1 2 4 8 c 10 0 1\nSTACK WIN 4 20 10 1 2 14 18 1c 20 1 $eip 4 =\n");
  std::vector<std::byte> bytes = compiled.bytes;
  for (std::size_t i = kHeaderBytes + kSectionCount * kSectionEntryBytes; i < bytes.size(); ++i) {
    const std::byte before = bytes[i];
    for (const int value : {0, 1, 0x7f, 0xff}) {
      bytes[i] = static_cast<std::byte>(value);
      const base::Result<SymbolCache> cache = SymbolCache::Open(bytes);
      ASSERT_TRUE(cache.has_value());
      for (std::uint64_t offset = 0; offset < 0x60; offset += 4) {
        cache->Symbolize({offset});
        cache->FindUnwindRow({offset});
        cache->FindCode({offset});
        cache->FindStackWin({offset});
      }
    }
    bytes[i] = before;
  }
}

}  // namespace
}  // namespace cairn::symfile
