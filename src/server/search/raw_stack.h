// RawStack is the stack of a thread as addresses that do not depend on where modules were loaded, beside the
// names that symbols give to them today.
//
// Its id is a content hash of the addresses alone: late symbols change names and never an id. Made once and
// never changed, so that the crashes that have it can share it, and no text is hashed or copied per crash.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cairn::search {

// A function at an address. One address has several where calls were inlined.
struct NamedFrame {
  std::string function;
  std::string file;
  std::uint32_t line = 0;

  friend bool operator==(const NamedFrame&, const NamedFrame&) = default;
};

// One frame of a raw stack. Without a module it is known by names (Java), or by its address in the process
// alone (code made at run time).
struct StackFrame {
  std::string module;               // Base name of the code file.
  std::string debug_id;             // Breakpad's form; empty if unknown.
  std::uint64_t module_offset = 0;  // Without a module, the address.
  std::vector<NamedFrame> names;    // Innermost inline first; empty: no symbols.
};

// What an address is known by: module, debug id and offset. Without a debug id the module's build is not
// known, and the names belong to it.
std::int64_t AddressHashOf(const StackFrame& frame);
// Of a name within a module, without the line.
std::int64_t FrameHashOf(const NamedFrame& name, const std::string& module);
// Of all names of an address with their lines.
std::int64_t NamesHashOf(const StackFrame& frame);

class RawStack {
 public:
  // Innermost frame first. Text that is not UTF-8 is mended.
  explicit RawStack(std::vector<StackFrame> frames);

  std::int64_t id() const { return id_; }
  // Differs when any name differs.
  std::int64_t names_hash() const { return names_hash_; }
  const std::vector<StackFrame>& frames() const { return frames_; }

 private:
  std::vector<StackFrame> frames_;
  std::int64_t id_;
  std::int64_t names_hash_;
};

// Shared: thousands of crashes have the same stack, and the cache that made it goes on while they are
// written.
using SharedStack = std::shared_ptr<const RawStack>;

SharedStack MakeStack(std::vector<StackFrame> frames);

}  // namespace cairn::search
