#include "server/processor/named_stacks.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <span>
#include <utility>

#include "base/hex.h"
#include "model/crash_report.h"
#include "server/worker/signature_annotations.h"

namespace cairn::processor {
namespace {

// Each part keeps its borders.
class KeyText {
 public:
  KeyText() { text_.reserve(kUsualBytes); }
  void Add(std::string_view text) {
    Add(text.size());
    text_ += text;
  }
  void Add(std::uint64_t number) {
    std::array<char, sizeof(number)> bytes{};
    std::memcpy(bytes.data(), &number, sizeof(number));
    text_.append(bytes.data(), bytes.size());
  }

  std::string Hash() const {
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       static_cast<const unsigned char*>(static_cast<const void*>(text_.data())),
                       text_.size(), nullptr, 0);
    return base::BytesToHex(std::as_bytes(std::span(hash)));
  }

 private:
  static constexpr std::size_t kUsualBytes = 8 << 10;

  std::string text_;
};

void AddFrame(const model::Frame& frame, const model::CrashReport& report, KeyText& key) {
  key.Add(static_cast<std::uint64_t>(frame.trust));
  if (!frame.module) {
    key.Add("nowhere");
    key.Add(frame.instruction.value);  // The signature may hold it.
    return;
  }
  const model::Module& module = report.modules[*frame.module];
  key.Add(module.debug_id.text);
  key.Add(module.debug_file);
  key.Add(module.code_file);
  key.Add(module.OffsetOf(frame.instruction).value);
}

// About what it takes in memory.
std::size_t BytesOf(const search::SignatureInput& input) {
  const search::SignatureInput::Parts& parts = input.parts();
  std::size_t sum = sizeof(input) + 2 * input.annotations_json().size() + parts.signature.signature.size() +
                    parts.signature.proto_signature.size();
  for (const search::StackFrame& frame : parts.stack->frames()) {
    sum += sizeof(frame) + frame.module.size() + frame.debug_id.size();
    for (const search::NamedFrame& name : frame.names)
      sum += sizeof(name) + name.function.size() + name.file.size();
  }
  return sum;
}

}  // namespace

std::string KeyOfStack(const worker::Ping& ping) {
  const model::CrashReport& report = ping.report;
  KeyText key;
  key.Add(static_cast<std::uint64_t>(report.system.os));
  key.Add(static_cast<std::uint64_t>(report.system.cpu));
  key.Add(report.crash.reason);
  key.Add(report.crash.thread.value_or(~std::uint32_t{0}));
  key.Add(ping.facts.product);  // Custom rules may ask for it.
  key.Add(worker::WriteAnnotations(worker::PickSignatureAnnotations(ping.facts.annotations)));
  for (const model::Thread& thread : report.threads) {
    key.Add(thread.frames.size());
    for (const model::Frame& frame : thread.frames) AddFrame(frame, report, key);
  }
  return key.Hash();
}

search::SharedInput NamedStacks::Find(const std::string& key, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  auto found = by_key_.find(key);
  if (found != by_key_.end() && now_ms - found->second->made_ms > kNamedStackMs) {
    Forget(found->second);
    found = by_key_.end();
  }
  if (found == by_key_.end()) {
    ++counts_.misses;
    return nullptr;
  }
  ++counts_.hits;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->input;
}

void NamedStacks::Put(const std::string& key, search::SharedInput input, std::int64_t now_ms) {
  const std::size_t bytes = BytesOf(*input) + 2 * key.size();
  const std::lock_guard lock(mutex_);
  if (const auto old = by_key_.find(key); old != by_key_.end()) Forget(old->second);
  if (bytes > bytes_max_) return;
  while (bytes_ + bytes > bytes_max_) Forget(std::prev(entries_.end()));
  entries_.push_front({key, std::move(input), bytes, now_ms});
  by_key_[key] = entries_.begin();
  bytes_ += bytes;
}

void NamedStacks::ForgetBuild(const std::string& debug_id) {
  const auto has_build = [&debug_id](const search::SharedStack& stack) {
    return std::ranges::find(stack->frames(), debug_id, &search::StackFrame::debug_id) !=
           stack->frames().end();
  };
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    const search::SignatureInput::Parts& parts = entry->input->parts();
    if (has_build(parts.stack) || std::ranges::any_of(parts.more_stacks, has_build)) Forget(entry);
    entry = next;
  }
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
