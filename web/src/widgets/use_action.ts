// useAction: something that changes the server, begun by a person: whether it is under way, and what went
// wrong.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';

export interface Action {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  // Nothing happens while one is under way: two clicks are one order.
  readonly run: <T>(ask: (signal: AbortSignal) => Promise<Result<T>>, onDone: (value: T) => void) => void;
}

export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback(
    <T>(ask: (signal: AbortSignal) => Promise<Result<T>>, onDone: (value: T) => void): void => {
      if (running.current !== undefined) return;
      const controller = new AbortController();
      running.current = controller;
      setBusy(true);
      setProblem(undefined);
      void ask(controller.signal).then((result) => {
        if (controller.signal.aborted) return;
        running.current = undefined;
        setBusy(false);
        if (result.ok) onDone(result.value);
        else setProblem(result.problem);
      });
    },
    [],
  );
  return { isBusy, problem, run };
}
