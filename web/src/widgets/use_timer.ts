// useTimer: calls `act` every `periodMs` while the page can be seen; null stops it. A page that comes back to sight
// is served at once.
import { useEffect, useRef } from 'preact/hooks';

export function useTimer(periodMs: number | null, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (periodMs === null) return undefined;
    const tick = (): void => {
      if (document.visibilityState === 'visible') latest.current();
    };
    const timer = setInterval(tick, periodMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [periodMs]);
}
