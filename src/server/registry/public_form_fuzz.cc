#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/byte_reader.h"
#include "server/registry/public_form.h"
#include "server/registry/value.h"

// Every form and every type over arbitrary bytes; a form of a form is the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string_view text = base::AsText(std::as_bytes(std::span(data, size)));
  for (const auto form :
       {wire::AnnotationPublicForm::kWhole, wire::AnnotationPublicForm::kBeforeEquals,
        wire::AnnotationPublicForm::kJavaException, wire::AnnotationPublicForm::kJavaTrace}) {
    const std::string once = registry::PublicForm(form, text);
    if (registry::PublicForm(form, once) != once) std::abort();
  }
  for (int type = 0; type <= static_cast<int>(wire::AnnotationType::kObject); ++type)
    (void)registry::ReadValue(static_cast<wire::AnnotationType>(type), text);
  return 0;
}
