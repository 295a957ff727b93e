// The annotations of a submission that the signature rules read.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "analysis/signature/signature_input.h"

namespace cairn::worker {

// A signature has 255. All of them fit a message to a worker even if every byte must be escaped.
inline constexpr std::size_t kMaxSignatureAnnotationBytes = 256;

// As clients send them, but the last, which the server makes: the names of additional dumps, divided by
// commas.
inline constexpr std::string_view kAdditionalDumps = "additional_minidumps";
inline constexpr std::array<std::string_view, 7> kSignatureAnnotations = {
    "OOMAllocationSize", "JSLargeAllocationFailure", "AbortMessage",  "Hang",
    "ipc_channel_error", "IPCMessageName",           kAdditionalDumps};

// Kept with what is signed, though no client says them: the product's name, which custom rules may ask for;
// and that the crash could not be processed, which is its signature then.
inline constexpr std::string_view kProductName = "ProductName";
inline constexpr std::string_view kProcessingFailed = "processing_failed";
inline constexpr std::string_view kFailedSignature = "EMPTY: crash failed to process";

using Annotations = std::map<std::string, std::string>;

// Those of `annotations` that the rules read, each cut to kMaxSignatureAnnotationBytes.
Annotations PickSignatureAnnotations(const Annotations& annotations);

// What is no number where one should be is as good as absent.
void AddSignatureAnnotations(const Annotations& annotations, signature::SignatureInput& input);

// Both ways as one JSON object of texts: a job's text to a worker.
std::string WriteAnnotations(const Annotations& annotations);
Annotations ReadAnnotations(std::string_view json);

}  // namespace cairn::worker
