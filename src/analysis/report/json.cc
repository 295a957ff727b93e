#include "analysis/report/json.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "analysis/report/json_crash.h"
#include "analysis/report/json_fields.h"
#include "analysis/report/json_process.h"
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
        fields_(json_, 2 * model::PointerBytes(report.system.cpu)) {}

  std::string Write() {
    ReserveText();
    json_.BeginObject();
    Field("status", std::string_view("OK"));
    Field("pid", report_.process_id);
    WriteCrashInfo(fields_, report_.crash);
    WriteSystemInfo(fields_, report_.system);
    WriteThreads();
    WriteModules();
    WriteProcessFacts(fields_, report_, options_.private_texts);
    WriteSignature();
    if (options_.private_texts) {
      WriteTexts("annotations", report_.annotations);
      WriteModuleAnnotations();
    }
    WriteDiagnostics();
    Field("linux_memory_map_count", report_.linux_memory_map_count);
    Field("process_uptime", Uptime());
    json_.EndObject();
    return json_.Take();
  }

 private:
  // A text that grows by and by is copied to new memory time and again, and all of it costs page faults.
  // Frames of C++ with names have some 700 bytes, modules 400; what is too much costs nothing, as it is never
  // touched.
  void ReserveText() {
    constexpr std::size_t kBytesOfFrame = 1024;
    constexpr std::size_t kBytesOfModule = 512;
    std::size_t frames = 0;
    for (const Thread& thread : report_.threads) frames += thread.frames.size();
    json_.Reserve(frames * kBytesOfFrame + report_.modules.size() * kBytesOfModule);
  }

  template <typename T>
  void Field(std::string_view key, const T& value) {
    fields_.Field(key, value);
  }

  std::optional<std::uint32_t> Uptime() const {
    if (!report_.crash_time_s || !report_.process_create_time_s) return std::nullopt;
    if (*report_.crash_time_s < *report_.process_create_time_s) return std::nullopt;
    return *report_.crash_time_s - *report_.process_create_time_s;
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
    Field("last_error_value", std::string_view(thread.last_error));
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
    WriteUnloadedModules(frame);
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

  // Offsets are grouped by the modules' names: a module that was loaded at several places has several.
  void WriteUnloadedModules(const Frame& frame) {
    std::map<std::string_view, std::set<std::uint64_t>> offsets_by_name;
    for (const model::UnloadedOffset& place : frame.unloaded_modules) {
      if (place.module >= report_.unloaded_modules.size()) continue;
      const std::string_view name = model::BaseName(report_.unloaded_modules[place.module].code_file);
      offsets_by_name[name].insert(place.offset.value);
    }
    fields_.ListOrNull("unloaded_modules", offsets_by_name, [&](const auto& named) {
      json_.BeginObject();
      Field("module", named.first);
      fields_.List("offsets", named.second,
                   [&](std::uint64_t offset) { fields_.Element(model::ModuleOffset{offset}); });
      json_.EndObject();
    });
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
    Field("modules_contains_cert_info", std::ranges::any_of(report_.modules, [](const Module& module) {
            return !module.cert_subject.empty();
          }));
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
    Field("cert_subject", std::string_view(module.cert_subject));
    Field("symbol_url", std::string_view(module.symbol_url));
    Field("corrupt_symbols", module.has_corrupt_symbols);
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

  void WriteTexts(std::string_view key, const std::map<std::string, std::string>& texts) {
    json_.Key(key);
    json_.BeginObject();
    for (const auto& [name, value] : texts) json_.TextField(name, value);
    json_.EndObject();
  }

  void WriteModuleAnnotations() {
    fields_.List("module_annotations", report_.module_annotations,
                 [&](const model::ModuleAnnotations& noted) {
                   json_.BeginObject();
                   Field("module", noted.module < report_.modules.size()
                                       ? model::BaseName(report_.modules[noted.module].code_file)
                                       : std::string_view());
                   fields_.List("list", noted.list, [&](const std::string& text) { json_.String(text); });
                   WriteTexts("values", noted.values);
                   json_.EndObject();
                 });
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
  JsonFields fields_;
};

}  // namespace

std::string RenderJson(const CrashReport& report, JsonOptions options) {
  return JsonReport(report, options).Write();
}

}  // namespace cairn::report
