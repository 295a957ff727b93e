#include "server/worker/ping_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/hex.h"
#include "base/parse_json.h"

namespace cairn::worker {
namespace {

using base::Code;
using base::Error;
using base::Status;
namespace dom = simdjson::dom;

// An object's fields by name; of repeated names the last.
using Fields = std::map<std::string_view, dom::element>;

Fields FieldsOf(dom::object object) {
  Fields fields;
  for (const dom::key_value_pair field : object) fields.insert_or_assign(field.key, field.value);
  return fields;
}

Error Bad(std::string_view what) { return {Code::kBadValue, 0, what}; }

const dom::element* Find(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

base::Result<Fields> RequireObject(const Fields& fields, std::string_view name, std::string_view what) {
  const dom::element* const element = Find(fields, name);
  dom::object object;
  if (element == nullptr || element->get(object) != simdjson::SUCCESS) return Bad(what);
  return FieldsOf(object);
}

// Absent: empty text. Present: must be a text.
base::Result<std::string> OptionalText(const Fields& fields, std::string_view name, std::string_view what) {
  const dom::element* const element = Find(fields, name);
  if (element == nullptr) return std::string();
  std::string_view text;
  if (element->get(text) != simdjson::SUCCESS) return Bad(what);
  return std::string(text);
}

// As OptionalText, and null means absent as well.
base::Result<std::string> NullableText(const Fields& fields, std::string_view name, std::string_view what) {
  const dom::element* const element = Find(fields, name);
  if (element != nullptr && element->is_null()) return std::string();
  return OptionalText(fields, name, what);
}

base::Result<std::string> RequireText(const Fields& fields, std::string_view name, std::string_view what) {
  if (Find(fields, name) == nullptr) return Bad(what);
  return OptionalText(fields, name, what);
}

// Letters of `shape` stand for themselves, 'd' for a decimal digit and 'x' for a hexadecimal one of either
// case.
bool HasShape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char expected) {
    const bool digit = c >= '0' && c <= '9';
    if (expected == 'd') return digit;
    if (expected == 'x') return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return c == expected;
  });
}

constexpr std::string_view kUuidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

// "0x1f" or "0"; the schema takes no other form.
base::Result<std::uint64_t> ReadHexText(dom::element element, std::string_view what) {
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) return Bad(what);
  if (text == "0") return std::uint64_t{0};
  if (!text.starts_with("0x")) return Bad(what);
  std::string_view digits = text.substr(2);
  if (digits.empty()) return Bad(what);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  const std::optional<std::uint64_t> value = base::ParseHex(digits);
  if (!value) return Bad(what);
  return *value;
}

// A non-negative integer; absent: nothing.
base::Result<std::optional<std::uint64_t>> OptionalIndex(const Fields& fields, std::string_view name,
                                                         std::string_view what) {
  const dom::element* const element = Find(fields, name);
  if (element == nullptr) return std::optional<std::uint64_t>();
  std::uint64_t value = 0;
  if (element->get(value) != simdjson::SUCCESS) return Bad(what);
  return std::optional<std::uint64_t>(value);
}

Status CheckTop(const Fields& top) {
  ASSIGN_OR_RETURN(const std::string type, RequireText(top, "type", "ping: type"));
  if (type != "crash") return Bad("ping: type is not crash");
  ASSIGN_OR_RETURN(const std::string id, RequireText(top, "id", "ping: id"));
  if (!HasShape(id, kUuidShape)) return Bad("ping: id is no UUID");
  ASSIGN_OR_RETURN(const std::string date, RequireText(top, "creationDate", "ping: creationDate"));
  if (!HasShape(date, "dddd-dd-ddTdd:dd:dd.dddZ")) return Bad("ping: creationDate has another form");
  const dom::element* const version = Find(top, "version");
  double number = 0;
  if (version == nullptr || version->get(number) != simdjson::SUCCESS || number != 4)
    return Bad("ping: version is not 4");
  for (const std::string_view name : {"clientId", "profileGroupId"}) {
    ASSIGN_OR_RETURN(const std::string uuid, OptionalText(top, name, "ping: clientId"));
    if (Find(top, name) != nullptr && !HasShape(uuid, kUuidShape)) return Bad("ping: clientId is no UUID");
  }
  if (Find(top, "environment") != nullptr) {
    ASSIGN_OR_RETURN(const Fields environment, RequireObject(top, "environment", "ping: environment"));
    for (const std::string_view part : {"build", "partner", "settings", "system"}) {
      if (Find(environment, part) == nullptr)
        return Bad("ping: environment lacks build, partner, settings or system");
    }
  }
  return {};
}

constexpr std::array<std::string_view, 8> kApplicationTexts = {
    "architecture", "buildId", "channel", "name", "platformVersion", "vendor", "version", "xpcomAbi"};

Status ReadApplication(const Fields& top, PingFacts& facts) {
  ASSIGN_OR_RETURN(const Fields application, RequireObject(top, "application", "ping: application"));
  for (const std::string_view name : kApplicationTexts) {
    RETURN_IF_ERROR(RequireText(application, name, "ping: application lacks a text that it must have"));
  }
  for (const auto& [name, value] : application) {
    const bool known =
        std::find(kApplicationTexts.begin(), kApplicationTexts.end(), name) != kApplicationTexts.end();
    if (!known && name != "displayVersion") return Bad("ping: application has an unknown key");
  }
  ASSIGN_OR_RETURN(facts.product, OptionalText(application, "name", "ping: application.name"));
  ASSIGN_OR_RETURN(facts.version, OptionalText(application, "version", "ping: application.version"));
  ASSIGN_OR_RETURN(const std::string display,
                   OptionalText(application, "displayVersion", "ping: application.displayVersion"));
  if (!display.empty()) facts.version = display;
  ASSIGN_OR_RETURN(facts.build_id, OptionalText(application, "buildId", "ping: application.buildId"));
  ASSIGN_OR_RETURN(facts.release_channel, OptionalText(application, "channel", "ping: application.channel"));
  return {};
}

Status ReadPayloadFacts(const Fields& payload, PingFacts& facts) {
  ASSIGN_OR_RETURN(const std::string date, RequireText(payload, "crashDate", "ping: payload.crashDate"));
  if (!HasShape(date, "dddd-dd-dd")) return Bad("ping: payload.crashDate has another form");
  if (const dom::element* const version = Find(payload, "version"); version != nullptr) {
    double number = 0;
    if (version->get(number) != simdjson::SUCCESS || number != 1)
      return Bad("ping: payload.version is not 1");
  }
  ASSIGN_OR_RETURN(facts.crash_id, OptionalText(payload, "crashId", "ping: payload.crashId"));
  ASSIGN_OR_RETURN(facts.process_type, OptionalText(payload, "processType", "ping: payload.processType"));
  ASSIGN_OR_RETURN(facts.minidump_sha256_hash,
                   NullableText(payload, "minidumpSha256Hash", "ping: payload.minidumpSha256Hash"));
  ASSIGN_OR_RETURN(const Fields metadata, RequireObject(payload, "metadata", "ping: payload.metadata"));
  for (const auto& [name, value] : metadata) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) facts.annotations[std::string(name)] = std::string(text);
  }
  return {};
}

base::Result<model::Module> ReadModule(dom::element element) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return Bad("ping: a module is no object");
  const Fields fields = FieldsOf(object);
  model::Module module;
  std::uint64_t end = 0;
  if (const dom::element* const base_text = Find(fields, "base_addr"); base_text != nullptr) {
    ASSIGN_OR_RETURN(module.base.value, ReadHexText(*base_text, "ping: base_addr of a module"));
  }
  if (const dom::element* const end_text = Find(fields, "end_addr"); end_text != nullptr) {
    ASSIGN_OR_RETURN(end, ReadHexText(*end_text, "ping: end_addr of a module"));
  }
  module.size = end > module.base.value ? end - module.base.value : 0;
  ASSIGN_OR_RETURN(module.code_file, OptionalText(fields, "filename", "ping: filename of a module"));
  ASSIGN_OR_RETURN(module.debug_file, OptionalText(fields, "debug_file", "ping: debug_file of a module"));
  ASSIGN_OR_RETURN(module.code_id, OptionalText(fields, "code_id", "ping: code_id of a module"));
  ASSIGN_OR_RETURN(module.version, OptionalText(fields, "version", "ping: version of a module"));
  ASSIGN_OR_RETURN(const std::string id, OptionalText(fields, "debug_id", "ping: debug_id of a module"));
  if (const std::optional<model::DebugId> debug_id = model::ParseDebugId(id)) module.debug_id = *debug_id;
  return module;
}

model::Trust ReadTrust(std::string_view name) {
  for (const model::Trust trust : {model::Trust::kScan, model::Trust::kCfiScan, model::Trust::kFramePointer,
                                   model::Trust::kCfi, model::Trust::kPrewalked, model::Trust::kContext}) {
    if (model::TrustName(trust) == name) return trust;
  }
  return model::Trust::kNone;
}

base::Result<model::Frame> ReadFrame(dom::element element, std::size_t module_count) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return Bad("ping: a frame is no object");
  const Fields fields = FieldsOf(object);
  model::Frame frame;
  if (const dom::element* const ip = Find(fields, "ip"); ip != nullptr) {
    ASSIGN_OR_RETURN(frame.instruction.value, ReadHexText(*ip, "ping: ip of a frame"));
  }
  frame.resume_address = frame.instruction;
  ASSIGN_OR_RETURN(const std::optional<std::uint64_t> module,
                   OptionalIndex(fields, "module_index", "ping: module_index of a frame"));
  // The schema does not check the range; an index without a module means none.
  if (module && *module < module_count) frame.module = static_cast<std::uint32_t>(*module);
  ASSIGN_OR_RETURN(const std::string trust, OptionalText(fields, "trust", "ping: trust of a frame"));
  frame.trust = ReadTrust(trust);
  return frame;
}

Status ReadThreads(const Fields& traces, model::CrashReport& report) {
  const dom::element* const element = Find(traces, "threads");
  if (element == nullptr) return {};
  dom::array threads;
  if (element->get(threads) != simdjson::SUCCESS) return Bad("ping: stackTraces.threads");
  for (const dom::element item : threads) {
    if (report.threads.size() == kMaxPingThreads)
      return Error{Code::kLimitExceeded, kMaxPingThreads, "ping: threads"};
    model::Thread& thread = report.threads.emplace_back();
    dom::object object;
    if (item.get(object) != simdjson::SUCCESS) return Bad("ping: a thread is no object");
    const Fields fields = FieldsOf(object);
    const dom::element* const list = Find(fields, "frames");
    dom::array frames;
    if (list == nullptr) continue;
    if (list->get(frames) != simdjson::SUCCESS) return Bad("ping: frames of a thread");
    for (const dom::element frame_element : frames) {
      if (thread.frames.size() == kMaxPingFrames) {
        thread.truncated = true;
        break;
      }
      ASSIGN_OR_RETURN(model::Frame frame, ReadFrame(frame_element, report.modules.size()));
      thread.frames.push_back(std::move(frame));
    }
  }
  return {};
}

Status ReadCrashInfo(const Fields& traces, model::CrashReport& report) {
  if (Find(traces, "crash_info") == nullptr) return {};
  ASSIGN_OR_RETURN(const Fields info, RequireObject(traces, "crash_info", "ping: stackTraces.crash_info"));
  ASSIGN_OR_RETURN(report.crash.reason, NullableText(info, "type", "ping: crash_info.type"));
  if (const dom::element* const address = Find(info, "address"); address != nullptr) {
    ASSIGN_OR_RETURN(const std::uint64_t value, ReadHexText(*address, "ping: crash_info.address"));
    report.crash.address = model::ProcessAddress{value};
  }
  ASSIGN_OR_RETURN(const std::optional<std::uint64_t> thread,
                   OptionalIndex(info, "crashing_thread", "ping: crash_info.crashing_thread"));
  if (!thread) return {};
  // As Mozilla's ingester: an index behind the end is a crashing thread of which nothing is known.
  if (*thread >= report.threads.size()) report.threads.emplace_back();
  report.crash.thread =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(*thread, report.threads.size() - 1));
  return {};
}

Status ReadStackTraces(const Fields& payload, model::CrashReport& report) {
  const dom::element* const element = Find(payload, "stackTraces");
  if (element == nullptr || element->is_null()) return {};
  ASSIGN_OR_RETURN(const Fields traces, RequireObject(payload, "stackTraces", "ping: payload.stackTraces"));
  if (const dom::element* const list = Find(traces, "modules"); list != nullptr) {
    dom::array modules;
    if (list->get(modules) != simdjson::SUCCESS) return Bad("ping: stackTraces.modules");
    for (const dom::element item : modules) {
      if (report.modules.size() == kMaxPingModules)
        return Error{Code::kLimitExceeded, kMaxPingModules, "ping: modules"};
      ASSIGN_OR_RETURN(model::Module module, ReadModule(item));
      report.modules.push_back(std::move(module));
    }
  }
  RETURN_IF_ERROR(ReadThreads(traces, report));
  RETURN_IF_ERROR(ReadCrashInfo(traces, report));
  if (!report.crash.thread && !report.threads.empty()) report.crash.thread = 0;
  return {};
}

// The prefix tells the system where the environment does not: signal, Windows exception, Mach exception.
model::Os OsOfReason(std::string_view reason) {
  if (reason.starts_with("SIG")) return model::Os::kLinux;
  if (reason.starts_with("EXCEPTION_")) return model::Os::kWindows;
  if (reason.starts_with("EXC_")) return model::Os::kMacOs;
  return model::Os::kUnknown;
}

void ReadSystem(const Fields& top, model::CrashReport& report) {
  report.system.os = OsOfReason(report.crash.reason);
  if (const dom::element* const environment = Find(top, "environment"); environment != nullptr) {
    std::string_view name;
    if ((*environment)["system"]["os"]["name"].get(name) == simdjson::SUCCESS) {
      if (name == "Linux") report.system.os = model::Os::kLinux;
      if (name == "Windows_NT") report.system.os = model::Os::kWindows;
      if (name == "Darwin") report.system.os = model::Os::kMacOs;
      if (name == "Android") report.system.os = model::Os::kAndroid;
    }
    std::string_view version;
    if ((*environment)["system"]["os"]["version"].get(version) == simdjson::SUCCESS) {
      report.system.os_version = std::string(version);
    }
  }
  std::string_view architecture;
  if (Find(top, "application") == nullptr ||
      (*Find(top, "application"))["architecture"].get(architecture) != simdjson::SUCCESS) {
    return;
  }
  if (architecture == "x86-64" || architecture == "x86_64") report.system.cpu = model::Cpu::kAmd64;
  if (architecture == "x86") report.system.cpu = model::Cpu::kX86;
  if (architecture == "aarch64" || architecture == "arm64") report.system.cpu = model::Cpu::kArm64;
  if (architecture == "arm") report.system.cpu = model::Cpu::kArm;
}

}  // namespace

base::Result<Ping> ReadPing(std::string_view json) {
  if (json.size() > kMaxPingJsonBytes) return Error{Code::kLimitExceeded, kMaxPingJsonBytes, "ping: size"};
  dom::parser parser(kMaxPingJsonBytes);
  dom::object root;
  if (base::ParseJson(parser, json).get(root) != simdjson::SUCCESS) return Bad("ping: it is no JSON object");
  const Fields top = FieldsOf(root);
  RETURN_IF_ERROR(CheckTop(top));
  Ping ping;
  RETURN_IF_ERROR(ReadApplication(top, ping.facts));
  ASSIGN_OR_RETURN(const Fields payload, RequireObject(top, "payload", "ping: payload"));
  RETURN_IF_ERROR(ReadPayloadFacts(payload, ping.facts));
  RETURN_IF_ERROR(ReadStackTraces(payload, ping.report));
  ReadSystem(top, ping.report);
  return ping;
}

}  // namespace cairn::worker
