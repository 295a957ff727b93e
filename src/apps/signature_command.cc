#include "apps/signature_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/signature_json/crash_data.h"
#include "analysis/signature_json/signature_json.h"
#include "apps/signature_settings.h"
#include "base/json_writer.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "signature";
// Of one object over many lines. A processed crash with all its threads has some megabytes.
constexpr std::size_t kMaxDocumentBytes = 256 << 20;

std::string RenderAnswer(const signature::SignatureInput& crash, signature::Signer& signer,
                         const SignatureOptions& options) {
  base::JsonWriter json;
  json.BeginObject();
  if (options.explain) {
    const signature::ExplainedSignature explained = signer.Explain(crash);
    signature_json::WriteSignature(explained.signature, json);
    signature_json::WriteExplanation(explained, json);
  } else {
    signature_json::WriteSignature(signer.Sign(crash), json);
  }
  json.EndObject();
  return json.Take();
}

std::string RenderError(std::string_view what) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("error");
  json.String(what);
  json.EndObject();
  return json.Take();
}

// Keeps what was loaded; or says why nothing was, and gives the exit code.
template <typename T>
std::optional<int> Take(std::variant<T, SettingsTrouble> loaded, std::optional<T>& value) {
  if (const auto* const trouble = std::get_if<SettingsTrouble>(&loaded)) {
    for (const std::string& line : trouble->lines) PrintError(kVerb, line);
    return trouble->is_unreadable ? kExitFailure : kExitProblem;
  }
  value.emplace(std::get<T>(std::move(loaded)));
  return std::nullopt;
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

int SignStream(std::istream& input, signature::Signer& signer, const SignatureOptions& options,
               std::ostream& output, std::ostream& errors) {
  signature_json::CrashDataReader reader;
  int exit_code = kExitOk;
  bool first = true;
  std::string text;
  for (std::size_t line = 1; std::getline(input, text); ++line) {
    if (IsBlank(text)) continue;
    auto crash = reader.Read(text);
    if (!crash && first) {
      // The first line is no object: perhaps one object begins here and goes on for many lines.
      text += '\n';
      for (std::string more; text.size() <= kMaxDocumentBytes && std::getline(input, more);) {
        text.append(more).append("\n");
      }
      crash = reader.Read(text);
    }
    first = false;
    if (crash) {
      output << RenderAnswer(*crash, signer, options) << '\n';
    } else {
      // Not Describe(): the reader knows no byte offset.
      const std::string what =
          std::string(crash.error().what) + ": " + std::string(CodeSentence(crash.error().code));
      output << RenderError(what) << '\n';
      errors << "cairn signature: stdin, line " << line << ": " << what << ": give one JSON object a line\n";
      exit_code = kExitProblem;
    }
  }
  return exit_code;
}

int RunSignature(const Arguments& arguments) {
  std::ios::sync_with_stdio(false);
  return RunSignature(arguments, std::cin, std::cout);
}

int RunSignature(const Arguments& arguments, std::istream& input, std::ostream& output) {
  CLI::App app("Makes signatures of crash data (JSON objects on stdin, one a line).", "cairn signature");
  SignatureOptions options;
  std::string folder;
  std::string rules_path;
  app.add_flag("--explain", options.explain, "Also say what became of each frame, and what each rule did");
  app.add_option("--lists", folder, "Folder of signature lists to use instead of Cairn's own");
  app.add_option("--rules", rules_path, "File of custom rules, applied on top of the lists");
  try {
    // CLI11 takes the words in reverse order, and throws for errors and for --help.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    output << app.help();
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    PrintError(kVerb, std::string(error.what()) + ": `cairn signature --help` lists the options");
    return kExitUsage;
  }
  std::optional<signature::SignatureLists> lists;
  if (!folder.empty()) {
    if (const std::optional<int> exit_code = Take(LoadSignatureLists(folder), lists)) return *exit_code;
  }
  std::optional<signature::CustomRules> rules;
  if (!rules_path.empty()) {
    if (const std::optional<int> exit_code = Take(LoadCustomRules(rules_path), rules)) return *exit_code;
  }
  signature::Signer signer(lists ? *lists : signature::SignatureLists::Default(), rules ? &*rules : nullptr);
  const int exit_code = SignStream(input, signer, options, output, std::cerr);
  output.flush();
  if (!output) {
    PrintError(kVerb, "stdout: cannot be written: is the disk full?");
    return kExitFailure;
  }
  return exit_code;
}

}  // namespace cairn::apps
