// `cairn symbols upload`: sends a folder of symbol files to a server.
#pragma once

#include <string>

namespace cairn::apps {

struct SymbolsUpload {
  std::string url;  // Of the server: "http://127.0.0.1:8000".
  std::string token;
  std::string folder;  // NAME/ID/NAME.sym below it.
};

// An exit code.
int UploadSymbols(const SymbolsUpload& upload);

}  // namespace cairn::apps
