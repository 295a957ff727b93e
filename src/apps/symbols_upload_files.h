// What there is to upload: symbol files below folders, and symbols made of the binaries that lie there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cairn::apps {

// By "name/ID/file", as the server keeps it, the path of the file.
using FilesToSend = std::map<std::string, std::string>;

struct SymbolSearch {
  std::vector<std::string> paths;  // Folders, searched to their depth, and files.
  std::string generator;           // Path of cairn-symgen.
  std::string made_folder;         // Takes the symbols that are made of binaries.
  bool sends_binaries = false;     // Whether binaries are sent as well.
  // Told of each file that cannot be sent, in a sentence.
  std::function<void(const std::string&)> complain;
  std::function<void(const std::string& path)>
      working;  // Before symbols are made of a binary, which takes long.
};

// Symbol files are known by their first line, not by where they lie; binaries (ELF programs, libraries and
// debug files, PE, PDB, Mach-O) by their first bytes. Links are not followed into folders.
FilesToSend FindFilesToSend(const SymbolSearch& search);

}  // namespace cairn::apps
