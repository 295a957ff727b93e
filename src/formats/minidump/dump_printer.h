// DumpPrinter writes what is in a dump as indented text, of fields that tables describe.
//
// All text that comes from the dump is printed without control characters. The text is bounded: past
// kMaxDumpTextBytes everything is dropped and the text ends by saying so.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "formats/minidump/reader.h"
#include "model/system.h"

namespace cairn::minidump {

// What a field holds and how it is printed.
enum class FieldKind : std::uint8_t {
  kU8,
  kU16,
  kU32,
  kU64,
  kHex16,
  kHex32,
  kHex64,
  kUnixTime,  // u32, seconds since 1970.
  kFileTime,  // u64, units of 100 ns since 1601.
  kLocation,  // MINIDUMP_LOCATION_DESCRIPTOR: size, rva; its bytes are not printed.
  kMemory,    // MINIDUMP_MEMORY_DESCRIPTOR: start, size, rva; its bytes are printed.
  kName,      // u32, rva of a MINIDUMP_STRING.
  kWideName,  // u64, rva of a MINIDUMP_STRING.
  kUtf8Name,  // u32, rva of Crashpad's MinidumpUTF8String.
  kCodeView,  // Location of a CodeView record.
  kContext,   // Location of a thread's registers.
  kUuid,      // 16 bytes.
  kUtf16,     // `bytes` of UTF-16 up to a zero.
  kBytes,     // `bytes` in hex.
  kWord,      // u32 or u64 as of the dump's CPU.
};

// One field of a structure of the file, in its order.
struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::kU32;
  std::uint32_t bytes = 0;  // Of kUtf16 and kBytes.
};

class DumpPrinter {
 public:
  DumpPrinter(const Minidump& dump, model::Cpu cpu) : dump_(dump), cpu_(cpu) {}

  // A line of its own at the depth of now.
  void Line(std::string_view text);
  void NamedLine(std::string_view name, std::string_view value);
  // Fields in order, each on a line. Stops where the bytes end.
  void Fields(base::ByteReader& reader, std::span<const Field> fields);
  // Lines of 16 bytes in hex and as text; of long blocks the beginning.
  void Hex(base::Bytes bytes);
  // Text of several lines, or of parts that end with a zero.
  void Lines(std::string_view text, char separator);

  // From now on Hex() prints nothing.
  void LeaveOutBytes() { without_bytes_ = true; }

  void Indent() { ++depth_; }
  void Outdent() { --depth_; }

  // Nothing more will be printed: loops end.
  bool is_full() const { return is_full_; }
  const Minidump& dump() const { return dump_; }
  model::Cpu cpu() const { return cpu_; }
  std::string Take();

 private:
  void OneField(base::ByteReader& reader, const Field& field);
  void PlaceField(base::ByteReader& reader, const Field& field);
  void TextField(base::ByteReader& reader, const Field& field);
  void CodeView(Location location);
  void Context(Location location);

  const Minidump& dump_;
  model::Cpu cpu_;
  std::string text_;
  int depth_ = 0;
  bool is_full_ = false;
  bool without_bytes_ = false;
};

// "0x1f"
std::string HexText(std::uint64_t value);

// Valid UTF-8 without control characters, which are written as "\\x1b".
std::string Printable(std::string_view text);

}  // namespace cairn::minidump
