// `cairn signature`: crash data in, signatures out, one JSON object a line.
#pragma once

#include <iosfwd>

#include "analysis/signature/signature.h"
#include "apps/command.h"

namespace cairn::apps {

// Reads stdin, writes stdout; the second form other streams.
int RunSignature(const Arguments& arguments);
int RunSignature(const Arguments& arguments, std::istream& input, std::ostream& output);

struct SignatureOptions {
  bool explain = false;  // Also say what became of each frame, and what each rule did.
};

// Signs what `input` holds: one object a line, or one object over many lines. Writes an answer per object to
// `output`; where an input is bad the answer is {"error": ...}, and `errors` gets a line. Returns the exit
// code.
int SignStream(std::istream& input, signature::Signer& signer, const SignatureOptions& options,
               std::ostream& output, std::ostream& errors);

}  // namespace cairn::apps
