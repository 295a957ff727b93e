// What signatures are made by. A change is tried on all that is stored before it is put in force, and can be
// undone.
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import {
  askSigning,
  previewSigning,
  saveSigning,
  type Preview,
  type Signing,
  type SigningSettings,
} from '../../api/signing';
import { formatDuration } from '../../base/format';
import type { PageProps } from '../../base/page';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TextField } from '../../widgets/text_field';
import { useAction } from '../../widgets/use_action';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { AdminFrame, kAdminWords } from './admin_frame';
import { Decisions, History } from './signing_history';
import { PreviewView } from './signing_preview';
import { ListsField, Mistakes, RulesField } from './signing_fields';

const kProgressMs = 2000;

export function SigningPage(_props: PageProps): VNode {
  return (
    <AdminFrame
      tab="/admin/signatures"
      title="Signature lists and rules"
      lead={
        <p class="quiet">
          They say what frames mean. A preview signs all stored crashes by them and changes nothing; a save
          holds for new crashes at once and signs history again.
        </p>
      }
    >
      <KnownSigning />
    </AdminFrame>
  );
}

function KnownSigning(): VNode {
  const {
    value: signing,
    problem,
    askAgain,
  } = useRemote<Signing>({ key: 'signing', ask: askSigning, recent: undefined });
  useTimer(signing !== undefined && !signing.progress.isDone ? kProgressMs : null, askAgain);
  if (signing === undefined)
    return problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kAdminWords} />;
  return (
    <>
      <Progress signing={signing} />
      {/* Another revision, another form. */}
      <SettingsForm key={signing.revision} signing={signing} onSaved={askAgain} />
      <Decisions decisions={signing.decisions} onChanged={askAgain} />
      <History revision={signing.revision} onChanged={askAgain} />
    </>
  );
}

export function Progress({ signing: { progress } }: { signing: Signing }): VNode | null {
  if (progress.isDone) return null;
  const percent = Math.floor(100 * progress.share);
  return (
    <div role="status">
      <p>
        History is signed again: {percent} %. {progress.changed} of {progress.stacks} stacks got another
        signature so far.
      </p>
      <progress aria-label="Signing of history" value={progress.share} max={1} />
      {progress.trouble !== undefined && (
        <p class="trouble">It does not go on at the moment: {progress.trouble}</p>
      )}
    </div>
  );
}

function SettingsForm({ signing, onSaved }: { signing: Signing; onSaved: () => void }): VNode {
  const [settings, setSettings] = useState<SigningSettings>(signing.settings);
  // What was tried, and for which settings: another change makes it old.
  const [tried, setTried] = useState<{ preview: Preview; settings: SigningSettings } | undefined>(undefined);
  const preview = useAction();
  const save = useAction();
  const seconds = useSecondsOf(preview.isBusy);
  const isOld = tried !== undefined && tried.settings !== settings;
  const isSame = JSON.stringify(settings) === JSON.stringify(signing.settings);
  const onPreview = (event: Event): void => {
    event.preventDefault();
    preview.run(
      (signal) => previewSigning(settings, signal),
      (found) => setTried({ preview: found, settings }),
    );
  };
  return (
    <section>
      <h2>
        In force: {signing.revision === 0 ? 'what nobody has changed yet' : `revision ${signing.revision}`}
      </h2>
      <form class="form" onSubmit={onPreview}>
        <ListsField
          lists={settings.lists}
          onChange={(lists) => setSettings((before) => ({ ...before, lists }))}
        />
        <RulesField
          rules={settings.rules}
          onChange={(rules) => setSettings((before) => ({ ...before, rules }))}
        />
        <div class="buttons">
          <button type="submit" disabled={preview.isBusy || save.isBusy || isSame}>
            Preview
          </button>
          <span class="quiet" role="status">
            {isSame ? 'Nothing is changed.' : ''}
          </span>
        </div>
        {preview.isBusy && (
          <div role="status">
            <progress aria-label="Preview" />
            <p class="quiet">
              All stored crashes are signed for a try: {formatDuration(seconds)}. You may leave; nothing is
              changed.
            </p>
          </div>
        )}
        <Mistakes problem={preview.problem ?? save.problem} />
      </form>
      {tried !== undefined && (
        <Tried
          preview={tried.preview}
          isOld={isOld}
          isBusy={save.isBusy}
          onSave={(why) => save.run((signal) => saveSigning(settings, why, signal), onSaved)}
        />
      )}
    </section>
  );
}

interface TriedProps {
  readonly preview: Preview;
  // Of other settings than are in the form now.
  readonly isOld: boolean;
  readonly isBusy: boolean;
  readonly onSave: (why: string) => void;
}

function Tried({ preview, isOld, isBusy, onSave }: TriedProps): VNode {
  const [why, setWhy] = useState('');
  return (
    <>
      {isOld && (
        <p class="trouble" role="status">
          The preview is of other settings: make a new one.
        </p>
      )}
      <div class={isOld ? 'late' : undefined}>
        <PreviewView preview={preview} />
      </div>
      {!isOld && (
        <div class="form">
          <TextField label="Why" hint="For the history." lengthMax={1000} value={why} onText={setWhy} />
          <div class="buttons">
            <button type="button" class="main" disabled={isBusy} onClick={() => onSave(why.trim())}>
              Put it in force
            </button>
          </div>
        </div>
      )}
    </>
  );
}

function useSecondsOf(isCounting: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!isCounting) return undefined;
    setSeconds(0);
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, [isCounting]);
  return seconds;
}
