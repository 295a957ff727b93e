#include "apps/symbols_upload_command.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <vector>

#include "apps/command.h"
#include "net/http_client.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kVerb = "symbols upload";
constexpr int kUploadTimeoutMs = 60 * 60 * 1000;
// Of text per request; its zip is far below 2 GiB.
constexpr std::uint64_t kMaxBatchBytes = std::uint64_t{1} << 30;

struct SymbolFile {
  std::string member;  // "libfoo.so/ID/libfoo.so.sym"
  std::uint64_t size = 0;
};

// All NAME/ID/*.sym below `folder`, sorted.
base::Result<std::vector<SymbolFile>> FindSymbolFiles(const std::string& folder) {
  std::vector<SymbolFile> files;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder));
  for (const std::string& name : names) {
    const base::Result<std::vector<std::string>> ids = os::ListDirectory(folder + "/" + name);
    if (!ids) continue;  // No folder: something else lies beside the symbols.
    for (const std::string& id : *ids) {
      const std::string prefix = name + "/" + id;
      const base::Result<std::vector<std::string>> leaves = os::ListDirectory(folder + "/" + prefix);
      if (!leaves) continue;
      for (const std::string& leaf : *leaves) {
        if (!leaf.ends_with(".sym")) continue;
        ASSIGN_OR_RETURN(const os::FileInfo info, os::Inspect(folder + "/" + prefix + "/" + leaf));
        if (!info.is_directory) files.push_back({prefix + "/" + leaf, info.size});
      }
    }
  }
  return files;
}

struct FreeArchive {
  void operator()(archive* open) const { archive_write_free(open); }
};

base::Status AddMember(archive* zip, const std::string& folder, const SymbolFile& file) {
  ASSIGN_OR_RETURN(const os::MappedFile content, os::MappedFile::Open(folder + "/" + file.member));
  archive_entry* const entry = archive_entry_new();
  archive_entry_set_pathname(entry, file.member.c_str());
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_size(entry, static_cast<la_int64_t>(content.bytes().size()));
  const int header = archive_write_header(zip, entry);
  archive_entry_free(entry);
  base::Bytes rest = content.bytes();
  while (header == ARCHIVE_OK && !rest.empty()) {
    const la_ssize_t written = archive_write_data(zip, rest.data(), rest.size());
    if (written <= 0) break;
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  if (header != ARCHIVE_OK || !rest.empty()) return Error{Code::kIo, 0, "zip: a member cannot be written"};
  return {};
}

base::Result<os::FileDescriptor> WriteZip(const std::string& folder, const std::vector<SymbolFile>& files) {
  ASSIGN_OR_RETURN(os::FileDescriptor output, os::CreateNameless(folder));
  const std::unique_ptr<archive, FreeArchive> zip(archive_write_new());
  archive_write_set_format_zip(zip.get());
  if (archive_write_open_fd(zip.get(), output.get()) != ARCHIVE_OK) return Error{Code::kIo, 0, "zip"};
  for (const SymbolFile& file : files) RETURN_IF_ERROR(AddMember(zip.get(), folder, file));
  if (archive_write_close(zip.get()) != ARCHIVE_OK) return Error{Code::kIo, 0, "zip: it cannot be finished"};
  return output;
}

// An exit code.
int SendBatch(const SymbolsUpload& upload, const std::vector<SymbolFile>& files) {
  const base::Result<os::FileDescriptor> zip = WriteZip(upload.folder, files);
  const base::Result<os::MappedFile> mapped =
      zip ? os::MappedFile::FromDescriptor(zip->get()) : base::Result<os::MappedFile>(zip.error());
  if (!mapped) {
    PrintError(kVerb, upload.folder + ": " + base::Describe(mapped.error()));
    return kExitFailure;
  }
  std::string url = upload.url;
  while (url.ends_with('/')) url.pop_back();
  net::HttpRequest request{.method = "POST", .url = url + "/upload/"};
  request.headers = {{"Auth-Token", upload.token}, {"Content-Type", "application/zip"}};
  request.body = mapped->bytes();
  request.total_timeout_ms = kUploadTimeoutMs;
  const base::Result<net::HttpResponse> answer = net::SendHttp(request);
  if (!answer) {
    PrintError(kVerb, request.url + ": " + base::Describe(answer.error()) + ": is the server there?");
    return kExitFailure;
  }
  if (answer->status == 201) return kExitOk;
  PrintError(kVerb, request.url + ": the server answered " + std::to_string(answer->status) + ": " +
                        answer->body.substr(0, 500));
  return answer->status >= 500 ? kExitFailure : kExitProblem;
}

}  // namespace

int UploadSymbols(const SymbolsUpload& upload) {
  const base::Result<std::vector<SymbolFile>> files = FindSymbolFiles(upload.folder);
  if (!files) {
    PrintError(kVerb, upload.folder + ": " + base::Describe(files.error()));
    return kExitFailure;
  }
  if (files->empty()) {
    PrintError(kVerb, upload.folder + ": no symbol files: they lie as NAME/ID/NAME.sym");
    return kExitProblem;
  }
  std::vector<SymbolFile> batch;
  std::uint64_t bytes = 0;
  for (const SymbolFile& file : *files) {
    if (!batch.empty() && bytes + file.size > kMaxBatchBytes) {
      if (const int code = SendBatch(upload, batch); code != kExitOk) return code;
      batch.clear();
      bytes = 0;
    }
    batch.push_back(file);
    bytes += file.size;
  }
  if (const int code = SendBatch(upload, batch); code != kExitOk) return code;
  std::printf("sent %zu symbol files\n", files->size());
  return kExitOk;
}

}  // namespace cairn::apps
