// The answer to a request, as JSON.
//
// v5:  {"results": [{"stacks": [[{"frame": 0, "module": "xul.dll", "module_offset": "0xb2e3f7",
//                                 "function": "f()", "function_offset": "0x24", "file": "a.cpp", "line":
//                                 4598, "inlines": [{"function": "g()", "file": "a.h", "line": 7}]}]],
//                    "found_modules": {"xul.pdb/44E4EC8C2F41492B9369D6B9A059577C2": true}}]}
// v4:  {"symbolicatedStacks": [["f() (in xul.dll)", "0x3e8 (in xul.dll)"]], "knownModules": [true, false,
// null]}
//
// The frame is the physical function; "inlines" are the calls in it, the innermost first. What is not known
// is left out. A module is called by its debug file, or by its own file once its symbols are there and say
// so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/symbolication/names.h"
#include "analysis/symbolication/plan.h"
#include "analysis/symbolication/request.h"
#include "base/result.h"

namespace cairn::symbolication {

// The most frames with two hundred bytes each come to 40 MB.
inline constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20;

// What came of one question.
struct ModuleAnswer {
  bool is_found = false;
  std::string code_file;  // Its base name; empty: not known.
  NamedAddresses named;   // Of the question's offsets, if it was found.
};

// A text in pieces, one behind the other: several threads write them, and nobody copies them together.
using AnswerPieces = std::vector<std::string>;

// `answers` has one for each question of the plan. `debug` is JSON for the member "debug"; empty: none. Uses
// at most `threads` threads. kLimitExceeded past kMaxAnswerBytes, or where the names of a module are cut.
base::Result<AnswerPieces> WriteAnswer(const Request& request, const Plan& plan,
                                       std::span<const ModuleAnswer> answers, std::string_view debug,
                                       unsigned threads);
// Of a request with one job.
base::Result<AnswerPieces> WriteAnswerV4(const Request& request, const Plan& plan,
                                         std::span<const ModuleAnswer> answers, unsigned threads);

// {"title": ...}, as Eliot refuses.
std::string WriteRefusal(std::string_view title);

// "xul.pdb/44E4EC8C2F41492B9369D6B9A059577C2", as the request spells it.
std::string ModuleKey(const RequestModule& module);

}  // namespace cairn::symbolication
