// useSeconds: for how many seconds something has gone on.
import { useEffect, useState } from 'preact/hooks';

export function useSeconds(isCounting: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!isCounting) return undefined;
    setSeconds(0);
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, [isCounting]);
  return seconds;
}
