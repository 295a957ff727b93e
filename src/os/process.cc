#include "os/process.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

namespace cairn::os {

std::string ExecutableFolder() {
  std::array<char, PATH_MAX> buffer;
  const ssize_t length = readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (length <= 0) return ".";
  const std::string path(buffer.data(), static_cast<std::size_t>(length));
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

base::Error Execute(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> owned;
  owned.push_back(program);
  owned.insert(owned.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(owned.size() + 1);
  for (std::string& argument : owned) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv(program.c_str(), pointers.data());
  const int number = errno;
  return {number == ENOENT ? base::Code::kNotFound : base::Code::kIo, static_cast<std::uint64_t>(number),
          "start program"};
}

}  // namespace cairn::os
