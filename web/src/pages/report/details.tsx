// What stands below the stacks of a crash: registers, modules, annotations, and what was lost on the way.
import type { VNode } from 'preact';
import type { Crash, Module } from '../../base/crash';
import { countOf, joinPresent } from '../../base/format';

type Pairs = readonly (readonly [string, string])[];

export function Registers({ registers }: { registers: Pairs }): VNode | null {
  if (registers.length === 0) return null;
  return (
    <section>
      <h2>Registers of frame 0</h2>
      <dl class="registers mono">
        {registers.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
    </section>
  );
}

export function Modules({ modules }: { modules: readonly Module[] }): VNode | null {
  if (modules.length === 0) return null;
  const missing = modules.filter((module) => module.symbols === 'missing' || module.symbols === 'corrupt').length;
  return (
    <section>
      <details class="block">
        <summary>
          <h2>Modules <span class="thread-name">{modules.length}</span></h2>
          {missing > 0 && <span class="mark missing">{countOf(missing, 'module', 'modules')} without symbols</span>}
        </summary>
        <div class="scroll" tabIndex={0} role="region" aria-label="Modules">
          <table class="plain">
            <caption class="hidden">Modules of the process</caption>
            <thead>
              <tr>
                <th scope="col">Module</th><th scope="col">Version</th><th scope="col">Symbols</th>
                <th scope="col">Start</th><th scope="col">End</th><th scope="col">Debug id</th><th scope="col">Code id</th>
              </tr>
            </thead>
            <tbody>{modules.map((module, index) => <ModuleRow key={index} module={module} />)}</tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

function ModuleRow({ module }: { module: Module }): VNode {
  const lacking = module.symbols === 'missing' || module.symbols === 'corrupt';
  return (
    <tr>
      <th scope="row" title={module.debugFile}>{module.fileName ?? module.debugFile ?? 'no name'}</th>
      <td>{module.version}</td>
      <td class={lacking ? 'mark missing' : 'quiet'}>{module.symbols}</td>
      <td class="mono">{module.baseAddress}</td>
      <td class="mono">{module.endAddress}</td>
      <td class="mono">{module.debugId}</td>
      <td class="mono">{module.codeId}</td>
    </tr>
  );
}

export function Annotations({ annotations }: { annotations: Pairs }): VNode | null {
  if (annotations.length === 0) return null;
  return (
    <section>
      <h2>Annotations</h2>
      <table class="plain annotations">
        <caption class="hidden">Public annotations</caption>
        <tbody>
          {annotations.map(([name, value]) => <tr key={name}><th scope="row" dir="auto">{name}</th><td dir="auto">{value}</td></tr>)}
        </tbody>
      </table>
    </section>
  );
}

export function Losses({ crash }: { crash: Crash }): VNode | null {
  const { diagnostics, diagnosticsDropped, notes } = crash;
  if (diagnostics.length === 0 && notes.length === 0) return null;
  return (
    <section>
      <h2>Processing</h2>
      <ul class="notes">
        {diagnostics.map((diagnostic, index) => (
          <li key={`d${index}`}>
            <span class="mark missing">lost</span> {joinPresent([diagnostic.stage, diagnostic.what], ': ')}
            {diagnostic.offset !== undefined && <span class="quiet"> at byte {diagnostic.offset}</span>}
          </li>
        ))}
        {diagnosticsDropped > 0 && <li class="quiet">and {countOf(diagnosticsDropped, 'more loss', 'more losses')}</li>}
        {notes.map((note, index) => <li key={`n${index}`} dir="auto">{note}</li>)}
      </ul>
    </section>
  );
}
