#include "apps/symbolicate_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/symbolication/answer.h"
#include "analysis/symbolication/plan.h"
#include "analysis/symbolication/request.h"
#include "analysis/symbolication/symbols_names.h"
#include "apps/parse_arguments.h"
#include "apps/symbol_options.h"
#include "model/module.h"
#include "symbols/prefetch.h"
#include "symbols/symbol_finder.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kPrefix = "cairn symbolicate: ";

// As much as is taken at most, and a byte more.
std::string ReadInput(std::istream& input) {
  std::string text(symbolication::kMaxBodyBytes + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  return text;
}

model::Module ModuleOf(const symbolication::RequestModule& wanted) {
  model::Module module;
  // A name that no file has finds nothing.
  if (wanted.may_have_symbols) module.debug_file = wanted.debug_file;
  module.debug_id.text = wanted.debug_id;
  return module;
}

symbolication::ModuleAnswer AnswerFrom(const symbols::LoadedSymbols& loaded,
                                       const std::vector<model::ModuleOffset>& offsets) {
  const std::string code_file = loaded.file() != nullptr ? loaded.file()->code_file() : std::string();
  const symbolication::SymbolsNames names(loaded.symbols(), code_file);
  return {
      .is_found = true, .code_file = std::string(model::BaseName(code_file)), .named = names.Name(offsets)};
}

// An answer for each question; a server's trouble is said, and its modules have no names.
std::vector<symbolication::ModuleAnswer> AnswerModules(const symbolication::Request& request,
                                                       const symbolication::Plan& plan,
                                                       const SymbolOptions& options, std::ostream& errors) {
  std::vector<symbolication::ModuleAnswer> answers(plan.questions.size());
  if (!options.looks_anywhere()) return answers;
  std::atomic<bool> cancelled = false;
  symbols::SymbolFinderOptions where = FinderOptionsOf(options);
  where.cancelled = &cancelled;
  symbols::SymbolFinder finder(std::move(where));
  std::vector<model::Module> modules;
  for (const symbolication::ModuleQuestion& question : plan.questions)
    modules.push_back(ModuleOf(request.modules[question.module]));
  // Files of many modules come at the same time; names are looked up one after the other.
  std::optional<symbols::Prefetch> prefetch;
  if (options.asks_servers()) prefetch.emplace(finder, modules, cancelled);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const symbols::Prefetch::Found found = prefetch ? prefetch->Take(i) : finder.Find(modules[i]);
    if (found) {
      answers[i] = AnswerFrom(**found, plan.questions[i].offsets);
    } else if (found.error().code != base::Code::kNotFound) {
      errors << kPrefix << symbolication::ModuleKey(request.modules[plan.questions[i].module]) << ": "
             << base::Describe(found.error()) << ": its frames have no names\n";
    }
  }
  return answers;
}

}  // namespace

int RunSymbolicate(const Arguments& arguments) {
  return RunSymbolicate(arguments, std::cin, std::cout, std::cerr);
}

int RunSymbolicate(const Arguments& arguments, std::istream& input, std::ostream& output,
                   std::ostream& errors) {
  SymbolOptions options;
  SymbolWords words;
  CLI::App app("Reads a request as of POST /symbolicate/v5 from standard input and writes the answer",
               "cairn symbolicate");
  AddSymbolOptions(app, options, words);
  if (const auto exit_code = ParseArguments(app, arguments, kPrefix, output, errors)) return *exit_code;
  if (const std::string wrong = FinishSymbolOptions(words, options); !wrong.empty()) {
    errors << kPrefix << wrong << "\n";
    return kExitUsage;
  }
  for (const std::string& sentence : UselessFolders(options)) errors << kPrefix << sentence << "\n";
  const auto read = symbolication::ReadRequest(ReadInput(input), symbolication::ApiVersion::kV5);
  if (const auto* const refusal = std::get_if<symbolication::Refusal>(&read)) {
    errors << kPrefix << "standard input: " << refusal->title << "\n";
    return kExitProblem;
  }
  const symbolication::Request& request = std::get<symbolication::Request>(read);
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  const symbolication::Plan plan = symbolication::MakePlan(request, threads);
  const auto answers = AnswerModules(request, plan, options, errors);
  const base::Result<symbolication::AnswerPieces> answer = symbolication::WriteAnswer(
      request, plan, answers, "", std::max(1U, std::thread::hardware_concurrency()));
  if (!answer) {
    errors << kPrefix << base::Describe(answer.error()) << ": ask for fewer frames\n";
    return kExitProblem;
  }
  for (const std::string& piece : *answer) output << piece;
  output << "\n";
  output.flush();
  return output ? kExitOk : kExitFailure;
}

}  // namespace cairn::apps
