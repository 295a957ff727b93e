#include "server/symbol_store/convert_file.h"

#include <vector>

#include "os/file.h"
#include "server/worker/spawn.h"

namespace cairn::symbol_store {
namespace {

using base::Code;
using base::Error;

constexpr int kExitOk = 0;
constexpr int kExitProblem = 1;
constexpr std::size_t kMaxReasonBytes = 500;

}  // namespace

base::Status ConvertFile(const std::string& program, const ConversionOrder& order, std::string& why) {
  std::vector<std::string> arguments = {"--convert", order.name};
  std::vector<int> files = {order.file, order.text};
  if (order.debug_file >= 0) {
    arguments.emplace_back("--with-debug-file");
    files.push_back(order.debug_file);
  }
  ASSIGN_OR_RETURN(const worker::RunResult run, worker::RunOnce(program, arguments, files,
                                                                {.timeout_ms = kConversionTimeoutMs,
                                                                 .cpu_seconds = kConversionCpuSeconds,
                                                                 .cancelled = order.cancelled}));
  if (order.cancelled != nullptr && *order.cancelled) return Error{Code::kTimeout, 0, "cairn-symgen"};
  RETURN_IF_ERROR(os::Rewind(order.text));
  const bool has_answered = run.end == worker::RunResult::End::kExited;
  if (has_answered && run.code == kExitOk) return {};
  if (has_answered && run.code != kExitProblem) return Error{Code::kIo, 0, "cairn-symgen"};
  why = "reading it took too much time or memory";
  if (has_answered) {
    ASSIGN_OR_RETURN(const os::MappedFile made, os::MappedFile::FromDescriptor(order.text));
    why = base::AsText(made.bytes()).substr(0, kMaxReasonBytes);
  }
  return Error{Code::kUnsupported, 0, "debug file"};
}

}  // namespace cairn::symbol_store
