// Code that comes when it is needed: what few visitors see does not keep the others waiting.
import { useEffect, useState } from 'preact/hooks';

export interface LateCode<Module> {
  // What has come by now.
  readonly atHand: () => Module | undefined;
  readonly fetch: () => Promise<Module>;
}

export function lateCode<Module>(load: () => Promise<Module>): LateCode<Module> {
  let loaded: Module | undefined;
  const fetch = async (): Promise<Module> => (loaded = await load());
  return { atHand: () => loaded, fetch };
}

// The module once it is wanted and came; 'failed': it does not come.
export function useLateCode<Module>(code: LateCode<Module>, isWanted: boolean): Module | 'failed' | undefined {
  const [hasFailed, setFailed] = useState(false);
  const [, setArrived] = useState(code.atHand() !== undefined);
  useEffect(() => {
    if (!isWanted || code.atHand() !== undefined) return undefined;
    let isShown = true;
    code.fetch().then(
      () => isShown && setArrived(true),
      () => isShown && setFailed(true),
    );
    return () => {
      isShown = false;
    };
  }, [isWanted]);
  return code.atHand() ?? (hasFailed ? 'failed' : undefined);
}
