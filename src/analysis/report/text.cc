#include "analysis/report/text.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/hex.h"
#include "model/registers.h"

namespace cairn::report {
namespace {

using model::CrashReport;
using model::Frame;
using model::Module;
using model::SourceLocation;
using model::Thread;

constexpr std::size_t kWidth = 100;
constexpr std::size_t kTrustWidth = 13;  // "frame pointer"
constexpr std::size_t kLabelWidth = 11;  // "Signature  "
constexpr std::size_t kRegistersPerLine = 4;

std::string Pad(std::string_view text, std::size_t width) {
  std::string padded(text);
  if (padded.size() < width) padded.append(width - padded.size(), ' ');
  return padded;
}

std::string PadLeft(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + std::string(text);
}

// A byte inside a character of UTF-8, before which no text may be cut.
bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Cuts long names so that a line stays readable; the JSON has them whole.
std::string Fit(std::string_view text, std::size_t width) {
  constexpr std::string_view kCut = "...";
  if (text.size() <= width) return std::string(text);
  std::size_t kept = width - std::min(width, kCut.size());
  while (kept > 0 && IsContinuation(text[kept])) --kept;
  return std::string(text.substr(0, kept)) + std::string(kCut);
}

std::string_view TrustWords(model::Trust trust) {
  switch (trust) {
    case model::Trust::kContext: return "registers";
    case model::Trust::kCfi: return "unwind table";
    case model::Trust::kLeaf: return "leaf return";
    case model::Trust::kFramePointer: return "frame pointer";
    case model::Trust::kCfiScan: return "table + scan";
    case model::Trust::kScan: return "stack scan";
    case model::Trust::kPrewalked: return "client";
    case model::Trust::kNone: break;
  }
  return "?";
}

class TextReport {
 public:
  explicit TextReport(const CrashReport& report)
      : report_(report), address_digits_(2 * model::PointerBytes(report.system.cpu)) {}

  std::string Write(TextOptions options) {
    WriteHead();
    if (const Thread* const crashing = CrashingThread()) {
      WriteThread(*report_.crash.thread, *crashing);
      WriteRegisters(*crashing);
    }
    if (options.brief) return std::move(text_);
    for (std::size_t i = 0; i < report_.threads.size(); ++i) {
      if (report_.crash.thread != i) WriteThread(i, report_.threads[i]);
    }
    WriteModules();
    WriteDiagnostics();
    return std::move(text_);
  }

 private:
  // Names come from the dump and from symbols: none of their bytes may steer a terminal.
  void Line(std::string_view line) {
    for (const char c : line) text_ += IsControl(c) ? '?' : c;
    text_ += '\n';
  }
  static bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
  void Labelled(std::string_view label, std::string_view value) {
    if (!value.empty()) Line(Pad(label, kLabelWidth) + Fit(value, kWidth - kLabelWidth));
  }
  std::string Address(std::uint64_t value) const { return base::ToAddress(value, address_digits_); }

  const Thread* CrashingThread() const {
    if (!report_.crash.thread || *report_.crash.thread >= report_.threads.size()) return nullptr;
    return &report_.threads[*report_.crash.thread];
  }

  void WriteHead() {
    const model::SystemInfo& system = report_.system;
    std::string reason = report_.crash.reason.empty() ? "no crash" : report_.crash.reason;
    if (report_.crash.address) reason += " at " + Address(report_.crash.address->value);
    Labelled("Crash", reason);
    Labelled("Assertion", report_.crash.assertion);
    Labelled("Signature", report_.signature.text);
    Labelled("System", std::string(model::OsName(system.os)) + " " + system.os_version);
    std::string cpu(model::CpuName(system.cpu));
    if (!system.cpu_info.empty()) cpu += ", " + system.cpu_info;
    if (system.cpu_count != 0) cpu += ", " + std::to_string(system.cpu_count) + " CPUs";
    Labelled("CPU", cpu);
    if (report_.process_id) Labelled("Process", std::to_string(*report_.process_id));
    for (const auto& [name, value] : report_.annotations) Line("  " + Fit(name + " = " + value, kWidth - 2));
  }

  void WriteThread(std::size_t index, const Thread& thread) {
    std::string title = "Thread " + std::to_string(index) + ", id " + std::to_string(thread.id);
    if (!thread.name.empty()) title += ", \"" + thread.name + "\"";
    if (report_.crash.thread == index)
      title += report_.crash.reason.empty() ? "  (asked for the dump)" : "  (crashed)";
    Line("");
    Line(Fit(title, kWidth));
    if (thread.frames.empty()) Line("  (no frames)");
    for (std::size_t i = 0; i < thread.frames.size(); ++i) WriteFrame(i, thread.frames[i]);
    if (thread.truncated) Line("  (more frames follow)");
  }

  // "  12  unwind table   libfoo.so!Foo::Bar(int) + 0x1c": the place in source on a line of its own.
  void WriteFrame(std::size_t number, const Frame& frame) {
    constexpr std::size_t kIndent = 6;
    const std::string module = ModuleName(frame);
    for (const SourceLocation& inlined : frame.inlines) {
      WriteFrameLine(PadLeft(std::to_string(number), 4), "inlined", module + "!" + inlined.function);
      WriteSource(inlined, kIndent + kTrustWidth + 4);
    }
    std::string name;
    if (!frame.location.function.empty()) {
      name = module + "!" + frame.location.function;
      if (frame.function_offset) name += " + 0x" + base::ToHex(*frame.function_offset);
    } else if (!module.empty()) {
      const Module& owner = report_.modules[*frame.module];
      name = module + " + 0x" + base::ToHex(owner.OffsetOf(frame.instruction).value);
    } else {
      name = Address(frame.instruction.value);
    }
    WriteFrameLine(PadLeft(std::to_string(number), 4), TrustWords(frame.trust), name);
    WriteSource(frame.location, kIndent + kTrustWidth + 4);
    for (const model::Argument& argument : frame.arguments)
      WriteArgument(argument, kIndent + kTrustWidth + 4);
  }

  // The value first: types may be long.
  void WriteArgument(const model::Argument& argument, std::size_t indent) {
    const std::string value = argument.value ? Address(*argument.value)
                                             : PadLeft("?", 2 + static_cast<std::size_t>(address_digits_));
    Line(std::string(indent, ' ') + "maybe " + Fit(value + "  " + argument.type, kWidth - indent - 6));
  }

  void WriteFrameLine(std::string_view number, std::string_view trust, std::string_view name) {
    std::string line = std::string(number) + "  " + Pad(trust, kTrustWidth) + "  ";
    line += Fit(name, kWidth - line.size());
    Line(line);
  }

  void WriteSource(const SourceLocation& location, std::size_t indent) {
    if (location.file.empty()) return;
    std::string place = location.file;
    if (location.line != 0) place += ":" + std::to_string(location.line);
    // The end of a path says more than its start.
    if (place.size() > kWidth - indent) {
      std::size_t start = place.size() - (kWidth - indent - 3);
      while (start < place.size() && IsContinuation(place[start])) ++start;
      place = "..." + place.substr(start);
    }
    Line(std::string(indent, ' ') + place);
  }

  std::string ModuleName(const Frame& frame) const {
    if (!frame.module || *frame.module >= report_.modules.size()) return {};
    return std::string(model::BaseName(report_.modules[*frame.module].code_file));
  }

  void WriteRegisters(const Thread& thread) {
    const model::RegisterTable* const table = model::FindRegisterTable(report_.system.cpu);
    if (table == nullptr || thread.frames.empty()) return;
    Line("");
    Line("Registers");
    std::string line;
    std::size_t on_line = 0;
    for (std::size_t i = 0; i < table->names.size(); ++i) {
      const auto value = thread.frames.front().registers.Get(static_cast<model::RegisterIndex>(i));
      if (!value) continue;
      line += "  " + PadLeft(table->names[i], 3) + " " + base::ToHex(*value, address_digits_);
      if (++on_line == kRegistersPerLine) {
        Line(line);
        line.clear();
        on_line = 0;
      }
    }
    if (!line.empty()) Line(line);
  }

  void WriteModules() {
    Line("");
    Line("Modules (" + std::to_string(report_.modules.size()) + ")");
    for (const Module& module : report_.modules) {
      std::string line =
          "  " + Address(module.base.value) + "-" + Address(module.base.value + module.size) + "  ";
      const std::string_view symbols = module.symbols == model::SymbolStatus::kLoaded    ? "symbols  "
                                       : module.symbols == model::SymbolStatus::kMissing ? "missing  "
                                                                                         : "         ";
      line += symbols;
      line += Fit(model::BaseName(module.code_file), kWidth - line.size());
      Line(line);
      if (!module.debug_id.empty()) Line(std::string(4, ' ') + module.debug_id.text);
    }
  }

  void WriteDiagnostics() {
    const model::Diagnostics& diagnostics = report_.diagnostics;
    if (diagnostics.kept().empty()) return;
    Line("");
    Line("Not read, or cut (" + std::to_string(diagnostics.kept().size() + diagnostics.dropped()) + ")");
    for (const model::Diagnostic& diagnostic : diagnostics.kept()) {
      Line(Fit("  " + std::string(model::StageName(diagnostic.stage)) + ": " + diagnostic.what + ": " +
                   std::string(base::CodeSentence(diagnostic.code)) + " (" +
                   std::to_string(diagnostic.offset) + ")",
               kWidth));
    }
  }

  const CrashReport& report_;
  int address_digits_;
  std::string text_;
};

}  // namespace

std::string RenderText(const CrashReport& report, TextOptions options) {
  return TextReport(report).Write(options);
}

}  // namespace cairn::report
