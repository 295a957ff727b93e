// The first line is the Content-Type header, the rest is the body: read whole and in pieces, which must
// agree.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/byte_reader.h"
#include "server/http/multipart.h"

namespace {

using cairn::base::Status;

class Joiner final : public cairn::http::PartTaker {
 public:
  Status BeginPart(cairn::http::PartHead head) override {
    text += head.name + '\1';
    return {};
  }
  Status TakePartBytes(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  Status EndPart() override {
    text += '\2';
    ++parts;
    return {};
  }

  std::string text;
  std::size_t parts = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kPieceBytes = 5;
  const std::string_view text = cairn::base::AsText(std::as_bytes(std::span(data, size)));
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const cairn::http::ContentType type = cairn::http::ParseContentType(text.substr(0, line));
  const std::string_view body = text.substr(line + 1);

  const auto whole = cairn::http::ParseMultipart(body, type.boundary);
  Joiner pieces;
  cairn::http::MultipartReader reader(type.boundary, pieces);
  bool failed = false;
  for (std::size_t i = 0; i < body.size() && !failed; i += kPieceBytes) {
    failed = !reader.Feed(body.substr(i, kPieceBytes));
  }
  failed = failed || !reader.Finish();
  if (pieces.parts > cairn::http::kMaxParts) return 0;  // A limit of the whole body alone.
  if (failed == whole.has_value()) __builtin_trap();
  if (!whole) return 0;
  std::string joined;
  for (const cairn::http::Part& part : *whole) {
    if (part.body.size() > body.size()) __builtin_trap();
    joined += part.name + '\1' + std::string(part.body) + '\2';
  }
  if (joined != pieces.text) __builtin_trap();
  return 0;
}
