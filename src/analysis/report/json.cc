#include "analysis/report/json.h"

#include <set>
#include <string_view>

#include "base/hex.h"
#include "base/json_writer.h"
#include "model/registers.h"

namespace cairn::report {
namespace {

using model::CrashReport;
using model::Frame;
using model::Module;
using model::Thread;

class JsonReport {
 public:
  JsonReport(const CrashReport& report, JsonOptions options)
      : report_(report),
        options_(options),
        json_(options.pretty ? 2 : 0),
        address_digits_(2 * model::PointerBytes(report.system.cpu)) {}

  std::string Write() {
    json_.BeginObject();
    Field("status", std::string_view("OK"));
    Field("pid", report_.process_id);
    WriteCrashInfo();
    WriteSystemInfo();
    WriteThreads();
    WriteModules();
    WriteSignature();
    if (options_.annotations) WriteAnnotations();
    WriteDiagnostics();
    Field("linux_memory_map_count", report_.linux_memory_map_count);
    Field("process_uptime", Uptime());
    json_.EndObject();
    return json_.Take();
  }

 private:
  // Values: a text that is empty, and an optional that has none, is null.
  void Value(std::string_view text) { text.empty() ? json_.Null() : json_.String(text); }
  void Value(bool value) { json_.Bool(value); }
  void Value(std::uint32_t number) { json_.Number(number); }
  void Value(std::size_t number) { json_.Number(number); }
  void Value(model::ProcessAddress address) { json_.String(base::ToAddress(address.value, address_digits_)); }
  void Value(model::ModuleOffset offset) { json_.String(base::ToAddress(offset.value, address_digits_)); }
  template <typename T>
  void Value(const std::optional<T>& value) {
    value ? Value(*value) : json_.Null();
  }
  template <typename T>
  void Field(std::string_view key, const T& value) {
    json_.Key(key);
    Value(value);
  }

  std::optional<std::uint32_t> Uptime() const {
    if (!report_.crash_time_s || !report_.process_create_time_s) return std::nullopt;
    if (*report_.crash_time_s < *report_.process_create_time_s) return std::nullopt;
    return *report_.crash_time_s - *report_.process_create_time_s;
  }

  void WriteCrashInfo() {
    json_.Key("crash_info");
    json_.BeginObject();
    Field("type", std::string_view(report_.crash.reason));
    Field("address", report_.crash.address);
    Field("crashing_thread", report_.crash.thread);
    Field("assertion", std::string_view(report_.crash.assertion));
    json_.EndObject();
  }

  void WriteSystemInfo() {
    const model::SystemInfo& system = report_.system;
    json_.Key("system_info");
    json_.BeginObject();
    Field("os", model::OsName(system.os));
    Field("os_ver", std::string_view(system.os_version));
    Field("cpu_arch", model::CpuName(system.cpu));
    Field("cpu_info", std::string_view(system.cpu_info));
    Field("cpu_count", system.cpu_count);
    json_.EndObject();
  }

  void WriteThreads() {
    const Thread* const crashing = CrashingThread();
    Field("thread_count", report_.threads.size());
    json_.Key("crashing_thread");
    if (crashing != nullptr && !crashing->frames.empty()) {
      json_.BeginObject();
      Field("threads_index", report_.crash.thread);
      WriteThreadFields(*crashing, true);
      json_.EndObject();
    } else {
      json_.Null();
    }
    if (options_.brief) return;
    json_.Key("threads");
    json_.BeginArray();
    for (const Thread& thread : report_.threads) {
      json_.BeginObject();
      WriteThreadFields(thread, false);
      json_.EndObject();
    }
    json_.EndArray();
  }

  const Thread* CrashingThread() const {
    if (!report_.crash.thread || *report_.crash.thread >= report_.threads.size()) return nullptr;
    return &report_.threads[*report_.crash.thread];
  }

  void WriteThreadFields(const Thread& thread, bool with_registers) {
    Field("thread_id", thread.id);
    Field("thread_name", std::string_view(thread.name));
    Field("frame_count", thread.frames.size());
    Field("truncated", thread.truncated);
    json_.Key("frames");
    json_.BeginArray();
    for (std::size_t i = 0; i < thread.frames.size(); ++i) {
      json_.BeginObject();
      Field("frame", i);
      WriteFrameFields(thread.frames[i]);
      if (with_registers && i == 0) WriteRegisters(thread.frames[i].registers);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteFrameFields(const Frame& frame) {
    const Module* const module = FindModule(frame);
    Field("trust", model::TrustName(frame.trust));
    Field("offset", frame.instruction);
    Field("module", module == nullptr ? std::string_view() : model::BaseName(module->code_file));
    Field("module_offset", module == nullptr ? std::optional<model::ModuleOffset>()
                                             : std::optional(module->OffsetOf(frame.instruction)));
    Field("function", std::string_view(frame.location.function));
    Field("function_offset", frame.function_offset
                                 ? std::optional(model::ModuleOffset{*frame.function_offset})
                                 : std::optional<model::ModuleOffset>());
    WriteSource(frame.location);
    Field("missing_symbols", frame.missing_symbols);
    json_.Key("inlines");
    if (frame.inlines.empty()) return json_.Null();
    json_.BeginArray();
    for (const model::SourceLocation& inlined : frame.inlines) {
      json_.BeginObject();
      Field("function", std::string_view(inlined.function));
      WriteSource(inlined);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteSource(const model::SourceLocation& location) {
    Field("file", std::string_view(location.file));
    Field("line", location.line == 0 ? std::optional<std::uint32_t>() : std::optional(location.line));
  }

  const Module* FindModule(const Frame& frame) const {
    if (!frame.module || *frame.module >= report_.modules.size()) return nullptr;
    return &report_.modules[*frame.module];
  }

  void WriteRegisters(const model::Registers& registers) {
    const model::RegisterTable* const table = model::FindRegisterTable(report_.system.cpu);
    if (table == nullptr) return;
    json_.Key("registers");
    json_.BeginObject();
    for (std::size_t i = 0; i < table->names.size(); ++i) {
      const std::optional<std::uint64_t> value = registers.Get(static_cast<model::RegisterIndex>(i));
      if (value) Field(table->names[i], model::ProcessAddress{*value});
    }
    json_.EndObject();
  }

  void WriteModules() {
    std::set<std::uint32_t> on_stack;
    if (const Thread* const crashing = CrashingThread()) {
      for (const Frame& frame : crashing->frames) {
        if (frame.module) on_stack.insert(*frame.module);
      }
    }
    Field("main_module", std::uint32_t{0});
    json_.Key("modules");
    json_.BeginArray();
    for (std::size_t i = 0; i < report_.modules.size(); ++i) {
      if (options_.brief && !on_stack.contains(static_cast<std::uint32_t>(i))) continue;
      WriteModule(report_.modules[i]);
    }
    json_.EndArray();
  }

  void WriteModule(const Module& module) {
    json_.BeginObject();
    Field("filename", model::BaseName(module.code_file));
    Field("base_addr", module.base);
    Field("end_addr", model::ProcessAddress{module.base.value + module.size});
    Field("code_id", std::string_view(module.code_id));
    Field("debug_file", model::BaseName(module.debug_file));
    // An id that is not there is 33 zeros, as in rust-minidump's output.
    Field("debug_id", module.debug_id.empty() ? std::string_view("000000000000000000000000000000000")
                                              : std::string_view(module.debug_id.text));
    Field("version", std::string_view(module.version));
    Field("loaded_symbols", module.symbols == model::SymbolStatus::kLoaded);
    Field("missing_symbols", module.symbols == model::SymbolStatus::kMissing);
    json_.EndObject();
  }

  void WriteSignature() {
    Field("signature", std::string_view(report_.signature.text));
    Field("proto_signature", std::string_view(report_.signature.proto));
    json_.Key("signature_notes");
    json_.BeginArray();
    for (const std::string& note : report_.signature.notes) json_.String(note);
    json_.EndArray();
  }

  void WriteAnnotations() {
    json_.Key("annotations");
    json_.BeginObject();
    for (const auto& [name, value] : report_.annotations) {
      json_.Key(name);
      json_.String(value);
    }
    json_.EndObject();
  }

  void WriteDiagnostics() {
    json_.Key("diagnostics");
    json_.BeginArray();
    for (const model::Diagnostic& diagnostic : report_.diagnostics.kept()) {
      json_.BeginObject();
      Field("stage", model::StageName(diagnostic.stage));
      Field("what", std::string_view(diagnostic.what));
      Field("problem", base::CodeSentence(diagnostic.code));
      json_.Key("offset");
      json_.Number(diagnostic.offset);
      json_.EndObject();
    }
    json_.EndArray();
    if (report_.diagnostics.dropped() != 0) Field("diagnostics_dropped", report_.diagnostics.dropped());
  }

  const CrashReport& report_;
  JsonOptions options_;
  base::JsonWriter json_;
  int address_digits_;
};

}  // namespace

std::string RenderJson(const CrashReport& report, JsonOptions options) {
  return JsonReport(report, options).Write();
}

}  // namespace cairn::report
