#include "analysis/report/machine.h"

#include <initializer_list>
#include <string_view>

#include "base/hex.h"

namespace cairn::report {
namespace {

using model::CrashReport;
using model::Frame;
using model::Module;

std::string Address(std::uint64_t value) { return "0x" + base::ToHex(value, 1); }

// Of modules Breakpad writes eight digits at least, whatever the CPU.
std::string ModuleAddress(std::uint64_t value) { return base::ToAddress(value, 8); }

class MachineReport {
 public:
  explicit MachineReport(const CrashReport& report) : report_(report) {}

  std::string Write() {
    WriteSystem();
    for (std::size_t i = 0; i < report_.modules.size(); ++i) WriteModule(report_.modules[i], i == 0);
    text_ += '\n';
    const std::size_t crashing = report_.crash.thread.value_or(report_.threads.size());
    if (crashing < report_.threads.size()) WriteThread(crashing);
    for (std::size_t i = 0; i < report_.threads.size(); ++i) {
      if (i != crashing) WriteThread(i);
    }
    return std::move(text_);
  }

 private:
  void Line(std::initializer_list<std::string_view> fields) {
    bool is_first = true;
    for (const std::string_view field : fields) {
      if (!is_first) text_ += '|';
      is_first = false;
      for (const char c : field) {
        if (c != '|' && static_cast<unsigned char>(c) >= ' ') text_ += c;
      }
    }
    text_ += '\n';
  }

  void WriteSystem() {
    const model::SystemInfo& system = report_.system;
    Line({"OS", model::OsName(system.os), system.os_version});
    Line({"CPU", model::CpuName(system.cpu), system.cpu_info, std::to_string(system.cpu_count)});
    Line({"GPU", "", "", ""});
    if (report_.crash.reason.empty()) {
      Line({"Crash", "No crash", "", ThreadNumber()});
    } else {
      Line({"Crash", report_.crash.reason,
            Address(report_.crash.address.value_or(model::ProcessAddress{}).value), ThreadNumber()});
    }
  }

  std::string ThreadNumber() const {
    return report_.crash.thread ? std::to_string(*report_.crash.thread) : std::string();
  }

  // The last address is inclusive.
  void WriteModule(const Module& module, bool is_main) {
    Line({"Module", model::BaseName(module.code_file), module.version, model::BaseName(module.debug_file),
          module.debug_id.text, ModuleAddress(module.base.value),
          ModuleAddress(module.base.value + module.size - 1), is_main ? "1" : "0"});
  }

  void WriteThread(std::size_t thread) {
    std::size_t number = 0;
    for (const Frame& frame : report_.threads[thread].frames) {
      for (const model::SourceLocation& inlined : frame.inlines) WriteFrame(thread, number++, frame, inlined);
      WriteFrame(thread, number++, frame, frame.location);
    }
  }

  void WriteFrame(std::size_t thread, std::size_t number, const Frame& frame,
                  const model::SourceLocation& location) {
    const std::string thread_text = std::to_string(thread);
    const std::string number_text = std::to_string(number);
    const std::string line = location.line == 0 ? std::string() : std::to_string(location.line);
    const Module* const module =
        frame.module && *frame.module < report_.modules.size() ? &report_.modules[*frame.module] : nullptr;
    Line({thread_text, number_text, module == nullptr ? "" : model::BaseName(module->code_file),
          location.function, location.file, line, Address(Distance(frame, module))});
  }

  // From what is known best: the function, the module, or nothing. As Breakpad has it, to the address that a
  // frame returns to, which is behind the call. Where a line is known Breakpad counts from the line's start,
  // which a report does not hold.
  static std::uint64_t Distance(const Frame& frame, const Module* module) {
    const std::uint64_t call_bytes = frame.resume_address.value - frame.instruction.value;
    if (frame.function_offset && !frame.location.function.empty()) return *frame.function_offset + call_bytes;
    return module == nullptr ? frame.resume_address.value : module->OffsetOf(frame.resume_address).value;
  }

  const CrashReport& report_;
  std::string text_;
};

}  // namespace

std::string RenderMachine(const CrashReport& report) { return MachineReport(report).Write(); }

}  // namespace cairn::report
