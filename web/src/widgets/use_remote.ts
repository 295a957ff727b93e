// useRemote: what the server answers to one question, and how to ask again. Old answers stay on screen until new ones
// come, so that nothing flashes.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../base/problem';
import type { Result } from '../base/result';

export interface Question<T> {
  // Two questions with one key are the same.
  readonly key: string;
  readonly ask: (signal: AbortSignal) => Promise<Result<T>>;
  // An answer that is already at hand.
  readonly recent: T | undefined;
  // The answer itself, where it was asked for ahead: then it is not asked for again.
  readonly prepared?: () => Result<T> | undefined;
}

export interface Remote<T> {
  readonly value: T | undefined;
  // The key that `value` answers; another than the question's while the answer is on its way.
  readonly valueKey: string | undefined;
  readonly problem: Problem | undefined;
  // Does nothing while an answer is awaited: a slow server is not asked faster than it answers.
  readonly askAgain: () => void;
}

interface Answer<T> {
  readonly key: string;
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
}

export function useRemote<T>(question: Question<T>): Remote<T> {
  const { key, ask, recent } = question;
  const [answer, setAnswer] = useState<Answer<T> | undefined>(() => preparedAnswer(question));
  const isPrepared = useRef(answer !== undefined);
  const [turn, setTurn] = useState(0);
  const waiting = useRef(false);
  const latest = useRef(ask);
  latest.current = ask;

  useEffect(() => {
    if (isPrepared.current) {
      isPrepared.current = false;
      return undefined;
    }
    const controller = new AbortController();
    waiting.current = true;
    void latest.current(controller.signal).then((result) => {
      if (controller.signal.aborted) return;
      waiting.current = false;
      setAnswer((before) => answerOf(key, result, before));
    });
    return () => controller.abort();
  }, [key, turn]);

  const askAgain = useCallback(() => {
    if (!waiting.current) setTurn((before) => before + 1);
  }, []);
  const settled = answer?.key === key;
  const value = settled ? (answer.value ?? recent) : (recent ?? answer?.value);
  const valueKey = settled || recent !== undefined ? key : answer?.key;
  return { value, valueKey, problem: settled ? answer.problem : undefined, askAgain };
}

function preparedAnswer<T>({ key, prepared }: Question<T>): Answer<T> | undefined {
  const result = prepared?.();
  return result === undefined ? undefined : answerOf(key, result, undefined);
}

// After a failed refresh the last good answer is still better than nothing.
function answerOf<T>(key: string, result: Result<T>, before: Answer<T> | undefined): Answer<T> {
  return result.ok
    ? { key, value: result.value, problem: undefined }
    : { key, value: before?.key === key ? before.value : undefined, problem: result.problem };
}
