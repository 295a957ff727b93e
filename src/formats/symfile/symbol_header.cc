#include "formats/symfile/symbol_header.h"

#include <algorithm>
#include <optional>

#include "formats/symfile/text_fields.h"
#include "formats/symfile/text_lines.h"

namespace cairn::symfile {
namespace {

using base::Code;
using base::Error;

// Takes a line without its end off the front of `text`.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::optional<model::DebugId> ReadDebugId(std::string_view text) {
  if (text.size() == 32) return model::ParseDebugId(std::string(text) + "0");
  return model::ParseDebugId(text);
}

// Of lines behind MODULE.
bool BelongsToHead(std::string_view line) {
  TextFields fields(line);
  return fields.Rest().empty() || fields.TakeWord("INFO");
}

bool IsUtf16(std::string_view text) { return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"); }

struct ArchName {
  std::string_view name;
  model::Cpu cpu;
};

// The names of Breakpad's dump_syms (linux/dump_symbols.cc, mac/dump_syms.cc,
// windows/pdb_source_line_writer.cc), and two that other writers use.
constexpr ArchName kArchNames[] = {
    {"x86_64", model::Cpu::kAmd64},  {"x86_64h", model::Cpu::kAmd64}, {"amd64", model::Cpu::kAmd64},
    {"x86", model::Cpu::kX86},       {"arm64", model::Cpu::kArm64},   {"arm64e", model::Cpu::kArm64},
    {"aarch64", model::Cpu::kArm64}, {"arm", model::Cpu::kArm},       {"mips", model::Cpu::kMips},
    {"mips64", model::Cpu::kMips64}, {"ppc", model::Cpu::kPpc},       {"ppc64", model::Cpu::kPpc64},
    {"sparc", model::Cpu::kSparc},   {"riscv", model::Cpu::kRiscv},   {"riscv64", model::Cpu::kRiscv64},
};

}  // namespace

base::Result<SymbolFileHeader> ReadSymbolFileHeader(base::Bytes bytes) {
  std::string_view text = base::AsText(bytes);
  if (IsUtf16(text)) return Error{Code::kUnsupported, 0, "symbol file: UTF-16 text; convert it to UTF-8"};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);

  TextFields module(TakeLine(text));
  if (!module.TakeWord("MODULE"))
    return Error{Code::kBadMagic, 0, "symbol file: the first line is not MODULE"};
  SymbolFileHeader header;
  header.os = module.TakeField();
  header.arch = module.TakeField();
  std::optional<model::DebugId> debug_id = ReadDebugId(module.TakeField());
  header.debug_file = module.Rest();
  if (!debug_id) return Error{Code::kBadValue, 0, "symbol file: debug id of MODULE"};
  if (header.debug_file.empty()) return Error{Code::kBadValue, 0, "symbol file: name of MODULE"};
  header.debug_id = *std::move(debug_id);

  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (!BelongsToHead(line)) break;
    TextFields info(line);
    info.TakeWord("INFO");
    if (info.TakeWord("CODE_ID")) {
      header.code_id = info.TakeField();
      header.code_file = info.Rest();
    } else if (info.TakeWord("GENERATOR")) {
      header.generator = info.Rest();
    }
  }
  return header;
}

base::Result<SymbolFileHeader> ReadSymbolFileHeader(const TextSource& text) {
  TextLines lines(text);
  std::string head;
  while (const std::optional<std::string_view> line = lines.At(head.size())) {
    const bool is_first = head.empty();
    std::string_view rest = *line;
    if (!is_first && !BelongsToHead(TakeLine(rest))) break;
    head.append(*line).push_back('\n');
  }
  if (lines.failed()) return Error{Code::kIo, 0, "symbol file: its head"};
  return ReadSymbolFileHeader(base::AsBytes(head));
}

model::Cpu CpuOfArch(std::string_view arch) {
  const ArchName* found = std::ranges::find(kArchNames, arch, &ArchName::name);
  return found == std::end(kArchNames) ? model::Cpu::kUnknown : found->cpu;
}

}  // namespace cairn::symfile
