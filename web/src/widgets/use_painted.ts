// usePainted: false until the browser has shown the page's first content, so that what stands below it, or is asked for
// later, does not keep it waiting. Pages that are gone to from there are drawn whole.
import { useEffect, useState } from 'preact/hooks';

// Where nobody looks, the browser paints nothing.
const kUnseenMs = 300;

let isPainted = false;

export function usePainted(): boolean {
  const [painted, setPainted] = useState(isPainted);
  useEffect(() => {
    if (painted) return undefined;
    return afterPaint(() => {
      isPainted = true;
      setPainted(true);
    });
  }, [painted]);
  return painted;
}

// Calls `act` when what is drawn now is on the screen: what is asked for before makes that later. Gives how to call it off.
export function afterPaint(act: () => void): () => void {
  let frame = 0;
  const end = (): void => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
  const done = (): void => {
    end();
    act();
  };
  const timer = setTimeout(done, kUnseenMs);
  // A frame is on the screen when the one behind it begins; a third leaves the machine to those that draw it.
  frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(done);
    });
  });
  return end;
}
