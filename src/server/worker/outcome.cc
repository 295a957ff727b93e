#include "server/worker/outcome.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "analysis/report/json.h"
#include "analysis/signature/signature_input.h"
#include "base/hex.h"
#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/worker/parts.h"

namespace cairn::worker {
namespace {

using base::JsonWriter;
namespace dom = simdjson::dom;

// Of Firefox: it ends a process that does not shut down (analysis/signature/rules.cc, FollowWatchdog).
constexpr std::string_view kWatchdogFunction = "RunWatchdog";

constexpr std::size_t kPartsOfOutcome = 2;  // What was found, and the whole report.

void WriteTexts(JsonWriter& json, std::string_view key, const std::map<std::string, std::string>& texts) {
  json.Key(key);
  json.BeginObject();
  for (const auto& [name, value] : texts) json.TextField(name, value);
  json.EndObject();
}

void WriteName(JsonWriter& json, const model::SourceLocation& location) {
  json.BeginObject();
  json.TextField("function", location.function);
  json.TextField("file", location.file);
  json.NumberField("line", location.line);
  json.EndObject();
}

void WriteFrame(JsonWriter& json, const model::CrashReport& report, const model::Frame& frame) {
  json.BeginObject();
  if (frame.module && *frame.module < report.modules.size()) {
    const model::Module& module = report.modules[*frame.module];
    json.TextField("module",
                   model::BaseName(module.code_file.empty() ? module.debug_file : module.code_file));
    json.TextField("debug_id", module.debug_id.text);
    // As text: offsets have 64 bits, and JSON readers differ above 53.
    json.TextField("module_offset", base::ToHex(module.OffsetOf(frame.instruction).value));
  } else {
    json.TextField("module_offset", base::ToHex(frame.instruction.value));
  }
  json.Key("names");
  json.BeginArray();
  for (const model::SourceLocation& location : frame.inlines) WriteName(json, location);
  if (!frame.location.function.empty()) WriteName(json, frame.location);
  json.EndArray();
  json.EndObject();
}

// Null if nothing is known to have crashed.
const model::Thread* CrashingThreadOf(const model::CrashReport& report) {
  const std::optional<std::uint32_t> thread = report.crash.thread;
  return thread && *thread < report.threads.size() ? &report.threads[*thread] : nullptr;
}

void WriteFrames(JsonWriter& json, std::string_view key, const model::CrashReport& report,
                 std::span<const model::Frame> frames) {
  json.Key(key);
  json.BeginArray();
  for (const model::Frame& frame : frames) WriteFrame(json, report, frame);
  json.EndArray();
}

// Whether the signature is that of the first thread: the one that crashed only waited for it, or is not
// known.
bool FollowsFirstThread(const model::CrashReport& report) {
  if (report.threads.empty() || report.crash.thread == 0U) return false;
  const model::Thread* const crashed = CrashingThreadOf(report);
  const auto watches = [](const model::SourceLocation& location) {
    return location.function.find(kWatchdogFunction) != std::string::npos;
  };
  return crashed == nullptr || std::ranges::any_of(crashed->frames, [&](const model::Frame& frame) {
           return watches(frame.location) || std::ranges::any_of(frame.inlines, watches);
         });
}

void WriteStack(JsonWriter& json, const model::CrashReport& report) {
  std::span<const model::Frame> frames;
  if (const model::Thread* const crashed = CrashingThreadOf(report)) frames = crashed->frames;
  WriteFrames(json, "stack", report, frames.first(std::min(frames.size(), kMaxOutcomeFrames)));
  if (!FollowsFirstThread(report)) return;
  const std::span<const model::Frame> first = report.threads.front().frames;
  WriteFrames(json, "first_stack", report,
              first.first(std::min(first.size(), signature::kMaxSignatureFrames)));
}

// The stacks of the other threads, each distinct frame once.
void WriteOtherThreads(JsonWriter& json, const model::CrashReport& report) {
  using Place = std::pair<std::optional<std::uint32_t>, std::uint64_t>;  // Module and address.
  std::map<Place, std::size_t> indices;
  std::vector<const model::Frame*> distinct;
  json.Key("other_threads");
  json.BeginArray();
  for (std::size_t i = 0; i < report.threads.size(); ++i) {
    if (report.crash.thread == i) continue;
    json.BeginArray();
    const std::vector<model::Frame>& frames = report.threads[i].frames;
    for (std::size_t k = 0; k < std::min(frames.size(), kMaxOutcomeFrames); ++k) {
      const Place place{frames[k].module, frames[k].instruction.value};
      const auto [found, is_new] = indices.try_emplace(place, distinct.size());
      if (is_new) distinct.push_back(&frames[k]);
      json.Number(found->second);
    }
    json.EndArray();
  }
  json.EndArray();
  json.Key("other_frames");
  json.BeginArray();
  for (const model::Frame* const frame : distinct) WriteFrame(json, report, *frame);
  json.EndArray();
}

// The modules for which a frame somewhere wanted symbols and there were none.
void WriteMissingSymbols(JsonWriter& json, const model::CrashReport& report) {
  std::set<std::uint32_t> missing;
  for (const model::Thread& thread : report.threads) {
    for (const model::Frame& frame : thread.frames) {
      if (frame.missing_symbols && frame.module && *frame.module < report.modules.size())
        missing.insert(*frame.module);
    }
  }
  json.Key("missing_symbols");
  json.BeginArray();
  for (const std::uint32_t index : missing) {
    const model::Module& module = report.modules[index];
    json.BeginObject();
    json.TextField("debug_file", model::BaseName(module.debug_file));
    json.TextField("debug_id", module.debug_id.text);
    json.TextField("code_file", model::BaseName(module.code_file));
    json.TextField("code_id", module.code_id);
    json.EndObject();
  }
  json.EndArray();
}

// What names and groups a crash.
void WriteNames(JsonWriter& json, const model::CrashReport& report) {
  json.TextField("signature", report.signature.text);
  json.TextField("proto_signature", report.signature.proto);
  json.TextField("reason", report.crash.reason);
  WriteStack(json, report);
}

// Reading: what is absent or of another type reads as empty; the worker may say nonsense, but not break
// anything.

std::string TextAt(dom::element element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? CutOutcomeText(text) : std::string();
}

std::map<std::string, std::string> TextsAt(dom::element element, std::string_view key) {
  std::map<std::string, std::string> texts;
  dom::object object;
  if (element[key].get(object) != simdjson::SUCCESS) return texts;
  for (const dom::key_value_pair field : object) {
    std::string_view text;
    if (field.value.get(text) == simdjson::SUCCESS) texts[std::string(field.key)] = CutOutcomeText(text);
  }
  return texts;
}

std::uint32_t NumberAt(dom::element element, std::string_view key) {
  std::uint64_t number = 0;
  if (element[key].get(number) != simdjson::SUCCESS) return 0;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
}

OutcomeFrame ReadFrame(dom::element element) {
  OutcomeFrame frame;
  frame.module = TextAt(element, "module");
  frame.debug_id = TextAt(element, "debug_id");
  frame.module_offset = base::ParseHex(TextAt(element, "module_offset")).value_or(0);
  dom::array names;
  if (element["names"].get(names) != simdjson::SUCCESS) return frame;
  for (const dom::element name : names) {
    if (frame.names.size() == kMaxOutcomeNames) break;
    frame.names.push_back({TextAt(name, "function"), TextAt(name, "file"), NumberAt(name, "line")});
  }
  return frame;
}

std::vector<OutcomeFrame> ReadFrames(dom::element root, std::string_view key, std::size_t frames_max) {
  std::vector<OutcomeFrame> read;
  dom::array frames;
  if (root[key].get(frames) != simdjson::SUCCESS) return read;
  for (const dom::element element : frames) {
    if (read.size() == frames_max) break;
    read.push_back(ReadFrame(element));
  }
  return read;
}

std::size_t BytesOf(const OutcomeFrame& frame) {
  std::size_t bytes = frame.module.size() + frame.debug_id.size();
  for (const FrameName& name : frame.names) bytes += name.function.size() + name.file.size();
  return bytes;
}

// Indices of no frame are left out, and what is past a limit.
std::vector<std::vector<std::uint32_t>> ReadOtherThreads(dom::element root,
                                                         const std::vector<OutcomeFrame>& frames) {
  std::vector<std::vector<std::uint32_t>> read;
  std::size_t frames_left = kMaxOutcomeOtherFrames;
  std::size_t bytes_left = kMaxOutcomeOtherBytes;
  dom::array threads;
  if (root["other_threads"].get(threads) != simdjson::SUCCESS) return read;
  for (const dom::element thread : threads) {
    if (read.size() == kMaxOutcomeThreads) break;
    std::vector<std::uint32_t>& stack = read.emplace_back();
    dom::array indices;
    if (thread.get(indices) != simdjson::SUCCESS) continue;
    for (const dom::element element : indices) {
      std::uint64_t index = 0;
      if (element.get(index) != simdjson::SUCCESS || index >= frames.size()) continue;
      const std::size_t bytes = BytesOf(frames[index]);
      if (stack.size() == kMaxOutcomeFrames || frames_left == 0 || bytes > bytes_left) break;
      stack.push_back(static_cast<std::uint32_t>(index));
      --frames_left;
      bytes_left -= bytes;
    }
  }
  return read;
}

void ReadNames(dom::element root, CrashOutcome& outcome) {
  outcome.signature = TextAt(root, "signature");
  outcome.proto_signature = TextAt(root, "proto_signature");
  outcome.reason = TextAt(root, "reason");
  outcome.stack = ReadFrames(root, "stack", kMaxOutcomeFrames);
  outcome.first_stack = ReadFrames(root, "first_stack", signature::kMaxSignatureFrames);
}

base::Result<dom::element> ParseAnswer(dom::parser& parser, std::string_view text) {
  dom::element root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return base::Error{base::Code::kBadValue, 0, "worker: its answer is no JSON object"};
  }
  return root;
}

}  // namespace

std::string CutOutcomeText(std::string_view text) {
  std::size_t end = std::min(text.size(), kMaxOutcomeTextBytes);
  const auto continues = [&] { return (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; };
  while (end > 0 && end < text.size() && continues()) --end;
  return std::string(text.substr(0, end));
}

CrashOutcome FactsOf(const model::CrashReport& report) {
  CrashOutcome facts;
  facts.reason = report.crash.reason;
  const int digits = 2 * model::PointerBytes(report.system.cpu);
  if (report.crash.address) facts.address = base::ToAddress(report.crash.address->value, digits);
  facts.crashing_thread = report.crash.thread;
  if (report.system.os != model::Os::kUnknown) facts.os_name = model::OsName(report.system.os);
  facts.os_version = report.system.os_version;
  if (report.system.cpu != model::Cpu::kUnknown) facts.cpu_arch = model::CpuName(report.system.cpu);
  facts.dump_annotations = report.annotations;
  return facts;
}

std::string WriteOutcome(const model::CrashReport& report, OtherThreads others) {
  const CrashOutcome facts = FactsOf(report);
  JsonWriter json;
  json.BeginObject();
  WriteNames(json, report);
  json.Key("notes");
  json.BeginArray();
  for (const std::string& note : report.signature.notes) json.String(note);
  json.EndArray();
  json.TextField("address", facts.address);
  if (facts.crashing_thread) {
    json.NumberField("crashing_thread", *facts.crashing_thread);
  }
  json.TextField("os_name", facts.os_name);
  json.TextField("os_version", facts.os_version);
  json.TextField("cpu_arch", facts.cpu_arch);
  WriteTexts(json, "dump_annotations", facts.dump_annotations);
  if (others == OtherThreads::kIncluded) WriteOtherThreads(json, report);
  WriteMissingSymbols(json, report);
  json.EndObject();
  return JoinParts(std::array{json.Take(), report::RenderJson(report, {.private_texts = true})});
}

base::Result<CrashOutcome> ReadOutcome(std::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<std::string_view> parts, SplitParts(text, kPartsOfOutcome));
  if (parts.size() != kPartsOfOutcome)
    return base::Error{base::Code::kBadValue, parts.size(), "worker: parts of its answer"};
  dom::parser parser(kMaxOutcomeBytes);
  CrashOutcome outcome;
  RETURN_IF_ERROR(ParseAnswer(parser, parts[1]));  // It goes into documents as it is.
  outcome.json_dump = parts[1];
  ASSIGN_OR_RETURN(const dom::element root, ParseAnswer(parser, parts[0]));
  ReadNames(root, outcome);
  dom::array notes;
  if (root["notes"].get(notes) == simdjson::SUCCESS) {
    for (const dom::element note : notes) {
      std::string_view sentence;
      if (outcome.notes.size() == kMaxOutcomeNotes) break;
      if (note.get(sentence) == simdjson::SUCCESS) outcome.notes.push_back(CutOutcomeText(sentence));
    }
  }
  outcome.address = TextAt(root, "address");
  std::uint64_t thread = 0;
  if (root["crashing_thread"].get(thread) == simdjson::SUCCESS)
    outcome.crashing_thread = NumberAt(root, "crashing_thread");
  outcome.os_name = TextAt(root, "os_name");
  outcome.os_version = TextAt(root, "os_version");
  outcome.cpu_arch = TextAt(root, "cpu_arch");
  outcome.dump_annotations = TextsAt(root, "dump_annotations");
  outcome.other_frames = ReadFrames(root, "other_frames", kMaxOutcomeOtherFrames);
  outcome.other_threads = ReadOtherThreads(root, outcome.other_frames);
  dom::array missing;
  if (root["missing_symbols"].get(missing) == simdjson::SUCCESS) {
    for (const dom::element module : missing) {
      outcome.missing_symbols.push_back({TextAt(module, "debug_file"), TextAt(module, "debug_id"),
                                         TextAt(module, "code_file"), TextAt(module, "code_id")});
    }
  }
  return outcome;
}

std::string WriteNamedStack(const model::CrashReport& report) {
  JsonWriter json;
  json.BeginObject();
  WriteNames(json, report);
  json.EndObject();
  return json.Take();
}

base::Result<CrashOutcome> ReadNamedStack(std::string_view text) {
  dom::parser parser(kMaxOutcomeBytes);
  ASSIGN_OR_RETURN(const dom::element root, ParseAnswer(parser, text));
  CrashOutcome outcome;
  ReadNames(root, outcome);
  return outcome;
}

}  // namespace cairn::worker
