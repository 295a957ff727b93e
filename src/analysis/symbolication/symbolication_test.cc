// Requests through the whole of the pure part, with symbols that are compiled here.
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <string>
#include <variant>
#include <vector>

#include "analysis/symbolication/answer.h"
#include "analysis/symbolication/cache_names.h"
#include "analysis/symbolication/plan.h"
#include "analysis/symbolication/request.h"
#include "analysis/symbolication/symbols_names.h"
#include "formats/symfile/compile.h"

namespace cairn::symbolication {
namespace {

// 1000  main            a.cc:9
// 1008    outer, called at a.cc:10, here b.h:20
// 100c      inner, called at b.h:21, here c.h:30
// 1020  nameless lines  no file
constexpr std::string_view kSymbols =
    "MODULE windows x86_64 44E4EC8C2F41492B9369D6B9A059577C2 xul.pdb\n"
    "INFO CODE_ID 62B0E4E0712F000 xul.dll\n"
    "FILE 0 a.cc\nFILE 1 b.h\nFILE 2 c.h\nINLINE_ORIGIN 0 outer(\"x\")\nINLINE_ORIGIN 1 inner\n"
    "FUNC 1000 20 0 main(int, char**)\n"
    "INLINE 0 10 0 0 1008 10\nINLINE 1 21 1 1 100c 4\n"
    "1000 8 9 0\n1008 4 20 1\n100c 4 30 2\n1010 8 22 1\n1018 8 0 0\n"
    "FUNC 1020 8 0 plain\n";

struct Symbols {
  Symbols() : bytes(symfile::CompileSymbolCache(base::AsBytes(kSymbols))->cache) {}
  std::vector<std::byte> bytes;
  CacheNames names{*symfile::SymbolCache::Open(bytes)};
};

constexpr unsigned kThreads = 3;

// The answer where xul.pdb has the symbols above and no other module has any; or "refused: " and why.
std::string Answer(std::string_view json, const ModuleNames& names, ApiVersion version = ApiVersion::kV5) {
  auto read = ReadRequest(json, version);
  if (const auto* const refusal = std::get_if<Refusal>(&read))
    return "refused: " + std::string(refusal->kind) + ": " + refusal->title;
  const Request request = std::get<Request>(std::move(read));
  const Plan plan = MakePlan(request, kThreads);
  std::vector<ModuleAnswer> answers(plan.questions.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const RequestModule& module = request.modules[plan.questions[i].module];
    if (!module.may_have_symbols || module.debug_file != "xul.pdb") continue;
    answers[i] = {true, std::string(names.code_file()), names.Name(plan.questions[i].offsets)};
  }
  const auto written = version == ApiVersion::kV5 ? WriteAnswer(request, plan, answers, "", kThreads)
                                                  : WriteAnswerV4(request, plan, answers, kThreads);
  return written ? std::accumulate(written->begin(), written->end(), std::string())
                 : base::Describe(written.error());
}

std::string Answer(std::string_view json, ApiVersion version = ApiVersion::kV5) {
  static const Symbols symbols;
  return Answer(json, symbols.names, version);
}

constexpr std::string_view kMap =
    R"J("memoryMap":[["xul.pdb","44E4EC8C2F41492B9369D6B9A059577C2"],["wntdll.pdb","D74F"]])J";

std::string StacksWith(std::string_view frames) {
  return "{" + std::string(kMap) + R"J(,"stacks":[[)J" + std::string(frames) + "]]}";
}

// What stands for one frame in the answer.
std::string FrameAt(std::string_view frame, const ModuleNames* names = nullptr) {
  const std::string answer = names == nullptr ? Answer(StacksWith(frame)) : Answer(StacksWith(frame), *names);
  const std::size_t begin = answer.find("[[") + 2;
  return answer.substr(begin, answer.find("]],\"found_modules\"") - begin);
}

TEST(Symbolication, AFrameIsThePhysicalFunctionAndInlinesBeginWithTheInnermost) {
  EXPECT_EQ(
      FrameAt("[0,4108]"),
      R"J({"frame":0,"module":"xul.dll","module_offset":"0x100c","function":"main(int, char**)",)J"
      R"J("function_offset":"0xc","file":"a.cc","line":10,"inlines":[{"function":"inner","file":"c.h",)J"
      R"J("line":30},{"function":"outer(\"x\")","file":"b.h","line":21}]})J");
  EXPECT_EQ(FrameAt("[0,4096]"),
            R"J({"frame":0,"module":"xul.dll","module_offset":"0x1000","function":"main(int, char**)",)J"
            R"J("function_offset":"0x0","file":"a.cc","line":9})J");
}

TEST(Symbolication, WhatIsNotKnownIsLeftOut) {
  EXPECT_EQ(
      FrameAt("[0,4128]"),
      R"J({"frame":0,"module":"xul.dll","module_offset":"0x1020","function":"plain","function_offset":"0x0"})J");
  EXPECT_EQ(FrameAt("[0,4120]"),
            R"J({"frame":0,"module":"xul.dll","module_offset":"0x1018","function":"main(int, char**)",)J"
            R"J("function_offset":"0x18","file":"a.cc"})J")
      << "line 0 says nothing";
  EXPECT_EQ(FrameAt("[0,5]"), R"J({"frame":0,"module":"xul.dll","module_offset":"0x5"})J");
  EXPECT_EQ(FrameAt("[1,65802]"), R"J({"frame":0,"module":"wntdll.pdb","module_offset":"0x1010a"})J");
  EXPECT_EQ(FrameAt("[-1,4096]"), R"J({"frame":0,"module":"<unknown>","module_offset":"0x1000"})J");
  EXPECT_EQ(FrameAt("[0,-1]"), R"J({"frame":0,"module":"xul.pdb","module_offset":"-0x1"})J");
  EXPECT_EQ(FrameAt("[0,18446744073709551615]"),
            R"J({"frame":0,"module":"xul.dll","module_offset":"0xffffffffffffffff"})J");
}

TEST(Symbolication, ManyStacksOfManyJobsAreOneAnswer) {
  constexpr int kStacks = 3'000;  // Some pieces' worth.
  const std::string frame = FrameAt("[0,4096]");
  std::string asked = "{" + std::string(kMap) + R"J(,"stacks":[)J";
  std::string stacks = R"J({"stacks":[)J";
  for (int i = 0; i < kStacks; ++i) {
    asked += i == 0 ? "[[0,4096]]" : ",[[0,4096]]";
    stacks += (i == 0 ? "[" : ",[") + frame + "]";
  }
  const std::string known = R"J(],"found_modules":{"xul.pdb/44E4EC8C2F41492B9369D6B9A059577C2":true,)J"
                            R"J("wntdll.pdb/D74F":null}})J";
  const std::string another = R"J({"memoryMap":[],"stacks":[[]]})J";
  EXPECT_EQ(Answer(R"J({"jobs":[)J" + asked + "]}," + another + "," + asked + "]}]}"),
            R"J({"results":[)J" + stacks + known + R"J(,{"stacks":[[]],"found_modules":{}},)J" + stacks +
                known + "]}");
}

TEST(Symbolication, AnySymbolsGiveTheSameAnswerAsACache) {
  const Symbols symbols;
  const SymbolsNames generic(symbols.names.cache(), std::string(symbols.names.code_file()));
  for (int offset = 0xff8; offset < 0x1030; ++offset) {
    const std::string frame = "[0," + std::to_string(offset) + "]";
    EXPECT_EQ(FrameAt(frame, &generic), FrameAt(frame, &symbols.names)) << frame;
  }
}

TEST(Symbolication, FramesKeepTheirPlaceWhateverOrderTheyAreLookedUpIn) {
  const std::string answer =
      Answer(R"J({"jobs":[{"memoryMap":[["a","1"],["xul.pdb","44E4"]],"stacks":[[[1,4128],[0,7]],[]]},
      {"memoryMap":[["xul.pdb","44E4"],["never.pdb","5"]],"stacks":[[[0,4096],[0,4128],[0,4096]]]}]})J");
  EXPECT_EQ(
      answer,
      R"J({"results":[{"stacks":[[{"frame":0,"module":"xul.dll","module_offset":"0x1020","function":"plain",)J"
      R"J("function_offset":"0x0"},{"frame":1,"module":"a","module_offset":"0x7"}],[]],"found_modules":)J"
      R"J({"a/1":false,"xul.pdb/44E4":true}},{"stacks":[[{"frame":0,"module":"xul.dll","module_offset":)J"
      R"J("0x1000","function":"main(int, char**)","function_offset":"0x0","file":"a.cc","line":9},)J"
      R"J({"frame":1,"module":"xul.dll","module_offset":"0x1020","function":"plain","function_offset":"0x0"},)J"
      R"J({"frame":2,"module":"xul.dll","module_offset":"0x1000","function":"main(int, char**)",)J"
      R"J("function_offset":"0x0","file":"a.cc","line":9}]],"found_modules":{"xul.pdb/44E4":true,)J"
      R"J("never.pdb/5":null}}]})J");
}

TEST(Symbolication, Version4NamesFunctionsAlone) {
  EXPECT_EQ(Answer(R"J({"memoryMap":[["xul.pdb","44E4"],["b","1"],["c","2"]],)J"
                   R"J("stacks":[[[0,4108],[0,1],[1,1000],[-1,5]]]})J",
                   ApiVersion::kV4),
            R"J({"symbolicatedStacks":[["main(int, char**) (in xul.dll)","0x1 (in xul.dll)","0x3e8 (in b)",)J"
            R"J("0x5 (in <unknown>)"]],"knownModules":[true,false,null]})J");
  EXPECT_EQ(Answer(R"J({"jobs":[]})J", ApiVersion::kV4),
            "refused: invalid_stacks: job 0 is invalid: no stacks specified");
}

TEST(Symbolication, AnOddNameFailsItsModuleAlone) {
  for (const std::string name : {"a (1).dll", "a,b[2]&c#.so", "\xc3\xa9.so", "../../x", "", "a\\\\b"}) {
    const std::string answer = Answer(R"J({"memoryMap":[["xul.pdb","44E4"],[")J" + name +
                                      R"J(","1"]],"stacks":[[[0,4128],[1,5]]]})J");
    EXPECT_NE(answer.find(R"J("function":"plain")J"), std::string::npos) << answer;
    EXPECT_NE(answer.find(name + R"J(/1":false)J"), std::string::npos) << answer;
  }
  EXPECT_NE(Answer(R"J({"memoryMap":[["",""]],"stacks":[[[0,5]]]})J").find(R"J("module":"<unknown>")J"),
            std::string::npos);
}

TEST(Symbolication, EmptyMapsAndEmptyStacksAreFine) {
  EXPECT_EQ(Answer(R"J({"memoryMap":[],"stacks":[[]]})J"),
            R"J({"results":[{"stacks":[[]],"found_modules":{}}]})J");
  EXPECT_EQ(Answer(R"J({"jobs":[]})J"), R"J({"results":[]})J");
}

TEST(Symbolication, MistakesAreNamedAsEliotNamesThem) {
  struct Row {
    std::string_view json;
    std::string_view refusal;
  };
  constexpr Row kRows[] = {
      {"", "bad_json: Payload is not valid JSON"},
      {"{", "bad_json: Payload is not valid JSON"},
      {"null", "invalid_jobs: job 0 is invalid"},
      {"[]", "invalid_jobs: job 0 is invalid"},
      {"{\"jobs\":5}", "invalid_jobs: job 0 is invalid"},
      {"{\"jobs\":[[]]}", "invalid_jobs: job 0 is invalid"},
      {"{}", "invalid_stacks: job 0 is invalid: no stacks specified"},
      {"{\"jobs\":[{\"stacks\":[[]],\"memoryMap\":[]},{\"stacks\":[]}]}",
       "invalid_modules: job 1 is invalid: no memoryMap specified"},
      {"{\"memoryMap\":5,\"stacks\":[[]]}",
       "invalid_modules: job 0 has invalid modules: modules must be a list"},
      {"{\"memoryMap\":[[\"a\"]],\"stacks\":[[]]}",
       "invalid_modules: job 0 has invalid modules: module index 0 does not have a debug_filename and "
       "debug_id"},
      {"{\"memoryMap\":[[\"a\",\"1\"],[5,\"1\"]],\"stacks\":[[]]}",
       "invalid_modules: job 0 has invalid modules: module index 1 has an invalid debug_filename"},
      {"{\"memoryMap\":[[\"a\",\"xyz\"]],\"stacks\":[[]]}",
       "invalid_modules: job 0 has invalid modules: module index 0 has an invalid debug_id"},
      {"{\"memoryMap\":[],\"stacks\":5}",
       "invalid_stacks: job 0 has invalid stacks: stacks must be a list of lists"},
      {"{\"memoryMap\":[],\"stacks\":[]}", "invalid_stacks: job 0 has invalid stacks: no stacks specified"},
      {"{\"memoryMap\":[],\"stacks\":[5]}",
       "invalid_stacks: job 0 has invalid stacks: stack 0 is not a list"},
      {"{\"memoryMap\":[],\"stacks\":[[],[[1]]]}",
       "invalid_stacks: job 0 has invalid stacks: stack 1 frame 0 is not a list of two items"},
      {"{\"memoryMap\":[],\"stacks\":[[[-1,1],[true,1]]]}",
       "invalid_stacks: job 0 has invalid stacks: stack 0 frame 1 has an invalid module_index"},
      {"{\"memoryMap\":[],\"stacks\":[[[0,1]]]}",
       "invalid_stacks: job 0 has invalid stacks: stack 0 frame 0 has a module_index that isn't in modules"},
      {"{\"memoryMap\":[],\"stacks\":[[[-2,1]]]}",
       "invalid_stacks: job 0 has invalid stacks: stack 0 frame 0 has a module_index that isn't in modules"},
      {"{\"memoryMap\":[],\"stacks\":[[[-1,-2]]]}",
       "invalid_stacks: job 0 has invalid stacks: stack 0 frame 0 has an invalid module_offset"},
      {"{\"memoryMap\":[],\"stacks\":[[[-1,\"1\"]]]}",
       "invalid_stacks: job 0 has invalid stacks: stack 0 frame 0 has an invalid module_offset"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(Answer(row.json), "refused: " + std::string(row.refusal)) << row.json;
}

std::string Repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all.append(i == 0 ? "" : ",").append(text);
  return all;
}

TEST(Symbolication, PastALimitTheRequestIsRefused) {
  const std::string job = R"J({"memoryMap":[],"stacks":[[]]})J";
  EXPECT_EQ(Answer(R"J({"jobs":[)J" + Repeat(job, kMaxJobs) + "]}").substr(0, 10), R"J({"results")J");
  EXPECT_EQ(Answer(R"J({"jobs":[)J" + Repeat(job, kMaxJobs + 1) + "]}"),
            "refused: too_many_jobs: please limit number of jobs in a single request to <= 10");
  const auto stacks = [](const std::string& text) { return R"J({"memoryMap":[],"stacks":[)J" + text + "]}"; };
  EXPECT_EQ(Answer(stacks(Repeat("[]", kMaxStacks))).substr(0, 10), R"J({"results")J");
  EXPECT_EQ(Answer(stacks(Repeat("[]", kMaxStacks + 1))),
            "refused: too_large: please limit number of stacks in a single request to <= 20000");
  EXPECT_EQ(Answer(stacks("[" + Repeat("[-1,1]", kMaxFrames) + "]")).substr(0, 10), R"J({"results")J");
  EXPECT_EQ(Answer(stacks("[" + Repeat("[-1,1]", kMaxFrames + 1) + "]")),
            "refused: too_large: please limit number of frames in a single request to <= 200000");
  EXPECT_EQ(
      Answer(R"J({"memoryMap":[)J" + Repeat(R"J(["a","1"])J", kMaxModules + 1) + R"J(],"stacks":[[]]})J"),
      "refused: too_large: please limit number of modules of a job in a single request to <= 4096");
  EXPECT_EQ(Answer(std::string(kMaxBodyBytes + 1, ' ')),
            "refused: too_large: please limit number of bytes in a single request to <= 16777216");
}

TEST(Symbolication, NamesAreRememberedAndForgottenWhole) {
  // Twice as many bytes of names as are remembered.
  std::string text = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 big\n";
  const std::size_t name_bytes = 64 << 10;
  const std::size_t functions = 2 * CacheNames::kMaxRememberedBytes / name_bytes;
  for (std::size_t i = 0; i < functions; ++i) {
    char line[64];
    std::snprintf(line, sizeof(line), "FUNC %zx 10 0 ", 0x1000 + i * 0x10);
    text += line + std::to_string(i) + std::string(name_bytes, 'x') + "\n";
  }
  const auto compiled = symfile::CompileSymbolCache(base::AsBytes(text));
  ASSERT_TRUE(compiled);
  const CacheNames names(*symfile::SymbolCache::Open(compiled->cache));
  for (int round = 0; round < 3; ++round) {
    std::vector<NamedAddresses> kept;  // Answers stay whole while others are made.
    for (std::size_t i = 0; i < functions; ++i) {
      const std::vector<model::ModuleOffset> offset = {{0x1000 + i * 0x10}};
      kept.push_back(names.Name(offset));
    }
    for (std::size_t i = 0; i < functions; ++i) {
      const std::string_view name = kept[i].addresses[0].function;
      ASSERT_EQ(name.size(), name_bytes + std::to_string(i).size() + 2);
      ASSERT_TRUE(name.starts_with("\"" + std::to_string(i) + "x")) << round;
    }
  }
}

}  // namespace
}  // namespace cairn::symbolication
