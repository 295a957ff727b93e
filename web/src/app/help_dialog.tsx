// What the keys do.
import { useEffect, useRef } from 'preact/hooks';
import { Fragment, type VNode } from 'preact';
import { kKeyHelp } from '../base/key_help';

export function HelpDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
  }, [isOpen]);
  // A click beside the dialog is one on its backdrop, which is the dialog itself.
  const onClick = (event: MouseEvent): void => {
    if (event.target === dialog.current) dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="help-dialog" aria-labelledby="help-title" onClose={onClose} onClick={onClick}>
      <div>
        <h2 id="help-title">Keys</h2>
        <dl class="keys">
          {kKeyHelp.map(({ keys, what }) => (
            <Fragment key={what}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </Fragment>
          ))}
        </dl>
        <p class="quiet">Every search, order and tab is in the address: copy it, and others see the same.</p>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </div>
    </dialog>
  );
}
