// useSourceLinks: the operator's templates of links to source files; asked for where a stack names
// files, when it is in sight.
import { useEffect, useState } from 'preact/hooks';
import { askSourceLinks, knownSourceLinks } from '../api/source_links';
import type { SourceTemplate } from '../base/source_link';
import type { FrameRow } from '../base/frame_rows';
import { afterPaint } from './use_painted';

export function useSourceLinks(rows: readonly FrameRow[]): readonly SourceTemplate[] {
  const [links, setLinks] = useState(knownSourceLinks);
  const areWanted = rows.some(({ place }) => place.file !== undefined);
  useEffect(() => {
    if (!areWanted) return undefined;
    let isHere = true;
    const callOff = afterPaint(() => {
      void askSourceLinks().then((found) => {
        if (isHere) setLinks(found);
      });
    });
    return () => {
      isHere = false;
      callOff();
    };
  }, [areWanted]);
  return links;
}
