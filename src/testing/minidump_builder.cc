#include "testing/minidump_builder.h"

#include <algorithm>
#include <array>

namespace cairn::testing {
namespace {

// Stream types, minidumpapiset.h and Breakpad's minidump_format.h.
constexpr std::uint32_t kThreadList = 3;
constexpr std::uint32_t kModuleList = 4;
constexpr std::uint32_t kMemoryList = 5;
constexpr std::uint32_t kException = 6;
constexpr std::uint32_t kSystemInfo = 7;
constexpr std::uint32_t kMemory64List = 9;
constexpr std::uint32_t kMiscInfo = 15;
constexpr std::uint32_t kThreadNames = 24;
constexpr std::uint32_t kBreakpadInfo = 0x47670001;
constexpr std::uint32_t kAssertionInfo = 0x47670002;
constexpr std::uint32_t kLinuxMaps = 0x47670009;
constexpr std::uint32_t kCrashpadInfo = 0x43500001;

constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kDirectoryEntryBytes = 12;
constexpr std::size_t kAssertionTextUnits = 128;  // MDRawAssertionInfo: three fields of 128 UTF-16 units.

void AppendUtf16(ByteSink& sink, std::string_view ascii) {
  for (const char c : ascii) sink.U16(static_cast<std::uint16_t>(c));
}

}  // namespace

MinidumpBuilder& MinidumpBuilder::Thread(ThreadSpec thread) {
  threads_.push_back(std::move(thread));
  return *this;
}

MinidumpBuilder& MinidumpBuilder::Module(ModuleSpec module) {
  modules_.push_back(std::move(module));
  return *this;
}

MinidumpBuilder& MinidumpBuilder::Memory(MemorySpec memory) {
  memory_.push_back(std::move(memory));
  return *this;
}

MinidumpBuilder& MinidumpBuilder::Stream(std::uint32_t type, std::vector<std::byte> bytes) {
  return StreamFrom(type,
                    [bytes = std::move(bytes)](MinidumpBuilder&, ByteSink& stream) { stream.Bytes(bytes); });
}

MinidumpBuilder& MinidumpBuilder::StreamFrom(std::uint32_t type, StreamMaker make) {
  raw_streams_.emplace_back(type, std::move(make));
  return *this;
}

MinidumpBuilder& MinidumpBuilder::MiscInfo(std::uint32_t process_id, std::uint32_t create_time_s) {
  ByteSink sink(order_);
  sink.U32(24).U32(1 | 2).U32(process_id).U32(create_time_s).U32(0).U32(0);
  return Stream(kMiscInfo, sink.Take());
}

MinidumpBuilder& MinidumpBuilder::LinuxMaps(std::string_view text) {
  return Stream(kLinuxMaps, ByteSink(order_).Text(text).Take());
}

MinidumpBuilder& MinidumpBuilder::BreakpadInfo(std::uint32_t dump_thread_id,
                                               std::uint32_t requesting_thread_id) {
  return Stream(kBreakpadInfo, ByteSink(order_).U32(3).U32(dump_thread_id).U32(requesting_thread_id).Take());
}

MinidumpBuilder& MinidumpBuilder::Assertion(AssertionSpec assertion) {
  ByteSink sink(order_);
  for (const std::string_view text : {assertion.expression, assertion.function, assertion.file}) {
    const std::string_view cut = text.substr(0, kAssertionTextUnits);
    AppendUtf16(sink, cut);
    sink.Zeros(2 * (kAssertionTextUnits - cut.size()));
  }
  sink.U32(assertion.line).U32(assertion.type);
  return Stream(kAssertionInfo, sink.Take());
}

MinidumpBuilder& MinidumpBuilder::CrashpadAnnotation(std::string name, std::string value) {
  annotations_[std::move(name)] = std::move(value);
  return *this;
}

MinidumpBuilder& MinidumpBuilder::CrashpadModuleAnnotation(std::string name, std::string value) {
  module_annotations_[std::move(name)] = std::move(value);
  return *this;
}

std::vector<std::byte> MinidumpBuilder::Build() {
  const std::size_t stream_count = (system_ ? 1u : 0u) + (threads_.empty() ? 0u : 1u) +
                                   (modules_.empty() ? 0u : 1u) + (exception_ ? 1u : 0u) + 3u +
                                   raw_streams_.size();
  file_ = ByteSink(order_);
  file_.Zeros(kHeaderBytes + stream_count * kDirectoryEntryBytes);
  WriteSystem();
  WriteThreads();
  WriteModules();
  WriteException();
  WriteMemory();
  WriteCrashpad();
  for (const auto& [type, make] : raw_streams_) {
    ByteSink stream(order_);
    make(*this, stream);
    AddStream(type, stream.bytes());
  }

  ByteSink header(order_);
  header.U32(0x504d444d).U32(0xa793).U32(static_cast<std::uint32_t>(directory_.size())).U32(kHeaderBytes);
  header.U32(0).U32(1700000000).U64(0);  // checksum, time, flags
  for (const auto& [type, blob] : directory_) header.U32(type).U32(blob.size).U32(blob.rva);
  std::vector<std::byte> bytes = file_.Take();
  std::ranges::copy(header.bytes(), bytes.begin());
  return bytes;
}

MinidumpBuilder::Blob MinidumpBuilder::Place(base::Bytes bytes) {
  file_.AlignTo(4);
  const auto rva = static_cast<std::uint32_t>(file_.size());
  file_.Bytes(bytes);
  return {static_cast<std::uint32_t>(bytes.size()), rva};
}

void MinidumpBuilder::AddStream(std::uint32_t type, base::Bytes bytes) {
  const Blob blob = Place(bytes);
  directory_.emplace_back(type, blob);
  ranges_[type] = {blob.rva, blob.rva + blob.size};
}

// MINIDUMP_STRING: bytes of text as u32, UTF-16, a zero unit.
std::uint32_t MinidumpBuilder::PlaceUtf16(std::string_view text) {
  ByteSink sink(order_);
  sink.U32(static_cast<std::uint32_t>(text.size() * 2));
  AppendUtf16(sink, text);
  return Place(sink.U16(0).bytes()).rva;
}

// MinidumpUTF8String of Crashpad: the same with UTF-8.
std::uint32_t MinidumpBuilder::PlaceUtf8(std::string_view text) {
  ByteSink sink(order_);
  return Place(sink.U32(static_cast<std::uint32_t>(text.size())).Text(text).U8(0).bytes()).rva;
}

void MinidumpBuilder::BeginList(ByteSink& list, std::size_t count) const {
  list.U32(static_cast<std::uint32_t>(count));
  if (pad_lists_) list.U32(0);
}

void MinidumpBuilder::WriteSystem() {
  if (!system_) return;
  const std::uint32_t text = PlaceUtf16(system_->build_text);
  ByteSink sink(order_);
  sink.U16(system_->architecture).U16(system_->level).U16(system_->revision);
  sink.U8(system_->cpu_count).U8(0);
  sink.U32(system_->major).U32(system_->minor).U32(system_->build).U32(system_->platform).U32(text);
  sink.U16(0).U16(0);
  // CPU_INFORMATION of x86: VendorId[3], version and feature words.
  std::string vendor = system_->cpu_vendor;
  vendor.resize(12);
  if (system_->arm_cpuid != 0) {
    sink.U32(system_->arm_cpuid).U32(system_->arm_capabilities).Zeros(16);
  } else {
    sink.Text(vendor).Zeros(12);
  }
  AddStream(kSystemInfo, sink.bytes());
}

void MinidumpBuilder::WriteThreads() {
  if (threads_.empty()) return;
  ByteSink list(order_);
  ByteSink names(order_);
  std::uint32_t name_count = 0;
  BeginList(list, threads_.size());
  for (const ThreadSpec& thread : threads_) {
    const Blob context = thread.context.empty() ? Blob{} : Place(thread.context);
    Blob stack;
    if (thread.stack_only_in_memory_list) {
      memory_.push_back(thread.stack);
      stack.size = static_cast<std::uint32_t>(thread.stack.bytes.size());
    } else if (!thread.stack.bytes.empty()) {
      stack = Place(thread.stack.bytes);
    }
    list.U32(thread.id).U32(0).U32(0).U32(0).U64(thread.teb);  // id, suspend count, class, priority, TEB
    list.U64(thread.stack.address).U32(stack.size).U32(stack.rva).U32(context.size).U32(context.rva);
    if (!thread.name.empty()) {
      names.U32(thread.id).U64(PlaceUtf16(thread.name));
      ++name_count;
    }
  }
  AddStream(kThreadList, list.bytes());
  if (name_count != 0) AddStream(kThreadNames, ByteSink(order_).U32(name_count).Bytes(names.bytes()).bytes());
}

void MinidumpBuilder::WriteModules() {
  if (modules_.empty()) return;
  ByteSink list(order_);
  BeginList(list, modules_.size());
  for (const ModuleSpec& module : modules_) {
    const std::uint32_t name = PlaceUtf16(module.name);
    const Blob code_view = module.code_view.empty() ? Blob{} : Place(module.code_view);
    list.U64(module.base).U32(module.size).U32(0).U32(module.timestamp).U32(name);
    // VS_FIXEDFILEINFO: signature, structure version, file version ms and ls, product version ms and ls, 7
    // more.
    std::array<std::uint32_t, 4> version{};
    std::copy_n(module.version.begin(), std::min<std::size_t>(module.version.size(), 4), version.begin());
    list.U32(module.version.empty() ? 0 : 0xfeef04bd).U32(module.version.empty() ? 0 : 0x10000);
    for (const std::uint32_t part : version) list.U32(part);
    list.Zeros(7 * 4);
    list.U32(code_view.size).U32(code_view.rva).U32(0).U32(0).U64(0).U64(0);  // misc record, reserved
  }
  AddStream(kModuleList, list.bytes());
}

void MinidumpBuilder::WriteMemory() {
  if (memory_.empty()) return;
  ByteSink list(order_);
  if (full_memory_) {
    // MINIDUMP_MEMORY64_LIST: the ranges' bytes follow one another from one rva.
    ByteSink bytes(order_);
    for (const MemorySpec& memory : memory_) bytes.Bytes(memory.bytes);
    list.U64(memory_.size()).U64(Place(bytes.bytes()).rva);
    for (const MemorySpec& memory : memory_) list.U64(memory.address).U64(memory.bytes.size());
    AddStream(kMemory64List, list.bytes());
    return;
  }
  BeginList(list, memory_.size());
  for (const MemorySpec& memory : memory_) {
    const Blob blob = Place(memory.bytes);
    list.U64(memory.address).U32(blob.size).U32(blob.rva);
  }
  AddStream(kMemoryList, list.bytes());
}

void MinidumpBuilder::WriteException() {
  if (!exception_) return;
  const Blob context = exception_->context.empty() ? Blob{} : Place(exception_->context);
  ByteSink sink(order_);
  sink.U32(exception_->thread_id).U32(0).U32(exception_->code).U32(exception_->flags).U64(0);
  sink.U64(exception_->address).U32(static_cast<std::uint32_t>(exception_->parameters.size())).U32(0);
  for (std::size_t i = 0; i < 15; ++i) {
    sink.U64(i < exception_->parameters.size() ? exception_->parameters[i] : 0);
  }
  sink.U32(context.size).U32(context.rva);
  AddStream(kException, sink.bytes());
}

MinidumpBuilder::Blob MinidumpBuilder::PlaceDictionary(const std::map<std::string, std::string>& entries) {
  if (entries.empty()) return {};
  ByteSink sink(order_);
  sink.U32(static_cast<std::uint32_t>(entries.size()));
  for (const auto& [key, value] : entries) {
    const std::uint32_t key_rva = PlaceUtf8(key);
    const std::uint32_t value_rva = PlaceUtf8(value);
    sink.U32(key_rva).U32(value_rva);
  }
  return Place(sink.bytes());
}

void MinidumpBuilder::WriteCrashpad() {
  if (annotations_.empty() && module_annotations_.empty()) return;
  const Blob simple = PlaceDictionary(annotations_);
  Blob modules;
  if (!module_annotations_.empty()) {
    ByteSink objects(order_);  // MinidumpAnnotationList: count; name rva, type u16, reserved u16, value rva
    objects.U32(static_cast<std::uint32_t>(module_annotations_.size()));
    for (const auto& [name, value] : module_annotations_) {
      const std::uint32_t name_rva = PlaceUtf8(name);
      const std::uint32_t value_rva =
          Place(ByteSink(order_).U32(static_cast<std::uint32_t>(value.size())).Text(value).bytes()).rva;
      objects.U32(name_rva).U16(1).U16(0).U32(value_rva);  // type 1: string
    }
    const Blob list = Place(objects.bytes());
    // MinidumpModuleCrashpadInfo: version, list annotations, simple annotations, annotation objects.
    const Blob info =
        Place(ByteSink(order_).U32(1).U32(0).U32(0).U32(0).U32(0).U32(list.size).U32(list.rva).bytes());
    // MinidumpModuleCrashpadInfoList: count; module index, location.
    modules = Place(ByteSink(order_).U32(1).U32(0).U32(info.size).U32(info.rva).bytes());
  }
  ByteSink sink(order_);
  sink.U32(1).Zeros(32).U32(simple.size).U32(simple.rva).U32(modules.size).U32(modules.rva);
  AddStream(kCrashpadInfo, sink.bytes());
}

std::vector<std::byte> Amd64Context(const model::Registers& registers, std::endian order) {
  using namespace model;  // NOLINT: the register names.
  const auto value = [&](RegisterIndex index) { return registers.Get(index).value_or(0); };
  ByteSink sink(order);
  sink.Zeros(6 * 8);            // P1Home ... P6Home
  sink.U32(0x0010000b).U32(0);  // amd64: control, integer, floating point; MxCsr
  sink.U16(0x33).U16(0x2b).U16(0x2b).U16(0x53).U16(0).U16(0x2b).U32(0x246);  // segments, EFlags
  sink.Zeros(6 * 8);                                                         // Dr0-3, 6, 7
  for (const RegisterIndex index :
       {kRax, kRcx, kRdx, kRbx, kRsp, kRbp, kRsi, kRdi, kR8, kR9, kR10, kR11, kR12, kR13, kR14, kR15, kRip}) {
    sink.U64(value(index));
  }
  sink.Zeros(1232 - sink.size());
  return sink.Take();
}

std::vector<std::byte> ElfCodeView(base::Bytes build_id, std::endian order) {
  return ByteSink(order).U32(0x4270454c).Bytes(build_id).Take();
}

std::vector<std::byte> Pdb70CodeView(base::Bytes guid, std::uint32_t age, std::string_view file,
                                     std::endian order) {
  return ByteSink(order).U32(0x53445352).Bytes(guid).U32(age).Text(file).U8(0).Take();
}

}  // namespace cairn::testing
