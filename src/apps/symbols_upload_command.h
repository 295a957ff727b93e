// `cairn symbols upload`: sends symbol files, and symbols made of binaries, to a server.
#pragma once

#include <string>
#include <vector>

namespace cairn::apps {

struct SymbolsUpload {
  std::string url;  // Of the server: "http://127.0.0.1:8000".
  std::string token;
  std::string product;  // Empty: nobody's in particular.
  bool sends_binaries = false;
  std::vector<std::string> paths;  // Folders and files.
};

// An exit code. Killed or cut off, the same command goes on where it was: what the server has is not sent
// again.
int UploadSymbols(const SymbolsUpload& upload);

}  // namespace cairn::apps
