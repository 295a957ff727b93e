// macOS and iOS: which limit a process passed, or which guard it touched. EXC_RESOURCE and EXC_GUARD pack a
// type, a flavour and numbers into their 64-bit codes (kern/exc_resource.h, kern/exc_guard.h, mach/port.h and
// sys/guarded.h of Apple's kernel sources). The upper half of the code is the exception's flags; Crashpad
// writes the whole code and subcode as parameters 1 and 2.
#include "analysis/crash/code_names.h"
#include "analysis/crash/systems.h"

namespace cairn::crash {
namespace {

struct Codes {
  std::uint64_t code = 0;
  std::uint64_t subcode = 0;
};

std::string Hex(Codes codes) {
  return base::ToAddress(codes.code).append(" / ").append(base::ToAddress(codes.subcode));
}

// The low `bits` bits of `code` behind the first `shift`.
std::uint64_t Bits(std::uint64_t code, int shift, int bits) {
  return code >> shift & ((std::uint64_t{1} << bits) - 1);
}

std::uint32_t TypeOf(const ExceptionNumbers& exception) { return exception.flags >> 29; }

std::optional<Codes> CodesOf(const ExceptionNumbers& exception) {
  if (exception.parameters.size() < 3) return std::nullopt;
  return Codes{exception.parameters[1], exception.parameters[2]};
}

// A number of a code: "CPU limit: 50%".
struct Field {
  std::string_view label;  // Empty: the row has no more fields.
  bool of_subcode = false;
  int shift = 0;
  int bits = 0;
  std::string_view unit;
};

constexpr int kMaxFields = 3;

struct ResourceType {
  std::string_view name;
  std::span<const CodeName> flavors;
  Field fields[kMaxFields];
};

constexpr CodeName kCpuFlavors[] = {{1, "FLAVOR_CPU_MONITOR"}, {2, "FLAVOR_CPU_MONITOR_FATAL"}};
constexpr CodeName kWakeupsFlavors[] = {{1, "FLAVOR_WAKEUPS_MONITOR"}};
constexpr CodeName kMemoryFlavors[] = {{1, "FLAVOR_HIGH_WATERMARK"}, {2, "FLAVOR_DIAG_MEMLIMIT"}};
constexpr CodeName kIoFlavors[] = {{1, "FLAVOR_IO_PHYSICAL_WRITES"}, {2, "FLAVOR_IO_LOGICAL_WRITES"}};
constexpr CodeName kThreadsFlavors[] = {{1, "FLAVOR_THREADS_HIGH_WATERMARK"}};
constexpr CodeName kPortsFlavors[] = {{1, "FLAVOR_PORT_SPACE_FULL"}};

// By type, from 1. The widths are the kernel's; rust-minidump reads 3 bits of the percentages and 12 of the
// wakeups, and calls the megabytes of I/O a percentage.
constexpr ResourceType kResourceTypes[] = {
    {"RESOURCE_TYPE_CPU",
     kCpuFlavors,
     {{"interval", false, 7, 25, "s"}, {"CPU limit", false, 0, 7, "%"}, {"CPU consumed", true, 0, 7, "%"}}},
    {"RESOURCE_TYPE_WAKEUPS",
     kWakeupsFlavors,
     {{"interval", false, 20, 12, "s"},
      {"wakeups permitted", false, 0, 20, ""},
      {"wakeups observed", true, 0, 20, ""}}},
    {"RESOURCE_TYPE_MEMORY", kMemoryFlavors, {{"high watermark limit", false, 0, 13, "MiB"}}},
    {"RESOURCE_TYPE_IO",
     kIoFlavors,
     {{"interval", false, 15, 17, "s"},
      {"I/O limit", false, 0, 15, "MB"},
      {"I/O observed", true, 0, 15, "MB"}}},
    {"RESOURCE_TYPE_THREADS", kThreadsFlavors, {{"high watermark limit", false, 0, 15, ""}}},
    {"RESOURCE_TYPE_PORTS", kPortsFlavors, {{"ports", false, 0, 24, ""}}},
};

// Bits of a flavour word, one of which is set, and those that only share the word (mach/port.h).
constexpr CodeName kPortFlavors[] = {
    {1u << 0, "GUARD_EXC_DESTROY"},
    {1u << 1, "GUARD_EXC_MOD_REFS"},
    {3, "GUARD_EXC_INVALID_OPTIONS"},
    {1u << 2, "GUARD_EXC_SET_CONTEXT"},
    {5, "GUARD_EXC_THREAD_SET_STATE"},
    {6, "GUARD_EXC_EXCEPTION_BEHAVIOR_ENFORCE"},
    {7, "GUARD_EXC_SERVICE_PORT_VIOLATION_FATAL"},
    {1u << 3, "GUARD_EXC_UNGUARDED"},
    {9, "GUARD_EXC_KOBJECT_REPLY_PORT_SEMANTICS"},
    {10, "GUARD_EXC_REQUIRE_REPLY_PORT_SEMANTICS"},
    {1u << 4, "GUARD_EXC_INCORRECT_GUARD"},
    {1u << 5, "GUARD_EXC_IMMOVABLE"},
    {1u << 6, "GUARD_EXC_STRICT_REPLY"},
    {65, "GUARD_EXC_INVALID_NOTIFICATION_REQ"},
    {66, "GUARD_EXC_INVALID_MPO_ENTITLEMENT"},
    {67, "GUARD_EXC_DESCRIPTOR_VIOLATION"},
    {1u << 7, "GUARD_EXC_MSG_FILTERED"},
    {1u << 8, "GUARD_EXC_INVALID_RIGHT"},
    {1u << 9, "GUARD_EXC_INVALID_NAME"},
    {1u << 10, "GUARD_EXC_INVALID_VALUE"},
    {1u << 11, "GUARD_EXC_INVALID_ARGUMENT"},
    {1u << 12, "GUARD_EXC_RIGHT_EXISTS"},
    {1u << 13, "GUARD_EXC_KERN_NO_SPACE"},
    {1u << 14, "GUARD_EXC_KERN_FAILURE"},
    {1u << 15, "GUARD_EXC_KERN_RESOURCE"},
    {1u << 16, "GUARD_EXC_SEND_INVALID_REPLY"},
    {1u << 17, "GUARD_EXC_SEND_INVALID_VOUCHER"},
    {1u << 18, "GUARD_EXC_SEND_INVALID_RIGHT"},
    {1u << 19, "GUARD_EXC_RCV_INVALID_NAME"},
    {1u << 20, "GUARD_EXC_RCV_GUARDED_DESC"},
    {0x100001, "GUARD_EXC_SERVICE_PORT_VIOLATION_NON_FATAL"},
    {0x100002, "GUARD_EXC_PROVISIONAL_REPLY_PORT"},
    {0x100003, "GUARD_EXC_OOL_PORT_ARRAY_CREATION"},
    {0x100004, "GUARD_EXC_MOVE_PROVISIONAL_REPLY_PORT"},
    {0x100005, "GUARD_EXC_REPLY_PORT_SINGLE_SO_RIGHT"},
    {1u << 21, "GUARD_EXC_MOD_REFS_NON_FATAL"},
    {1u << 22, "GUARD_EXC_IMMOVABLE_NON_FATAL"},
};
constexpr CodeName kFileFlavors[] = {
    {1, "GUARD_EXC_CLOSE"},      {2, "GUARD_EXC_DUP"},       {4, "GUARD_EXC_NOCLOEXEC"},
    {8, "GUARD_EXC_SOCKET_IPC"}, {16, "GUARD_EXC_FILEPORT"}, {32, "GUARD_EXC_MISMATCH"},
    {64, "GUARD_EXC_WRITE"},
};
constexpr CodeName kVnodeFlavors[] = {
    {1, "GUARD_EXC_RENAME_TO"},   {2, "GUARD_EXC_RENAME_FROM"},  {4, "GUARD_EXC_UNLINK"},
    {8, "GUARD_EXC_WRITE_OTHER"}, {16, "GUARD_EXC_TRUNC_OTHER"}, {32, "GUARD_EXC_LINK"},
    {64, "GUARD_EXC_EXCHDATA"},
};
constexpr CodeName kMemoryGuardFlavors[] = {{1, "GUARD_EXC_DEALLOC_GAP"}};
constexpr CodeName kSystemCallFlavors[] = {{0, "GUARD_EXC_MACH_TRAP"}, {1, "GUARD_EXC_UNIX_SYSCALL"}};

struct GuardType {
  std::string_view name;
  std::span<const CodeName> flavors;  // Empty: the type has none.
  std::string_view target_label;      // Of the code's lower half; empty: it says nothing.
  std::string_view subcode_label;
  bool always_subcode = true;  // Otherwise only if it is not zero.
};

// By type, from 0.
constexpr GuardType kGuardTypes[] = {
    {"GUARD_TYPE_NONE", {}, "", ""},
    {"GUARD_TYPE_MACH_PORT", kPortFlavors, "port name", "subcode", false},
    {"GUARD_TYPE_FD", kFileFlavors, "file descriptor", "guard identifier"},
    {"GUARD_TYPE_USER", {}, "namespace", "guard identifier"},
    {"GUARD_TYPE_VN", kVnodeFlavors, "pid", "guard identifier"},
    {"GUARD_TYPE_VIRT_MEMORY", kMemoryGuardFlavors, "", "offset"},
    {"GUARD_TYPE_REJECTED_SC", kSystemCallFlavors, "", "syscall"},
};

void AppendNumber(std::string& text, std::string_view label, std::uint64_t number) {
  text.append(" ").append(label).append(": ").append(std::to_string(number));
}

}  // namespace

std::string MacResourceText(const ExceptionNumbers& exception) {
  const std::uint32_t type = TypeOf(exception);
  const std::optional<Codes> codes = CodesOf(exception);
  if (type == 0 || type > std::size(kResourceTypes)) return {};
  const ResourceType& row = kResourceTypes[type - 1];
  std::string text(row.name);
  if (!codes) return text;
  text.append(" / ");
  const std::string_view flavor = FindName(row.flavors, static_cast<std::uint32_t>(Bits(codes->code, 58, 3)));
  if (flavor.empty()) return text + Hex(*codes);
  text.append(flavor);
  for (const Field& field : row.fields) {
    if (field.label.empty()) break;
    AppendNumber(text, field.label,
                 Bits(field.of_subcode ? codes->subcode : codes->code, field.shift, field.bits));
    text.append(field.unit);
  }
  return text;
}

std::string MacGuardText(const ExceptionNumbers& exception) {
  const std::uint32_t type = TypeOf(exception);
  const std::optional<Codes> codes = CodesOf(exception);
  if (type >= std::size(kGuardTypes)) return {};
  const GuardType& row = kGuardTypes[type];
  std::string text(row.name);
  if (!codes || row.subcode_label.empty()) return text;
  text.append(" /");
  if (!row.flavors.empty()) {
    const std::string_view flavor =
        FindName(row.flavors, static_cast<std::uint32_t>(Bits(codes->code, 32, 29)));
    if (flavor.empty()) return text + " " + Hex(*codes);
    text.append(" ").append(flavor);
  }
  if (!row.target_label.empty()) AppendNumber(text, row.target_label, Bits(codes->code, 0, 32));
  if (row.always_subcode || codes->subcode != 0) AppendNumber(text, row.subcode_label, codes->subcode);
  return text;
}

}  // namespace cairn::crash
