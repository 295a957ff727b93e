import { useEffect, useState } from 'preact/hooks';
import { askDictionary, recentDictionary, type Dictionary } from '../api/dictionary';

// The data dictionary; undefined until it was wanted and came, and where it does not.
export function useDictionary(isWanted: boolean): Dictionary | undefined {
  const [dictionary, setDictionary] = useState(recentDictionary);
  useEffect(() => {
    if (!isWanted || dictionary !== undefined) return undefined;
    const controller = new AbortController();
    void askDictionary(controller.signal).then((answer) => {
      if (answer.ok && !controller.signal.aborted) setDictionary(answer.value);
    });
    return () => controller.abort();
  }, [isWanted]);
  return dictionary;
}
