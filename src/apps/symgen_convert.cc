#include "apps/symgen_convert.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/symgen/file_facts.h"
#include "analysis/symgen/generate.h"
#include "apps/command.h"
#include "os/file.h"
#include "server/symbol_store/convert_file.h"
#include "server/worker/protocol.h"
#include "server/worker/sandbox.h"

namespace cairn::apps {
namespace {

constexpr int kOutputFd = worker::kSocketFd + 1;
constexpr int kDebugFd = worker::kSocketFd + 2;

base::Status Write(std::string_view text) { return os::WriteAll(kOutputFd, base::AsBytes(text)); }

// The first piece, and behind its MODULE line where the file comes from.
base::Status WriteHead(std::string_view piece) {
  const std::size_t end = std::min(piece.find('\n'), piece.size() - 1) + 1;
  RETURN_IF_ERROR(Write(piece.substr(0, end)));
  RETURN_IF_ERROR(Write("INFO GENERATOR " + std::string(symbol_store::kConvertedGenerator) + "\n"));
  return Write(piece.substr(end));
}

int GiveReason(const base::Error& error) {
  // What a reader said of half a file is no symbol text.
  const bool is_given = ftruncate(kOutputFd, 0) == 0 && os::Rewind(kOutputFd) && Write(base::Describe(error));
  return is_given ? kExitProblem : kExitFailure;
}

}  // namespace

int ConvertInSandbox(const std::string& name, bool has_debug_file) {
  if (!worker::EnterSandbox()) return kExitFailure;
  const auto file = os::MappedFile::FromDescriptor(worker::kSocketFd);
  if (!file) return kExitFailure;
  std::optional<os::MappedFile> debug_file;
  if (has_debug_file) {
    auto opened = os::MappedFile::FromDescriptor(kDebugFd);
    if (!opened) return kExitFailure;
    debug_file.emplace(*std::move(opened));
  }
  const symgen::FileFacts facts = symgen::ReadFacts(file->bytes());
  symgen::GenerateInput input;
  input.file = file->bytes();
  if (debug_file) input.debug_file = debug_file->bytes();
  input.name = facts.pdb_path.empty() ? name : std::string(model::BaseName(facts.pdb_path));
  if (facts.kind == symgen::FileKind::kPe) input.code_file = name;
  base::Status written;
  bool is_first = true;
  const auto symbols = symgen::GenerateSymbols(input, [&](std::string_view piece) {
    return written = std::exchange(is_first, false) ? WriteHead(piece) : Write(piece);
  });
  if (!written) return kExitFailure;
  if (!symbols) return GiveReason(symbols.error());
  const bool is_empty = symbols->functions + symbols->public_symbols + symbols->unwind_ranges == 0;
  return is_empty ? GiveReason({base::Code::kNotFound, 0, "functions, public symbols and unwind tables"})
                  : kExitOk;
}

}  // namespace cairn::apps
