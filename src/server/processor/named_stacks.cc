#include "server/processor/named_stacks.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <utility>

#include "base/hex.h"
#include "server/processor/dump_view.h"
#include "server/worker/signature_annotations.h"

namespace cairn::processor {
namespace {

namespace dom = simdjson::dom;

// Each part keeps its borders.
class KeyText {
 public:
  void Add(std::string_view text) { (text_ += std::to_string(text.size()) + ":").append(text); }
  void Add(std::uint64_t number) { text_ += std::to_string(number) + ";"; }

  std::string Hash() const {
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       static_cast<const unsigned char*>(static_cast<const void*>(text_.data())),
                       text_.size(), nullptr, 0);
    return base::BytesToHex(std::as_bytes(std::span(hash)));
  }

 private:
  std::string text_;
};

void AddFrame(const model::Frame& frame, const model::CrashReport& report, KeyText& key) {
  key.Add(static_cast<std::uint64_t>(frame.trust));
  if (!frame.module) {
    key.Add("nowhere");
    key.Add(frame.instruction.value);  // The signature may hold it.
    return;
  }
  key.Add(*frame.module);
  key.Add(report.modules[*frame.module].OffsetOf(frame.instruction).value);
}

StackNames::FrameNames ReadFrame(dom::element frame) {
  StackNames::FrameNames names;
  const auto location = [](dom::element element) {
    std::uint64_t line = 0;
    if (element["line"].get(line) != simdjson::SUCCESS) line = 0;
    return model::SourceLocation{TextAt(element, "function"), TextAt(element, "file"),
                                 static_cast<std::uint32_t>(std::min<std::uint64_t>(line, UINT32_MAX))};
  };
  names.location = location(frame);
  const std::string offset = TextAt(frame, "function_offset");
  if (offset.starts_with("0x")) names.function_offset = base::ParseHex(offset.substr(2));
  names.missing_symbols = TrueAt(frame, "missing_symbols");
  dom::array inlines;
  if (frame["inlines"].get(inlines) == simdjson::SUCCESS) {
    for (const dom::element inlined : inlines) names.inlines.push_back(location(inlined));
  }
  return names;
}

}  // namespace

std::size_t StackNames::bytes() const {
  const auto of = [](const model::SourceLocation& location) {
    return sizeof(location) + location.function.size() + location.file.size();
  };
  std::size_t sum =
      sizeof(*this) + signature.text.size() + signature.proto.size() + modules.size() * sizeof(ModuleState);
  for (const std::string& note : signature.notes) sum += sizeof(note) + note.size();
  for (const std::vector<FrameNames>& frames : threads) {
    for (const FrameNames& frame : frames) {
      sum += sizeof(frame) + of(frame.location);
      for (const model::SourceLocation& inlined : frame.inlines) sum += of(inlined);
    }
  }
  return sum;
}

std::string KeyOfStack(const worker::Ping& ping) {
  const model::CrashReport& report = ping.report;
  KeyText key;
  key.Add(static_cast<std::uint64_t>(report.system.os));
  key.Add(static_cast<std::uint64_t>(report.system.cpu));
  key.Add(report.crash.reason);
  key.Add(report.crash.thread.value_or(~std::uint32_t{0}));
  key.Add(worker::WriteAnnotations(worker::PickSignatureAnnotations(ping.facts.annotations)));
  for (const model::Module& module : report.modules) {
    key.Add(module.debug_id.text);
    key.Add(module.debug_file);
    key.Add(module.code_file);
  }
  for (const model::Thread& thread : report.threads) {
    key.Add(thread.frames.size());
    for (const model::Frame& frame : thread.frames) AddFrame(frame, report, key);
  }
  return key.Hash();
}

std::optional<StackNames> NamesOf(const worker::CrashOutcome& outcome, const worker::Ping& ping) {
  const DumpView dump(outcome.json_dump);
  StackNames names;
  names.signature = {.text = outcome.signature, .proto = outcome.proto_signature, .notes = outcome.notes};
  for (const dom::element thread : dump.Array("/threads")) {
    std::vector<StackNames::FrameNames>& frames = names.threads.emplace_back();
    dom::array list;
    if (thread["frames"].get(list) != simdjson::SUCCESS) return std::nullopt;
    for (const dom::element frame : list) frames.push_back(ReadFrame(frame));
  }
  for (const dom::element module : dump.Array("/modules")) {
    const model::SymbolStatus symbols = TrueAt(module, "loaded_symbols")    ? model::SymbolStatus::kLoaded
                                        : TrueAt(module, "missing_symbols") ? model::SymbolStatus::kMissing
                                                                            : model::SymbolStatus::kNotAsked;
    names.modules.push_back({symbols, TrueAt(module, "corrupt_symbols")});
  }
  bool same = names.threads.size() == ping.report.threads.size() &&
              names.modules.size() == ping.report.modules.size();
  for (std::size_t i = 0; same && i < names.threads.size(); ++i)
    same = names.threads[i].size() == ping.report.threads[i].frames.size();
  if (!same) return std::nullopt;
  return names;
}

void GiveNames(const StackNames& names, worker::Ping& ping) {
  model::CrashReport& report = ping.report;
  for (std::size_t i = 0; i < report.threads.size(); ++i) {
    for (std::size_t j = 0; j < report.threads[i].frames.size(); ++j) {
      const StackNames::FrameNames& known = names.threads.at(i).at(j);
      model::Frame& frame = report.threads[i].frames[j];
      frame.location = known.location;
      frame.function_offset = known.function_offset;
      frame.inlines = known.inlines;
      frame.missing_symbols = known.missing_symbols;
    }
  }
  for (std::size_t i = 0; i < report.modules.size(); ++i) {
    report.modules[i].symbols = names.modules.at(i).symbols;
    report.modules[i].has_corrupt_symbols = names.modules.at(i).has_corrupt_symbols;
  }
  report.signature = names.signature;
}

std::optional<StackNames> NamedStacks::Find(const std::string& key, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found != by_key_.end() && now_ms - found->second->made_ms > kNamedStackMs) Forget(found->second);
  const auto fresh = by_key_.find(key);
  if (fresh == by_key_.end()) {
    ++counts_.misses;
    return std::nullopt;
  }
  ++counts_.hits;
  entries_.splice(entries_.begin(), entries_, fresh->second);
  return fresh->second->names;
}

void NamedStacks::Put(const std::string& key, StackNames names, std::int64_t now_ms) {
  const std::size_t bytes = names.bytes() + 2 * key.size();
  const std::lock_guard lock(mutex_);
  if (const auto old = by_key_.find(key); old != by_key_.end()) Forget(old->second);
  if (bytes > bytes_max_) return;
  while (bytes_ + bytes > bytes_max_) Forget(std::prev(entries_.end()));
  entries_.push_front({key, std::move(names), bytes, now_ms});
  by_key_[key] = entries_.begin();
  bytes_ += bytes;
}

void NamedStacks::Forget(std::list<Entry>::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

NamedStacks::Counts NamedStacks::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace cairn::processor
