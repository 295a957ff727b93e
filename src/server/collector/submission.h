// Reads the body of a crash report as it comes: annotations and dumps out of multipart, as Antenna takes
// them.
//
// Annotations are kept in memory up to the limits below; what is beyond them is dropped and noted, never a
// reason to refuse a crash. Dumps go into DumpSpools.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/collector/dump_spool.h"
#include "server/http/multipart_reader.h"

namespace cairn::collector {

inline constexpr std::size_t kMaxAnnotations = 512;             // Firefox sends at most 210.
inline constexpr std::size_t kMaxAnnotationBytes = 1 << 20;     // Firefox's largest has 300 KB.
inline constexpr std::size_t kMaxAllAnnotationBytes = 8 << 20;  // They are parsed and shown whole.
inline constexpr std::size_t kMaxDumps = 32;                    // Firefox sends at most five.
inline constexpr std::size_t kMaxDumpNameLength = 30;           // Antenna cuts there; names become keys.
inline constexpr std::size_t kMaxNotes = 100;

struct Dump {
  std::string name;  // [A-Za-z0-9_]+
  std::unique_ptr<DumpSpool> bytes;
};

struct Submission {
  // Name to value as JSON text: form fields are always strings.
  std::map<std::string, std::string> annotations;
  std::vector<Dump> dumps;
  std::vector<std::string> notes;  // What was odd, for people; never the value of an annotation.
  bool has_json = false;           // Whether a part held all annotations as JSON ("extra").
  bool is_empty = false;           // Whether there was not one annotation.
};

// Why a report is not taken.
struct Refusal {
  enum class Kind {
    kMalformed,  // `reason` is the word behind "Discarded=malformed_".
    kTooLarge,   // `reason` is a sentence.
    kNotStored,  // The disk is at fault: the client is to try again.
  };
  Kind kind = Kind::kMalformed;
  std::string_view reason;
};

class SubmissionReader final : private http::PartTaker {
 public:
  SubmissionReader(std::string_view boundary, StageBlob stage);
  SubmissionReader(const SubmissionReader&) = delete;  // The multipart reader points back at it.
  SubmissionReader& operator=(const SubmissionReader&) = delete;

  // False: it is refused, and the rest need not be read.
  bool Feed(std::string_view bytes);
  // No more comes: what was sent, or why it is refused.
  std::optional<Refusal> Finish();
  Submission& submission() { return submission_; }

  std::size_t memory_bytes() const;

 private:
  enum class PartKind { kIgnored, kJson, kText, kDump };

  base::Status BeginPart(http::PartHead head) override;
  base::Status TakePartBytes(std::string_view bytes) override;
  base::Status EndPart() override;

  base::Status BeginDump(const http::PartHead& head);
  base::Status TakeJson();
  void TakeText();
  void Keep(std::string name, std::string json);
  void Note(std::string note);
  void RemoveWhatIsNotKept();
  // Remembers why, and gives what ends the reader.
  base::Error Refuse(Refusal refusal);

  StageBlob stage_;
  http::MultipartReader multipart_;
  Submission submission_;
  std::optional<Refusal> refusal_;

  PartKind part_ = PartKind::kIgnored;
  std::string part_name_;
  std::string part_text_;
  bool part_is_too_large_ = false;
  DumpSpool* part_dump_ = nullptr;  // Of the last dump part.

  bool has_text_ = false;
  std::size_t annotation_bytes_ = 0;
  std::size_t too_large_ = 0;  // Annotations that were dropped, and why.
  std::size_t too_many_ = 0;
  std::size_t dropped_dumps_ = 0;
};

}  // namespace cairn::collector
