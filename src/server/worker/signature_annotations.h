// The annotations of a submission that the signature rules read.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "analysis/signature/signature_input.h"
#include "model/crash_report.h"

namespace cairn::worker {

// Of an annotation that is kept as it came: what the rules read of one.
inline constexpr std::size_t kMaxSignatureAnnotationBytes = signature::kMaxAnnotationBytes;

// As clients send them, but the last, which the server makes: the names of additional dumps, divided by
// commas.
inline constexpr std::string_view kAdditionalDumps = "additional_minidumps";
inline constexpr std::array<std::string_view, 7> kSignatureAnnotations = {
    "OOMAllocationSize", "JSLargeAllocationFailure", "AbortMessage",  "Hang",
    "ipc_channel_error", "IPCMessageName",           kAdditionalDumps};

// Those of which only what the signature holds is kept, in their own form: the rest is
// protected, or differs from crash to crash.
inline constexpr std::string_view kShutdownTimeout = "AsyncShutdownTimeout";
inline constexpr std::string_view kJavaStackTrace = "JavaStackTrace";
inline constexpr std::string_view kJavaException = "JavaException";

// Kept with what is signed, though no client says them: the product's name, which custom rules may ask for;
// and that the crash could not be processed, which is its signature then.
inline constexpr std::string_view kProductName = "ProductName";
inline constexpr std::string_view kProcessingFailed = "processing_failed";
inline constexpr std::string_view kFailedSignature = "EMPTY: crash failed to process";

using Annotations = std::map<std::string, std::string>;

// Those of `annotations` that the rules read, cut to kMaxSignatureAnnotationBytes or reduced. What was picked
// before is picked as it is.
Annotations PickSignatureAnnotations(const Annotations& annotations);

// What is no number where one should be is as good as absent.
void AddSignatureAnnotations(const Annotations& annotations, signature::SignatureInput& input);

// What the rules, with Cairn's own lists, make of picked annotations where no stack is known.
model::Signature SignAnnotations(const Annotations& annotations);

// Both ways as one JSON object of texts.
std::string WriteAnnotations(const Annotations& annotations);
// As a job's text to a worker: without the longest ones if they are more than a message takes, which only
// made-up crashes are. The server signs by what it keeps, not by what it told a worker.
std::string WriteForWorker(Annotations annotations);
Annotations ReadAnnotations(std::string_view json);

}  // namespace cairn::worker
