// Any bytes as an instruction, any numbers as registers and as the exception: facts come out, nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "analysis/crash/facts.h"
#include "analysis/instruction/decode.h"

namespace {

using namespace cairn;

constexpr model::Os kSystems[] = {model::Os::kLinux, model::Os::kWindows, model::Os::kMacOs,
                                  model::Os::kAndroid};
constexpr model::Cpu kCpus[] = {model::Cpu::kAmd64, model::Cpu::kArm64, model::Cpu::kX86, model::Cpu::kMips};

std::vector<model::MemoryMapping> ReadRegions(base::ByteReader& reader) {
  std::vector<model::MemoryMapping> regions;
  std::uint64_t end = 0;
  for (int i = 0; i < 8; ++i) {
    const std::uint64_t start = end + (std::uint64_t{reader.Read<std::uint32_t>()} << 8);
    end = start + 1 + (std::uint64_t{reader.Read<std::uint16_t>()} << 12);
    const auto access = reader.Read<std::uint8_t>();
    regions.push_back({.start = {start},
                       .end = {end},
                       .readable = (access & 1) != 0,
                       .writable = (access & 2) != 0,
                       .executable = (access & 4) != 0});
  }
  return regions;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader reader(std::as_bytes(std::span(data, size)));
  model::SystemInfo system;
  const auto choice = reader.Read<std::uint8_t>();
  system.os = kSystems[choice & 3];
  system.cpu = kCpus[choice >> 2 & 3];
  const base::Bytes code = reader.ReadBytes(16);
  const std::uint64_t parameters[] = {reader.Read<std::uint8_t>(), reader.Read<std::uint64_t>(), 0};
  const crash::ExceptionNumbers exception{.code = reader.Read<std::uint32_t>(),
                                          .flags = reader.Read<std::uint32_t>(),
                                          .address = reader.Read<std::uint64_t>(),
                                          .parameters = parameters};
  const std::vector<model::MemoryMapping> regions = ReadRegions(reader);
  model::Registers registers;
  for (int i = 0; i < 33 && reader.remaining() >= 9; ++i) {
    registers.Set(reader.Read<std::uint8_t>(), reader.Read<std::uint64_t>());
  }
  const model::MemoryView memory[] = {{{parameters[1]}, code}};
  const crash::Reason reason = crash::ReadReason(system, exception);
  model::CrashFacts facts;
  facts.reason = reason.text;
  facts.address = reason.address;
  crash::AddInstructionFacts({.system = system,
                              .exception = exception,
                              .context = registers,
                              .pc = {registers.Get(0).value_or(0)},
                              .code_at_pc = code,
                              .regions = regions,
                              .memory = memory,
                              .decode = instruction::Decode},
                             facts);
  for (const model::BitFlip& flip : facts.bit_flips) {
    if (!(flip.confidence > 0 && flip.confidence < 1)) std::abort();
  }
  return 0;
}
