// Reads the body of a crash report: annotations and dumps out of multipart, as Antenna takes them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cairn::collector {

inline constexpr std::size_t kMaxAnnotations = 512;              // Firefox sends at most 210.
inline constexpr std::size_t kMaxAnnotationBytes = 1 << 20;      // Firefox's largest has 300 KB.
inline constexpr std::size_t kMaxAllAnnotationBytes = 16 << 20;  // They are parsed and shown whole.
inline constexpr std::size_t kMaxDumpNameLength = 30;            // Antenna cuts there; names become keys.

struct Dump {
  std::string name;        // [A-Za-z0-9_]+
  std::string_view bytes;  // Of the body.
};

struct Submission {
  std::map<std::string, std::string>
      annotations;  // Name to value as JSON text: form fields are always strings.
  std::vector<Dump> dumps;
  std::vector<std::string> notes;  // What was odd, for people; never a value that was sent.
  bool has_json = false;           // Whether a part held all annotations as JSON ("extra").
};

// Why a submission is refused: the word behind "Discarded=malformed_".
struct Malformed {
  std::string_view reason;
};

// `body` is inflated already, and borrowed by the dumps.
std::variant<Submission, Malformed> ReadSubmission(std::string_view content_type, std::string_view body);

}  // namespace cairn::collector
