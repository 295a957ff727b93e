#include "formats/minidump/exception.h"

#include <algorithm>
#include <string_view>

namespace cairn::minidump {
namespace {

// MDRawBreakpadInfo.validity, Breakpad's minidump_format.h.
constexpr std::uint32_t kDumpThreadIdValid = 1;
constexpr std::uint32_t kRequestingThreadIdValid = 2;

// MDRawAssertionInfo: 128 units of UTF-16 a field, and its types.
constexpr std::uint64_t kAssertionTextBytes = 256;
constexpr std::uint32_t kAssertionInvalidParameter = 1;
constexpr std::uint32_t kAssertionPureVirtualCall = 2;

}  // namespace

std::optional<ExceptionRecord> ReadException(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kException);
  if (!stream) return std::nullopt;
  // MINIDUMP_EXCEPTION_STREAM and MINIDUMP_EXCEPTION, minidumpapiset.h.
  base::ByteReader reader = dump.Reader(*stream);
  ExceptionRecord exception;
  exception.thread_id = reader.Read<std::uint32_t>();
  reader.Skip(sizeof(std::uint32_t));  // Alignment
  exception.code = reader.Read<std::uint32_t>();
  exception.flags = reader.Read<std::uint32_t>();
  if (!reader.ok()) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kTruncated, stream->size(), "exception"});
    return std::nullopt;
  }
  reader.Skip(sizeof(std::uint64_t));  // ExceptionRecord: an address in the process
  exception.address = reader.Read<std::uint64_t>();
  const std::uint32_t count = std::min(reader.Read<std::uint32_t>(), wire::kMaxExceptionParameters);
  reader.Skip(sizeof(std::uint32_t));  // Alignment
  for (std::uint32_t i = 0; i < wire::kMaxExceptionParameters; ++i) {
    const auto parameter = reader.Read<std::uint64_t>();
    if (i < count && reader.ok()) exception.parameters.push_back(parameter);
  }
  exception.context = dump.At(ReadLocation(reader));
  if (!reader.ok()) {
    exception.context.reset();
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kTruncated, stream->size(), "exception"});
  }
  return exception;
}

BreakpadInfo ReadBreakpadInfo(const Minidump& dump) {
  BreakpadInfo info;
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kBreakpadInfo);
  if (!stream) return info;
  base::ByteReader reader = dump.Reader(*stream);
  const auto validity = reader.Read<std::uint32_t>();
  const auto dump_thread_id = reader.Read<std::uint32_t>();
  const auto requesting_thread_id = reader.Read<std::uint32_t>();
  if (!reader.ok()) return info;
  if ((validity & kDumpThreadIdValid) != 0) info.dump_thread_id = dump_thread_id;
  if ((validity & kRequestingThreadIdValid) != 0) info.requesting_thread_id = requesting_thread_id;
  return info;
}

std::optional<Assertion> ReadAssertionInfo(const Minidump& dump) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kAssertionInfo);
  if (!stream) return std::nullopt;
  base::ByteReader reader = dump.Reader(*stream);
  const auto read_text = [&] { return Utf16ToUtf8(reader.ReadBytes(kAssertionTextBytes), reader.order()); };
  Assertion assertion;
  assertion.expression = read_text();
  assertion.function = read_text();
  assertion.file = read_text();
  assertion.line = reader.Read<std::uint32_t>();
  const auto kind = reader.Read<std::uint32_t>();
  if (kind == kAssertionInvalidParameter) assertion.kind = Assertion::Kind::kInvalidParameter;
  if (kind == kAssertionPureVirtualCall) assertion.kind = Assertion::Kind::kPureVirtualCall;
  return assertion;
}

std::string ReadAssertion(const Minidump& dump) {
  const std::optional<Assertion> assertion = ReadAssertionInfo(dump);
  if (!assertion) return {};
  std::string text;
  const auto append = [&](std::string_view separator, std::string_view part) {
    if (!text.empty()) text += separator;
    text += part;
  };
  if (assertion->kind == Assertion::Kind::kInvalidParameter) append("", "invalid parameter");
  if (assertion->kind == Assertion::Kind::kPureVirtualCall) append("", "pure virtual function call");
  if (!assertion->expression.empty()) append(": ", assertion->expression);
  if (!assertion->function.empty()) append(" ", "in " + assertion->function);
  if (!assertion->file.empty()) {
    append(" ", "(" + assertion->file + ":" + std::to_string(assertion->line) + ")");
  }
  return text;
}

}  // namespace cairn::minidump
