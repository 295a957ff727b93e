#include "apps/symbols_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "apps/parse_arguments.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/symbol_path.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kCheck = "symbols check";
constexpr std::string_view kCompile = "symbols compile";
constexpr std::size_t kMinDebugIdDigits = 33;

// A caller of the command, for its messages.
struct Console {
  std::string_view verb;
  std::ostream& output;
  std::ostream& errors;

  void Complain(const std::string& message) const { errors << "cairn " << verb << ": " << message << "\n"; }
  int Complain(const std::string& path, const base::Error& error, const char* advice) const {
    Complain(path + ": " + base::Describe(error) + ": " + advice);
    return ExitCodeOf(error);
  }
};

std::optional<int> Parse(CLI::App& app, const Arguments& arguments, const Console& console) {
  return ParseArguments(app, arguments, "cairn " + std::string(console.verb) + ": ", console.output,
                        console.errors);
}

// Of a path, "name", "ID" and "file"; fewer of a shorter one.
std::vector<std::string> LastParts(std::string_view path) {
  std::vector<std::string> parts;
  while (parts.size() < 3 && !path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
    parts.insert(parts.begin(), std::string(path.substr(begin)));
    path = path.substr(0, begin == 0 ? 0 : begin - 1);
  }
  return parts;
}

bool IsCache(std::string_view bytes) {
  return symfile::ReadAt<std::uint64_t>(base::AsBytes(bytes), symfile::kMagicOffset) == symfile::kCacheMagic;
}

int CheckCache(const std::string& path, std::string_view bytes, const Console& console) {
  const auto cache = symfile::SymbolCache::Open(base::AsBytes(bytes));
  if (!cache) return console.Complain(path, cache.error(), "delete it, it will be compiled anew");
  if (!cache->ChecksumMatches()) {
    console.Complain(path + ": the checksum does not match: delete it, it will be compiled anew");
    return kExitProblem;
  }
  console.output << path << ": ok: compiled symbols of " << cache->debug_file() << " " << cache->debug_id()
                 << " (" << cache->os() << " " << cache->arch() << ")\n";
  return kExitOk;
}

// The beginning of the line at `offset`, fit for a terminal. Of a packed file the offset is not one in
// `text`.
std::string Excerpt(std::string_view text, std::uint64_t offset) {
  constexpr std::size_t kShown = 60;
  if (!text.starts_with("MODULE")) return "a line";
  std::string_view line = text.substr(std::min<std::size_t>(static_cast<std::size_t>(offset), text.size()));
  line = line.substr(0, line.find_first_of("\r\n"));
  std::string shown(line.substr(0, kShown));
  std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return "`" + shown + (line.size() > kShown ? "..." : "") + "`";
}

void ReportBadLines(const std::string& path, std::string_view text, const symfile::CompileReport& report,
                    const Console& console) {
  for (const symfile::BadLine& line : report.first_bad_lines) {
    console.Complain(path + ":" + std::to_string(line.number) + " (byte " + std::to_string(line.offset) +
                     "): " + Excerpt(text, line.offset) + ": " + std::string(line.reason) +
                     ": the line is left out");
  }
  const std::size_t rest = report.bad_lines - report.first_bad_lines.size();
  if (rest > 0) console.Complain(path + ": and so are others: " + std::to_string(rest));
}

// A server takes a file only under the name and id of its MODULE line. Where it lies like that in a folder of
// symbols, both must agree; else there is nothing to compare with.
bool LiesWhereItBelongs(const std::string& path, const symfile::SymbolFileHeader& header,
                        const Console& console) {
  model::Module module;
  module.debug_file = header.debug_file;
  module.debug_id = header.debug_id;
  const std::string wanted = symfile::SymbolPath(module);
  if (wanted.empty()) {
    console.Complain(path + ":1: the MODULE line has no name or id under which symbols could be found");
    return false;
  }
  const std::vector<std::string> parts = LastParts(path);
  const bool is_of_a_store = parts.size() == 3 && parts[1].size() >= kMinDebugIdDigits &&
                             parts[1].find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!is_of_a_store || parts[0] + "/" + parts[1] + "/" + parts[2] == wanted) return true;
  console.Complain(path + ":1: the MODULE line is of " + wanted + ": no lookup finds it here, move it there");
  return false;
}

int CheckSymbolFile(const std::string& path, std::string_view text, const Console& console) {
  const auto compiled = symfile::CompileSymbolCache(base::AsBytes(text));
  if (!compiled) return console.Complain(path, compiled.error(), "make it again with `cairn symbols gen`");
  const auto header = symfile::ReadSymbolFileHeader(base::AsBytes(text));
  const symfile::CompileReport& report = compiled->report;
  ReportBadLines(path, text, report, console);
  const bool is_ok = LiesWhereItBelongs(path, *header, console) && report.bad_lines == 0;
  console.output << path << ": "
                 << (is_ok                   ? "ok"
                     : report.bad_lines == 0 ? "misplaced"
                                             : "damaged")
                 << ": symbols of " << header->debug_file << " " << header->debug_id.text << " ("
                 << header->os << " " << header->arch << "): " << report.functions << " functions, "
                 << report.line_rows << " lines, " << report.inline_ranges << " inlined ranges, "
                 << report.publics << " exports, " << report.cfi_ranges << " unwind ranges\n";
  return is_ok ? kExitOk : kExitProblem;
}

int CheckOne(const std::string& path, const Console& console) {
  const auto bytes = os::ReadFile(path, symfile::kMaxSymbolFileBytes);
  if (!bytes) return console.Complain(path, bytes.error(), "check the path");
  return IsCache(*bytes) ? CheckCache(path, *bytes, console) : CheckSymbolFile(path, *bytes, console);
}

int CompileOne(const std::string& path, const std::string& output_path, const Console& console) {
  const auto text = os::ReadFile(path, symfile::kMaxSymbolFileBytes);
  if (!text) return console.Complain(path, text.error(), "check the path");
  const auto compiled = symfile::CompileSymbolCache(base::AsBytes(*text));
  if (!compiled) return console.Complain(path, compiled.error(), "give a Breakpad symbol file");
  if (compiled->report.bad_lines != 0) {
    console.Complain(path + ": " + std::to_string(compiled->report.bad_lines) + " of " +
                     std::to_string(compiled->report.lines) +
                     " lines are left out: `cairn symbols check` names them");
  }
  if (const base::Status written = os::WriteOutput(output_path, compiled->cache); !written) {
    return console.Complain(output_path, written.error(), "choose a place that can be written");
  }
  console.output << output_path << "\n";
  return kExitOk;
}

}  // namespace

int RunSymbolsCheck(const Arguments& arguments) { return RunSymbolsCheck(arguments, std::cout, std::cerr); }

int RunSymbolsCheck(const Arguments& arguments, std::ostream& output, std::ostream& errors) {
  const Console console{kCheck, output, errors};
  std::vector<std::string> files;
  CLI::App app("Says what symbol files (.sym) or compiled symbols hold, and which lines can not be read.",
               "cairn symbols check");
  app.add_option("FILE", files, "Breakpad symbol files or compiled caches")->required();
  if (const auto exit_code = Parse(app, arguments, console)) return *exit_code;
  int worst = kExitOk;
  for (const std::string& path : files) worst = std::max(worst, CheckOne(path, console));
  return worst;
}

int RunSymbolsCompile(const Arguments& arguments) {
  return RunSymbolsCompile(arguments, std::cout, std::cerr);
}

int RunSymbolsCompile(const Arguments& arguments, std::ostream& output, std::ostream& errors) {
  const Console console{kCompile, output, errors};
  std::vector<std::string> files;
  std::string output_path;
  CLI::App app("Compiles symbol files (.sym) into the form that lookups use.", "cairn symbols compile");
  app.add_option("FILE", files, "Breakpad symbol files")->required();
  app.add_option("-o,--output", output_path, "Where to write; else FILE.symcache");
  if (const auto exit_code = Parse(app, arguments, console)) return *exit_code;
  if (files.size() > 1 && !output_path.empty()) {
    console.Complain(std::to_string(files.size()) + " files and one --output: leave --output away");
    return kExitUsage;
  }
  int worst = kExitOk;
  for (const std::string& path : files) {
    worst =
        std::max(worst, CompileOne(path, output_path.empty() ? path + ".symcache" : output_path, console));
  }
  return worst;
}

}  // namespace cairn::apps
