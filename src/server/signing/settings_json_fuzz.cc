// Any text as an order about signatures: it is read, or there is a mistake to tell; what is read makes rules,
// or mistakes again; and what the store holds of a revision is read back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>

#include "base/byte_reader.h"
#include "server/signing/settings_json.h"
#include "server/signing/signing_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::signing;
  const std::string_view text = cairn::base::AsText(std::as_bytes(std::span(data, size)));
  (void)ReadRevision(text);
  (void)ReadProgress(text);
  const auto read = ReadOrder(text);
  const auto* const order = std::get_if<Order>(&read);
  if (order == nullptr) {
    if (std::get<Mistakes>(read).empty()) std::abort();
    return 0;
  }
  const Revision revision{.head = {.number = 1, .content = 1, .about = {}, .who = {}, .why = order->why},
                          .settings = {.text = order->text, .decisions = {}}};
  const auto again = ReadRevision(WriteRevision(revision));
  if (!again || *again != revision) std::abort();
  const auto made = SigningRules::Create(revision.settings);
  if (const auto* const mistakes = std::get_if<Mistakes>(&made); mistakes != nullptr && mistakes->empty()) {
    std::abort();
  }
  return 0;
}
