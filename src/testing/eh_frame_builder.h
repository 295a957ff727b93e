// EhFrameBuilder puts an .eh_frame section together, byte by byte as Linux Standard Base Core 5.0
// section 10.6 draws it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cairn::testing {

class EhFrameBuilder {
 public:
  // A CIE of amd64: code alignment 1, data alignment -8, return address in column 16. `letters` is its
  // augmentation
  // ("zR"), `data` the augmentation data. Returns its offset.
  std::size_t AddCommon(std::string_view letters, std::initializer_list<int> data,
                        std::initializer_list<int> instructions) {
    std::string body(4, '\0');  // CIE id
    body += '\1';               // version
    body += letters;
    body += '\0';
    body += "\1\x78\x10";  // 1, -8, 16
    if (letters.starts_with('z')) body += static_cast<char>(data.size());
    AppendBytes(body, data);
    AppendBytes(body, instructions);
    return AddEntry(body);
  }

  // An FDE with 4-byte pointers as they stand in the file, and no augmentation data.
  std::size_t AddFunction(std::size_t common, std::uint32_t start, std::uint32_t size,
                          std::initializer_list<int> instructions) {
    std::string body;
    AppendNumber(body, static_cast<std::uint32_t>(bytes_.size() + 4 - common));
    AppendNumber(body, start);
    AppendNumber(body, size);
    body += '\0';  // size of augmentation data
    AppendBytes(body, instructions);
    return AddEntry(body);
  }

  void AddTerminator() { bytes_.append(4, '\0'); }

  const std::string& bytes() const { return bytes_; }

  static void AppendNumber(std::string& text, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(value >> shift & 0xff);
  }

 private:
  static void AppendBytes(std::string& text, std::initializer_list<int> values) {
    for (const int value : values) text += static_cast<char>(value);
  }

  std::size_t AddEntry(const std::string& body) {
    const std::size_t offset = bytes_.size();
    AppendNumber(bytes_, static_cast<std::uint32_t>(body.size()));
    bytes_ += body;
    return offset;
  }

  std::string bytes_;
};

}  // namespace cairn::testing
