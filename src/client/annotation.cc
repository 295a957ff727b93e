#include <cstddef>

#include "client/cairn.h"
#include "client/crash_path.h"
#include "wire/annotation_layout.h"

namespace cairn::internal {

static_assert(sizeof(AnnotationNode) == wire::kAnnotationNodeSize);
static_assert(offsetof(AnnotationNode, next) == wire::kAnnotationNextOffset);
static_assert(offsetof(AnnotationNode, name) == wire::kAnnotationNameOffset);
static_assert(offsetof(AnnotationNode, value) == wire::kAnnotationValueOffset);
static_assert(offsetof(AnnotationNode, name_size) == wire::kAnnotationNameSizeOffset);
static_assert(offsetof(AnnotationNode, value_size) == wire::kAnnotationValueSizeOffset);
static_assert(offsetof(AnnotationNode, capacity) == wire::kAnnotationCapacityOffset);

namespace {
constinit std::atomic<AnnotationNode*> first_annotation{nullptr};
}  // namespace

const void* AnnotationListAddress() { return &first_annotation; }

void RegisterAnnotation(AnnotationNode& node) {
  if (node.registered.exchange(true, std::memory_order_acq_rel)) return;
  AnnotationNode* head = first_annotation.load(std::memory_order_acquire);
  do {
    node.next = head;
  } while (!first_annotation.compare_exchange_weak(head, &node, std::memory_order_acq_rel));
}

}  // namespace cairn::internal
