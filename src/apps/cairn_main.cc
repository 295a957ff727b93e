// The front door: `cairn VERB ...`. A verb is a row of kCommands; it runs here, or in an executable beside
// this one when it needs libraries that this one must not link (databases, LLVM).
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "apps/command.h"
#include "apps/stackwalk_command.h"
#include "apps/symbols_command.h"
#include "base/version.h"
#include "os/process.h"

namespace cairn::apps {
namespace {

struct Command {
  std::string_view words;  // One verb, or a noun and a verb: "symbols gen".
  std::string_view summary;
  int (*run)(const Arguments&) = nullptr;  // Takes the words behind the verb.
  std::string_view sibling;                // Else: the executable that takes over.
  bool sibling_takes_words = false;        // Whether it also gets the verb itself.
};

constexpr Command kCommands[] = {
    {.words = "stackwalk", .summary = "turn a minidump into stacks", .run = RunStackwalk},
    {.words = "signature preview",
     .summary = "what other lists and rules would make of all crashes",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature save",
     .summary = "put lists and rules in force",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature undo",
     .summary = "take the newest change of lists, rules or names back",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature history",
     .summary = "who changed what of signatures",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature merge",
     .summary = "give the crashes of several signatures one",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature rename",
     .summary = "give a signature another name",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature split",
     .summary = "take a merge or a renaming back",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature resolve",
     .summary = "where the crashes of a former signature are",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature similar",
     .summary = "signatures whose crashes are alike those of one",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "signature", .summary = "make signatures of crash data", .sibling = "cairn-signature"},
    {.words = "symbols gen", .summary = "make a symbol file of a binary", .sibling = "cairn-symgen"},
    {.words = "symbols check", .summary = "say what symbol files hold", .run = RunSymbolsCheck},
    {.words = "symbols compile", .summary = "compile symbol files", .run = RunSymbolsCompile},
    {.words = "symbolicate", .summary = "name the addresses of a request", .sibling = "cairn-symbolicate"},
    {.words = "symbols missing",
     .summary = "list modules whose symbols crashes wait for",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "symbols upload",
     .summary = "send symbol files to a server",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "ping check",
     .summary = "say whether crash pings are valid",
     .sibling = "cairn-ping",
     .sibling_takes_words = true},
    {.words = "ping signature",
     .summary = "name the stacks of crash pings and sign them",
     .sibling = "cairn-ping",
     .sibling_takes_words = true},
    {.words = "ping rejects",
     .summary = "list the pings that were refused",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "ping replay",
     .summary = "check refused pings again",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "crashes",
     .summary = "list, send or delete the reports that wait on this machine",
     .sibling = "cairn-handler",
     .sibling_takes_words = true},
    {.words = "serve", .summary = "run the server", .sibling = "cairn-server", .sibling_takes_words = true},
    {.words = "doctor",
     .summary = "say what of a server is in order, and what is not",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "reprocess",
     .summary = "have crashes processed again by a running server",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "search",
     .summary = "list the crashes that a search finds",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "facet",
     .summary = "count the crashes that a search finds",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "export",
     .summary = "write all crashes that a search finds to a file",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "report get",
     .summary = "print single crashes of a server, or their dumps",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "purge",
     .summary = "remove every trace of crashes",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "replay",
     .summary = "send made-up crashes to a server, and measure",
     .sibling = "cairn-replay"},
    {.words = "rules",
     .summary = "check and try the rules that say which reports are kept",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "product",
     .summary = "say who may fetch a product's symbols, and how long it is kept",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "user",
     .summary = "make users and tokens, grant and revoke",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
    {.words = "index",
     .summary = "make the index anew, or sweep it",
     .sibling = "cairn-server",
     .sibling_takes_words = true},
};

void PrintUsage(std::FILE* file) {
  std::string text = "usage: cairn COMMAND [OPTION...] [ARGUMENT...]\n\ncommands:\n";
  for (const Command& command : kCommands) {
    std::string words(command.words);
    words.resize(20, ' ');
    text += "  " + words + std::string(command.summary) + "\n";
  }
  text += "\n`cairn COMMAND --help` says more.\n";
  std::fwrite(text.data(), 1, text.size(), file);
}

// How many of the arguments are the command's words; zero if they are not.
std::size_t MatchWords(std::string_view words, std::span<const std::string> arguments) {
  std::size_t count = 0;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (count == arguments.size() || arguments[count] != words.substr(0, end)) return 0;
    words.remove_prefix(std::min(end + 1, words.size()));
    ++count;
  }
  return count;
}

int RunSibling(const Command& command, const Arguments& arguments) {
  const std::string program = os::ExecutableFolder() + "/" + std::string(command.sibling);
  const base::Error error = os::Execute(program, arguments);
  PrintError(command.words, program + ": " + Describe(error) + ": it must lie beside cairn");
  return kExitFailure;
}

int Run(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    PrintUsage(stderr);
    return kExitUsage;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    PrintUsage(stdout);
    return kExitOk;
  }
  if (arguments[0] == "--version" || arguments[0] == "-V") {
    const std::string line = std::string(base::kVersionText) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    return kExitOk;
  }
  for (const Command& command : kCommands) {
    const std::size_t words = MatchWords(command.words, arguments);
    if (words == 0) continue;
    const std::span<const std::string> rest = arguments.subspan(words);
    if (command.run != nullptr) return command.run(Arguments(rest.begin(), rest.end()));
    const std::span<const std::string> passed = command.sibling_takes_words ? arguments : rest;
    return RunSibling(command, Arguments(passed.begin(), passed.end()));
  }
  PrintError(arguments[0], "there is no such command: `cairn --help` lists them");
  return kExitUsage;
}

}  // namespace
}  // namespace cairn::apps

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  return cairn::apps::Run(arguments);
}
