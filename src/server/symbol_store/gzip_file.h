// Symbol texts at rest: as gzip files (RFC 1952), because that is what every client of a symbol server takes
// as it is. A download then costs no compression, and no inflation unless a client takes no gzip.
//
// All of this works on open files in pieces and holds some 300 KB, whatever their size.
#pragma once

#include <functional>

#include "base/byte_reader.h"
#include "base/result.h"
#include "os/file.h"

namespace cairn::symbol_store {

// Of what comes out of or goes into a gzip file.
using TakeBytes = std::function<base::Status(base::Bytes)>;

bool IsGzip(base::Bytes bytes);
// By its first bytes.
base::Result<bool> IsGzipFile(int fd);

// Gives `take` the bytes as a gzip file. Its name and time are left out: the same bytes give the same file.
base::Status Compress(base::Bytes bytes, const TakeBytes& take);

// Gives `take` what is in the gzip file: kBadValue or kTruncated if it is damaged, kLimitExceeded for a bomb
// or more than `max_bytes`.
base::Status Inflate(base::Bytes gzip, std::uint64_t max_bytes, const TakeBytes& take);

// A nameless file in `folder` with what the gzip file holds, at its start.
base::Result<os::FileDescriptor> InflateFile(int gzip_fd, const std::string& folder);

}  // namespace cairn::symbol_store
