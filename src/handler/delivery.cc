#include "handler/delivery.h"

namespace cairn::handler {

void DeliverAll(const Database&, const Settings&, const Log&) {}
void DeliverFromMemory(const Database&, const Settings&, const Log&, const std::string&, base::Bytes) {}

}  // namespace cairn::handler
