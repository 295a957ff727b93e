#include "symbols/binary_file.h"

#include <optional>
#include <utility>

#include "formats/native_unwind/binary_symbols.h"

namespace cairn::symbols {
namespace {

// Archives of several CPUs are macOS' alone; kUnknown takes the first file, or the only one.
constexpr model::Cpu kCpus[] = {model::Cpu::kUnknown, model::Cpu::kAmd64, model::Cpu::kArm64,
                                model::Cpu::kX86, model::Cpu::kArm};

// The CPU by which the module's own build is found in the file; nothing if it holds another build.
std::optional<model::Cpu> FindBuild(base::Bytes bytes, const model::Module& module) {
  for (const model::Cpu cpu : kCpus) {
    const auto identity = native::IdentifyBinary(bytes, cpu);
    if (!identity) continue;
    const bool same_code = !identity->code_id.empty() && identity->code_id == module.code_id;
    const bool same_debug = !identity->debug_id.empty() && identity->debug_id == module.debug_id;
    if (same_code || same_debug) return cpu;
  }
  return std::nullopt;
}

}  // namespace

base::Result<std::shared_ptr<const BinaryFile>> BinaryFile::Open(const std::string& path,
                                                                 const model::Module& module) {
  ASSIGN_OR_RETURN(os::MappedFile mapping, os::MappedFile::Open(path));
  const std::optional<model::Cpu> cpu = FindBuild(mapping.bytes(), module);
  if (!cpu) return base::Error{base::Code::kNotFound, 0, "a binary of the module's build"};
  // Moving a mapping leaves its bytes where they are, so what borrows them may be made first.
  ASSIGN_OR_RETURN(std::unique_ptr<model::ModuleSymbols> symbols, native::OpenBinary(mapping.bytes(), *cpu));
  return std::shared_ptr<const BinaryFile>(new BinaryFile(std::move(mapping), std::move(symbols)));
}

bool IsBuildOf(const std::string& path, const model::Module& module) {
  const auto mapping = os::MappedFile::Open(path);
  return mapping && FindBuild(mapping->bytes(), module).has_value();
}

}  // namespace cairn::symbols
