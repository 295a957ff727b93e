#include "apps/ping_signature_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/parse_arguments.h"
#include "apps/symbol_options.h"
#include "base/json_writer.h"
#include "os/file.h"
#include "server/worker/name_ping.h"
#include "server/worker/ping_reader.h"
#include "symbols/symbol_finder.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kPrefix = "cairn ping signature: ";

struct SignOptions {
  SymbolOptions symbols;
  bool json = false;
  std::vector<std::string> files;
};

// Says a server's trouble once; without its symbols there is a signature all the same.
class Troubles {
 public:
  explicit Troubles(std::ostream& errors) : errors_(errors) {}

  void Take(const symbols::FetchEvent& event) {
    if (event.kind != symbols::FetchEvent::Kind::kFailed ||
        event.absence.reason == symbols::AbsenceReason::kNotThere)
      return;
    const std::lock_guard lock(mutex_);
    if (!told_.insert(std::string(event.server)).second) return;
    errors_ << kPrefix << event.server << ": " << base::Describe(event.error)
            << ": symbols may be missing: run it again later\n";
  }

 private:
  std::mutex mutex_;
  std::ostream& errors_;        // GUARDED_BY(mutex_)
  std::set<std::string> told_;  // GUARDED_BY(mutex_)
};

base::Result<model::CrashReport> NameFile(const std::string& file, symbols::SymbolFinder* finder) {
  ASSIGN_OR_RETURN(const std::string json, os::ReadFile(file, worker::kMaxPingJsonBytes));
  std::vector<std::unique_ptr<symbols::LoadedSymbols>> loaded;  // Until the ping is named.
  const auto give_symbols = [&](const model::Module& module) -> const model::ModuleSymbols* {
    if (finder == nullptr) return nullptr;
    base::Result<std::unique_ptr<symbols::LoadedSymbols>> found = finder->Find(module);
    if (!found) return nullptr;
    return &loaded.emplace_back(*std::move(found))->symbols();
  };
  return worker::NamePing(json, give_symbols);
}

std::string RenderJson(const std::string& file, const model::Signature& signature) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("file", file);
  json.TextField("signature", signature.text);
  json.TextField("proto_signature", signature.proto);
  json.Key("notes");
  json.BeginArray();
  for (const std::string& note : signature.notes) json.String(note);
  json.EndArray();
  json.EndObject();
  return json.Take();
}

}  // namespace

int RunPingSignature(const Arguments& arguments) { return SignPings(arguments, std::cout, std::cerr); }

int SignPings(const Arguments& arguments, std::ostream& output, std::ostream& errors) {
  SignOptions options;
  SymbolWords words;
  CLI::App app("Names the stacks of crash pings of both forms and prints their signatures",
               "cairn ping signature");
  AddSymbolOptions(app, options.symbols, words);
  app.add_flag("--json", options.json, "Write a JSON object a line, with proto_signature and notes");
  app.add_option("file", options.files, "pings as JSON")->required();
  if (const auto exit_code = ParseArguments(app, arguments, kPrefix, output, errors)) return *exit_code;
  if (const std::string wrong = FinishSymbolOptions(words, options.symbols); !wrong.empty()) {
    errors << kPrefix << wrong << "\n";
    return kExitUsage;
  }
  for (const std::string& sentence : UselessFolders(options.symbols)) errors << kPrefix << sentence << "\n";
  Troubles troubles(errors);
  std::unique_ptr<symbols::SymbolFinder> finder;  // Null: nowhere to look.
  if (options.symbols.looks_anywhere()) {
    symbols::SymbolFinderOptions where = FinderOptionsOf(options.symbols);
    where.on_event = [&troubles](const symbols::FetchEvent& event) { troubles.Take(event); };
    finder = std::make_unique<symbols::SymbolFinder>(std::move(where));
  }
  int exit_code = kExitOk;
  for (const std::string& file : options.files) {
    const base::Result<model::CrashReport> report = NameFile(file, finder.get());
    if (!report) {
      errors << kPrefix << file << ": " << base::Describe(report.error()) << ": give a crash ping as JSON\n";
      exit_code = std::max<int>(exit_code, ExitCodeOf(report.error()));
      continue;
    }
    const model::Signature& signature = report->signature;
    output << (options.json ? RenderJson(file, signature) : file + ": " + signature.text) << "\n";
  }
  return exit_code;
}

}  // namespace cairn::apps
