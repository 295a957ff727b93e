// useGraphics: the names of graphics adapters, as far as they are known by now.
import { useEffect, useState } from 'preact/hooks';
import { askNames, keyOf, knownNames, type AdapterIds, type NamesByIds } from '../api/graphics';

export function useGraphics(ids: readonly AdapterIds[]): NamesByIds {
  const [, setTurn] = useState(0);
  const key = ids.map(keyOf).join();
  useEffect(() => {
    if (key === '') return undefined;
    const controller = new AbortController();
    const before = knownNames().size;
    void askNames(ids, controller.signal).then((answer) => {
      // Without names the ids say it; and who left need not draw.
      if (answer.ok && answer.value.size > before && !controller.signal.aborted) setTurn((turn) => turn + 1);
    });
    return () => controller.abort();
  }, [key]);
  return knownNames();
}
