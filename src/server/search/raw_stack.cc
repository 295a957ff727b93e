#include "server/search/raw_stack.h"

#include <utility>

#include "base/utf8.h"
#include "server/search/content_hash.h"

namespace cairn::search {
namespace {

void Mend(std::string& text) {
  if (!base::IsUtf8(text)) text = base::ToValidUtf8(text);
}

std::vector<StackFrame> WithValidText(std::vector<StackFrame> frames) {
  for (StackFrame& frame : frames) {
    Mend(frame.module);
    Mend(frame.debug_id);
    for (NamedFrame& name : frame.names) {
      Mend(name.function);
      Mend(name.file);
    }
  }
  return frames;
}

}  // namespace

std::int64_t AddressHashOf(const StackFrame& frame) {
  ContentHash hash;
  hash.Add(frame.module).Add(frame.debug_id).Add(frame.module_offset);
  if (frame.debug_id.empty()) {
    for (const NamedFrame& name : frame.names) hash.Add(name.function).Add(name.file);
  }
  return hash.Finish();
}

std::int64_t FrameHashOf(const NamedFrame& name, const std::string& module) {
  return ContentHash().Add(module).Add(name.function).Add(name.file).Finish();
}

std::int64_t NamesHashOf(const StackFrame& frame) {
  ContentHash hash;
  for (const NamedFrame& name : frame.names) {
    hash.Add(static_cast<std::uint64_t>(FrameHashOf(name, frame.module))).Add(std::uint64_t{name.line});
  }
  return hash.Finish();
}

RawStack::RawStack(std::vector<StackFrame> frames) : frames_(WithValidText(std::move(frames))) {
  ContentHash addresses;
  ContentHash names;
  for (const StackFrame& frame : frames_) {
    addresses.Add(static_cast<std::uint64_t>(AddressHashOf(frame)));
    names.Add(static_cast<std::uint64_t>(NamesHashOf(frame)));
  }
  id_ = addresses.Finish();
  names_hash_ = names.Finish();
}

SharedStack MakeStack(std::vector<StackFrame> frames) {
  return std::make_shared<const RawStack>(std::move(frames));
}

}  // namespace cairn::search
