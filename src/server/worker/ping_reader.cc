#include "server/worker/ping_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "analysis/stats/error_aggregates.h"
#include "base/hex.h"
#include "base/parse_json.h"
#include "formats/ping/normalize.h"
#include "server/worker/glean_annotations.h"

namespace cairn::worker {
namespace {

using base::Code;
using base::Error;
using base::Status;
namespace dom = simdjson::dom;

// The names that one field has in the forms of pings: v4's, Glean's on the desktop, Glean's on Android.
using Names = std::initializer_list<std::string_view>;

// An object's members by name; of repeated names the last. What is no object has none. Objects of a ping have
// few members, so they are gone through each time.
class Fields {
 public:
  Fields() = default;
  explicit Fields(dom::element element) {
    dom::object object;
    if (element.get(object) == simdjson::SUCCESS) object_ = object;
  }

  // The first of the names that is there.
  std::optional<dom::element> Find(Names names) const {
    if (!object_) return std::nullopt;
    for (const std::string_view name : names) {
      std::optional<dom::element> found;
      for (const dom::key_value_pair field : *object_) {
        if (field.key == name) found = field.value;
      }
      if (found) return found;
    }
    return std::nullopt;
  }
  Fields ObjectAt(Names names) const {
    const std::optional<dom::element> element = Find(names);
    return element ? Fields(*element) : Fields();
  }
  // Empty: there is no text.
  std::string TextAt(Names names) const {
    const std::optional<dom::element> element = Find(names);
    std::string_view text;
    return element && element->get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
  }
  // 3 and 3.0 are one.
  std::optional<std::uint64_t> IndexAt(Names names) const {
    const std::optional<dom::element> element = Find(names);
    double number = 0;
    constexpr double kMost = 1e15;
    if (!element || element->get(number) != simdjson::SUCCESS || number < 0 || number > kMost) {
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(number);
  }
  // "0x1f" or "0".
  std::optional<std::uint64_t> AddressAt(Names names) const {
    const std::string text = TextAt(names);
    if (text == "0") return std::uint64_t{0};
    if (!text.starts_with("0x")) return std::nullopt;
    std::string_view digits = std::string_view(text).substr(2);
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    return digits.empty() ? std::nullopt : base::ParseHex(digits);
  }
  std::optional<dom::array> ArrayAt(Names names) const {
    const std::optional<dom::element> element = Find(names);
    dom::array array;
    if (!element || element->get(array) != simdjson::SUCCESS) return std::nullopt;
    return array;
  }
  // Each member in its order; a repeated name comes again.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    if (!object_) return;
    for (const dom::key_value_pair field : *object_) visit(field.key, field.value);
  }

 private:
  std::optional<dom::object> object_;
};

model::Module ReadModule(dom::element element) {
  const Fields fields(element);
  model::Module module;
  module.base.value = fields.AddressAt({"base_addr", "base_address", "baseAddress"}).value_or(0);
  const std::uint64_t end = fields.AddressAt({"end_addr", "end_address", "endAddress"}).value_or(0);
  module.size = end > module.base.value ? end - module.base.value : 0;
  module.code_file = fields.TextAt({"filename"});
  module.debug_file = fields.TextAt({"debug_file", "debugFile"});
  module.code_id = fields.TextAt({"code_id", "codeId"});
  module.version = fields.TextAt({"version"});
  const std::string id = fields.TextAt({"debug_id", "debugId"});
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

model::Frame ReadFrame(dom::element element, std::size_t module_count) {
  const Fields fields(element);
  model::Frame frame;
  frame.instruction.value = fields.AddressAt({"ip"}).value_or(0);
  frame.resume_address = frame.instruction;
  const std::optional<std::uint64_t> module = fields.IndexAt({"module_index", "moduleIndex"});
  // The schemas do not check the range; an index without a module means none.
  if (module && *module < module_count) frame.module = static_cast<std::uint32_t>(*module);
  frame.trust = ReadTrust(fields.TextAt({"trust"}));
  return frame;
}

Status ReadThreads(const Fields& traces, model::CrashReport& report) {
  const std::optional<dom::array> threads = traces.ArrayAt({"threads"});
  if (!threads) return {};
  for (const dom::element item : *threads) {
    if (report.threads.size() == kMaxPingThreads)
      return Error{Code::kLimitExceeded, kMaxPingThreads, "ping: threads"};
    model::Thread& thread = report.threads.emplace_back();
    const std::optional<dom::array> frames = Fields(item).ArrayAt({"frames"});
    if (!frames) continue;
    thread.frames.reserve(std::min(frames->size(), kMaxPingFrames));
    for (const dom::element frame : *frames) {
      if (thread.frames.size() == kMaxPingFrames) {
        thread.truncated = true;
        break;
      }
      thread.frames.push_back(ReadFrame(frame, report.modules.size()));
    }
  }
  return {};
}

// As Mozilla's ingester: no index means the first thread (a client forgot to send it), one behind the end a
// crashing thread of which nothing is known, and one without frames crashed at the crash address.
void ChooseThread(std::optional<std::uint64_t> index, model::CrashReport& report) {
  if (report.threads.empty() && !index && !report.crash.address) return;
  const std::uint64_t wanted = index.value_or(0);
  if (wanted >= report.threads.size()) report.threads.emplace_back();
  report.crash.thread =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, report.threads.size() - 1));
  model::Thread& thread = report.threads[*report.crash.thread];
  if (!thread.frames.empty() || !report.crash.address) return;
  model::Frame& frame = thread.frames.emplace_back();
  frame.instruction = *report.crash.address;
  frame.resume_address = frame.instruction;
  frame.trust = model::Trust::kContext;
  for (std::size_t i = 0; i < report.modules.size(); ++i) {
    const model::Module& module = report.modules[i];
    if (frame.instruction.value >= module.base.value &&
        frame.instruction.value - module.base.value < module.size) {
      frame.module = static_cast<std::uint32_t>(i);
    }
  }
}

// `info` is where the form has reason, address and thread.
Status ReadStack(const Fields& traces, const Fields& info, model::CrashReport& report) {
  if (const std::optional<dom::array> modules = traces.ArrayAt({"modules"})) {
    for (const dom::element item : *modules) {
      if (report.modules.size() == kMaxPingModules) {
        return Error{Code::kLimitExceeded, kMaxPingModules, "ping: modules"};
      }
      report.modules.push_back(ReadModule(item));
    }
  }
  RETURN_IF_ERROR(ReadThreads(traces, report));
  report.crash.reason = info.TextAt({"type", "crash_type", "crashType"});
  if (const auto address = info.AddressAt({"address", "crash_address", "crashAddress"})) {
    report.crash.address = model::ProcessAddress{*address};
  }
  ChooseThread(info.IndexAt({"crashing_thread", "crash_thread", "crashThread"}), report);
  return {};
}

// The prefix tells the system where nothing else does: signal, Windows exception, Mach exception.
model::Os OsOfReason(std::string_view reason) {
  if (reason.starts_with("SIG")) return model::Os::kLinux;
  if (reason.starts_with("EXCEPTION_")) return model::Os::kWindows;
  if (reason.starts_with("EXC_")) return model::Os::kMacOs;
  return model::Os::kUnknown;
}

struct SystemTexts {
  std::string os;  // As stats::OsNameOf gives it.
  std::string os_version;
  std::string architecture;
};

void ReadSystem(const SystemTexts& texts, model::CrashReport& report) {
  report.system.os = OsOfReason(report.crash.reason);
  const std::string platform = stats::PlatformOf(texts.os);
  for (const model::Os os :
       {model::Os::kLinux, model::Os::kWindows, model::Os::kMacOs, model::Os::kAndroid, model::Os::kIos}) {
    if (platform == model::OsName(os)) report.system.os = os;
  }
  report.system.os_version = texts.os_version;
  const std::string architecture = ping::NormalizeArchitecture(texts.architecture);
  for (const model::Cpu cpu : {model::Cpu::kX86, model::Cpu::kAmd64, model::Cpu::kArm, model::Cpu::kArm64}) {
    if (architecture == model::CpuName(cpu)) report.system.cpu = cpu;
  }
}

std::string FirstOf(std::string first, std::string second) { return first.empty() ? second : first; }

Status ReadV4(const Fields& top, Ping& ping) {
  const Fields application = top.ObjectAt({"application"});
  const Fields payload = top.ObjectAt({"payload"});
  PingFacts& facts = ping.facts;
  facts.product = application.TextAt({"name"});
  facts.version = FirstOf(application.TextAt({"displayVersion"}), application.TextAt({"version"}));
  facts.build_id = application.TextAt({"buildId"});
  facts.release_channel = application.TextAt({"channel"});
  facts.process_type = payload.TextAt({"processType"});
  facts.crash_id = payload.TextAt({"crashId"});
  facts.client_id = top.TextAt({"clientId"});
  facts.minidump_sha256_hash = payload.TextAt({"minidumpSha256Hash"});
  payload.ObjectAt({"metadata"}).ForEach([&facts](std::string_view name, dom::element value) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) facts.annotations[std::string(name)] = std::string(text);
  });
  const Fields traces = payload.ObjectAt({"stackTraces"});
  RETURN_IF_ERROR(ReadStack(traces, traces.ObjectAt({"crash_info"}), ping.report));
  const Fields os = top.ObjectAt({"environment"}).ObjectAt({"system"}).ObjectAt({"os"});
  ReadSystem({stats::OsNameOf(facts.product, cairn::ping::NormalizeOs(os.TextAt({"name"}))),
              os.TextAt({"version"}), application.TextAt({"architecture"})},
             ping.report);
  return {};
}

// What crashed may be another version than what sends, after an update, or when the crash reporter sends for
// the program: `crash.app_*` goes before `client_info`.
Status ReadGlean(const Fields& top, Ping& ping) {
  const Fields client = top.ObjectAt({"client_info"});
  const Fields metrics = top.ObjectAt({"metrics"});
  const Fields texts = metrics.ObjectAt({"string"});
  PingFacts& facts = ping.facts;
  facts.product = texts.TextAt({"crash.product_name"});
  facts.version =
      FirstOf(texts.TextAt({"crash.app_display_version"}), client.TextAt({"app_display_version"}));
  facts.build_id = FirstOf(texts.TextAt({"crash.app_build"}), client.TextAt({"app_build"}));
  facts.release_channel = FirstOf(texts.TextAt({"crash.app_channel"}), client.TextAt({"app_channel"}));
  facts.process_type = texts.TextAt({"crash.process_type"});
  facts.crash_id = texts.TextAt({"crash.event_id", "crash.id"});
  facts.client_id = client.TextAt({"client_id"});
  facts.minidump_sha256_hash = texts.TextAt({"crash.minidump_sha256_hash", "crash.minidump_sha_256_hash"});
  if (const std::optional<dom::element> all = top.Find({"metrics"}))
    facts.annotations = AnnotationsOfMetrics(*all);
  const Fields traces = metrics.ObjectAt({"object"}).ObjectAt({"crash.stack_traces"});
  RETURN_IF_ERROR(ReadStack(traces, traces, ping.report));
  ReadSystem({cairn::ping::NormalizeOs(client.TextAt({"os"})), client.TextAt({"os_version"}),
              client.TextAt({"architecture"})},
             ping.report);
  return {};
}

}  // namespace

base::Result<Ping> ReadPing(std::string_view json) {
  if (json.size() > kMaxPingJsonBytes) return Error{Code::kLimitExceeded, kMaxPingJsonBytes, "ping: size"};
  dom::parser parser(kMaxPingJsonBytes);
  dom::element root;
  if (base::ParseJson(parser, json).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return Error{Code::kBadValue, 0, "ping: it is no JSON object"};
  }
  const Fields top(root);
  Ping ping;
  const bool is_glean = top.Find({"ping_info", "client_info"}).has_value();
  RETURN_IF_ERROR(is_glean ? ReadGlean(top, ping) : ReadV4(top, ping));
  return ping;
}

}  // namespace cairn::worker
