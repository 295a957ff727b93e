import type { VNode } from 'preact';
import type { CrashKind } from '../base/crash';

const kExplanation: Record<CrashKind, string> = {
  report: 'Report: a dump with annotations, sent with the person’s consent.',
  ping: 'Ping: a stack and a few harmless facts, sent by telemetry.',
};

export function KindBadge({ kind }: { kind: CrashKind }): VNode {
  return <span class={`badge ${kind}`} title={kExplanation[kind]}>{kind}</span>;
}
