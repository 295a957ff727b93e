#include "apps/signature_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/signature.h"
#include "apps/crash_data.h"
#include "base/json_writer.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "signature";
constexpr std::uint64_t kMaxListBytes = 16 << 20;  // The longest list in use has 20 KB.
// Of one object over many lines. A processed crash with all its threads has some megabytes.
constexpr std::size_t kMaxDocumentBytes = 256 << 20;

// The files of a folder of lists, as Socorro names them, and where their lines belong.
struct ListFile {
  std::string_view name;
  std::vector<std::string> signature::SignatureListLines::* lines;
};
constexpr ListFile kListFiles[] = {
    {"signature_sentinels.txt", &signature::SignatureListLines::sentinels},
    {"irrelevant_signature_re.txt", &signature::SignatureListLines::irrelevant},
    {"prefix_signature_re.txt", &signature::SignatureListLines::prefix},
    {"signatures_with_line_numbers_re.txt", &signature::SignatureListLines::line_numbers},
};

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t'))
      line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// The lists of a folder; or nothing, and the exit code and one line on stderr say why.
std::optional<signature::SignatureLists> LoadLists(const std::string& folder, int& exit_code) {
  signature::SignatureListLines all;
  for (const ListFile& file : kListFiles) {
    const std::string path = folder + "/" + std::string(file.name);
    const auto text = os::ReadFile(path, kMaxListBytes);
    if (!text) {
      PrintError(kVerb,
                 path + ": " + Describe(text.error()) + ": --lists takes a folder with all four lists");
      exit_code = kExitFailure;
      return std::nullopt;
    }
    all.*file.lines = SplitLines(*text);
    // Each list is tried alone, so that a bad pattern is known by its file.
    signature::SignatureListLines alone;
    alone.*file.lines = all.*file.lines;
    if (const auto lists = signature::SignatureLists::Create(alone); !lists) {
      PrintError(kVerb, path + ", line " + std::to_string(lists.error().offset + 1) +
                            ": not a regular expression that RE2 takes: correct the line");
      exit_code = kExitProblem;
      return std::nullopt;
    }
  }
  auto lists = signature::SignatureLists::Create(all);
  if (!lists) {
    PrintError(kVerb, folder + ": " + Describe(lists.error()));
    exit_code = kExitProblem;
    return std::nullopt;
  }
  return *std::move(lists);
}

std::string RenderAnswer(const signature::ExplainedSignature& explained, bool with_frames) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("signature");
  json.String(explained.signature.text);
  json.Key("proto_signature");
  json.String(explained.signature.proto);
  json.Key("notes");
  json.BeginArray();
  for (const std::string& note : explained.signature.notes) json.String(note);
  json.EndArray();
  if (with_frames) {
    json.Key("frames");
    json.BeginArray();
    for (const signature::ExplainedFrame& frame : explained.frames) {
      json.BeginObject();
      json.Key("frame");
      json.String(frame.normalized);
      json.Key("role");
      json.String(signature::FrameRoleName(frame.role));
      json.EndObject();
    }
    json.EndArray();
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

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

int SignStream(std::istream& input, const signature::SignatureLists& lists, const SignatureOptions& options,
               std::ostream& output, std::ostream& errors) {
  CrashDataReader reader;
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
      output << RenderAnswer(signature::ExplainSignature(*crash, lists), options.explain) << '\n';
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
  app.add_flag("--explain", options.explain, "Also say what became of each frame");
  app.add_option("--lists", folder, "Folder of signature lists to use instead of Cairn's own");
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
  int exit_code = kExitOk;
  if (folder.empty()) {
    exit_code = SignStream(input, signature::SignatureLists::Default(), options, output, std::cerr);
  } else {
    const std::optional<signature::SignatureLists> lists = LoadLists(folder, exit_code);
    if (!lists) return exit_code;
    exit_code = SignStream(input, *lists, options, output, std::cerr);
  }
  output.flush();
  if (!output) {
    PrintError(kVerb, "stdout: cannot be written: is the disk full?");
    return kExitFailure;
  }
  return exit_code;
}

}  // namespace cairn::apps
