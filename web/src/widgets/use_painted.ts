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
    let timer: ReturnType<typeof setTimeout>;
    const done = (): void => {
      clearTimeout(timer);
      isPainted = true;
      setPainted(true);
    };
    timer = setTimeout(done, kUnseenMs);
    // A frame is on the screen when the one behind it begins; a third leaves the machine to those that draw it.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(done);
      });
    });
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [painted]);
  return painted;
}
