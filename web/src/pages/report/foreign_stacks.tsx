// Stacks that are not of the dump: Java's, and what system libraries of macOS said.
import type { VNode } from 'preact';
import type { Crash } from '../../base/crash';
import { joinPresent } from '../../base/format';
import { readJavaExceptions, type JavaException } from '../../base/java_stack';
import { readEntries, readText } from '../../base/json_read';
import { TextBlock } from '../../widgets/text_block';

export function JavaStack({ crash }: { crash: Crash }): VNode | null {
  const { document } = crash;
  const exceptions = readJavaExceptions(document['java_exception_raw'] ?? document['java_exception']);
  const trace = readText(document['java_stack_trace_raw']) ?? readText(document['java_stack_trace']);
  if (exceptions.length === 0 && trace === undefined) return null;
  return (
    <section>
      <h2>Java stack</h2>
      {exceptions.map((exception, index) => (
        <Exception key={index} exception={exception} isCause={index > 0} />
      ))}
      {exceptions.length === 0 && trace !== undefined && <TextBlock label="Java stack" text={trace} />}
    </section>
  );
}

function Exception({
  exception: { type, message, frames },
  isCause,
}: {
  exception: JavaException;
  isCause: boolean;
}): VNode {
  return (
    <>
      <p class="java-type mono">
        {isCause && <span class="quiet">caused by </span>}
        {joinPresent([type, message], ': ')}
      </p>
      <ol class="java-frames mono">
        {frames.map(({ method, file, line }, index) => (
          <li key={index}>
            {method} <span class="quiet">{joinPresent([file, line?.toString()], ':')}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

export function MacCrashInfo({ crash }: { crash: Crash }): VNode | null {
  const records = macRecords(crash.document['mac_crash_info']);
  const bootArguments = readText(crash.document['mac_boot_args']);
  if (records.length === 0 && bootArguments === undefined) return null;
  return (
    <section>
      <h2>What macOS said</h2>
      {bootArguments !== undefined && <p class="mono">Boot arguments: {bootArguments}</p>}
      {records.map((record, index) => (
        <dl key={index} class="facts">
          {readEntries(record).map(([name, value]) => (
            <div key={name} class="wide">
              <dt>{name.replaceAll('_', ' ')}</dt>
              <dd class="mono">{value}</dd>
            </div>
          ))}
        </dl>
      ))}
    </section>
  );
}

// The field is JSON, or its text.
function macRecords(value: unknown): readonly unknown[] {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
