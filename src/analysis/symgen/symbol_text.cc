#include "analysis/symgen/symbol_text.h"

#include <cstdint>

#include "analysis/symgen/demangle.h"

namespace cairn::symgen {
namespace {

// Gives what is used the numbers that are printed, in the order of its first use.
class Renumbering {
 public:
  explicit Renumbering(std::size_t count) : numbers_(count, kUnused) {}

  // Whether this is the first use.
  bool Use(std::uint32_t index) {
    if (numbers_[index] != kUnused) return false;
    numbers_[index] = next_++;
    return true;
  }
  std::uint32_t operator[](std::uint32_t index) const { return numbers_[index]; }

 private:
  static constexpr std::uint32_t kUnused = ~std::uint32_t{0};
  std::vector<std::uint32_t> numbers_;
  std::uint32_t next_ = 0;
};

Renumbering PrintFiles(const DebugInfo& info, TextWriter& writer) {
  Renumbering numbers(info.files.texts().size());
  const auto use = [&](std::uint32_t file) {
    if (numbers.Use(file))
      writer.Text("FILE ").Decimal(numbers[file]).Text(" ").Name(info.files.texts()[file]);
  };
  for (const FunctionRecord& function : info.functions) {
    for (const InlineRecord& call : function.inlines) use(call.call_file);
    for (const LineRecord& line : function.lines) use(line.file);
  }
  return numbers;
}

Renumbering PrintOrigins(const DebugInfo& info, TextWriter& writer) {
  Renumbering numbers(info.names.texts().size());
  for (const FunctionRecord& function : info.functions) {
    for (const InlineRecord& call : function.inlines) {
      if (!numbers.Use(call.origin)) continue;
      writer.Text("INLINE_ORIGIN ").Decimal(numbers[call.origin]).Text(" ");
      writer.Name(info.names.texts()[call.origin]);
    }
  }
  return numbers;
}

}  // namespace

void PrintModule(const ModuleInput& module, std::string_view name, TextWriter& writer) {
  writer.Text("MODULE ").Text(module.system).Text(" ").Text(ArchitectureName(module.cpu));
  writer.Text(" ").Text(module.debug_id.text).Text(" ").Name(name);
  if (module.code_id.empty()) return;
  writer.Text("INFO CODE_ID ").Text(module.code_id);
  writer.Text(module.code_file.empty() ? "" : " ").Name(module.code_file);
}

void PrintDebugInfo(const DebugInfo& info, TextWriter& writer) {
  const Renumbering files = PrintFiles(info, writer);
  const Renumbering origins = PrintOrigins(info, writer);
  for (const FunctionRecord& function : info.functions) {
    writer.Text(function.folded ? "FUNC m " : "FUNC ").Hex(function.range.start.value).Text(" ");
    writer.Hex(function.range.size).Text(" ").Hex(function.parameter_bytes).Text(" ");
    writer.Name(info.names.texts()[function.name]);
    for (const InlineRecord& call : function.inlines) {
      writer.Text("INLINE ").Decimal(call.depth).Text(" ").Decimal(call.call_line);
      writer.Text(" ").Decimal(files[call.call_file]).Text(" ").Decimal(origins[call.origin]);
      for (const AddressRange& range : function.RangesOf(call)) {
        writer.Text(" ").Hex(range.start.value).Text(" ").Hex(range.size);
      }
      writer.EndLine();
    }
    for (const LineRecord& line : function.lines) {
      writer.Hex(line.range.start.value).Text(" ").Hex(line.range.size).Text(" ");
      writer.Decimal(line.line).Text(" ").Decimal(files[line.file]).EndLine();
    }
  }
}

void PrintPublicSymbols(const std::vector<PublicSymbol>& symbols, TextWriter& writer) {
  for (const PublicSymbol& symbol : symbols) {
    writer.Text("PUBLIC ").Hex(symbol.offset.value).Text(" ").Hex(symbol.parameter_bytes).Text(" ");
    writer.Name(Demangle(symbol.name));
  }
}

// Type 4 is frame data, which has a program, and type 0 is FPO data, which has none. Nobody knows an
// epilogue's size.
void PrintWindowsFrames(const std::vector<WindowsFrame>& frames, TextWriter& writer) {
  for (const WindowsFrame& frame : frames) {
    const bool has_program = !frame.program.empty();
    writer.Text(has_program ? "STACK WIN 4 " : "STACK WIN 0 ").Hex(frame.range.start.value);
    for (const std::uint64_t value :
         {frame.range.size, std::uint64_t{frame.prologue_bytes}, std::uint64_t{0},
          std::uint64_t{frame.parameter_bytes}, std::uint64_t{frame.saved_register_bytes},
          std::uint64_t{frame.local_bytes}, std::uint64_t{frame.max_stack_bytes}}) {
      writer.Text(" ").Hex(value);
    }
    if (has_program) {
      writer.Text(" 1 ").Name(frame.program);
    } else {
      writer.Text(frame.allocates_base_pointer ? " 0 1" : " 0 0").EndLine();
    }
  }
}

}  // namespace cairn::symgen
