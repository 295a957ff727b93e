// useTimer: calls `act` every `periodMs` while the page can be seen; null stops it. A page that comes back to sight
// is served at once. What `act` asks of the server by its signal ends when the timer stops.
import { useEffect, useRef } from 'preact/hooks';

export function useTimer(periodMs: number | null, act: (signal: AbortSignal) => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (periodMs === null) return undefined;
    const controller = new AbortController();
    const tick = (): void => {
      if (document.visibilityState === 'visible') latest.current(controller.signal);
    };
    const timer = setInterval(tick, periodMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      controller.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [periodMs]);
}
