// How to search: the words of the search box, operators, stacks, and keys.
import { Fragment, type VNode } from 'preact';
import { kFields } from '../../api/search_fields';
import { parseSearchText, searchPath } from '../../api/search_query';
import { kKeyHelp } from '../../base/key_help';
import type { PageProps } from '../../base/page';
import { DocumentationFrame } from './documentation_frame';

export function SearchHelpPage(_props: PageProps): VNode {
  return (
    <DocumentationFrame tab="/documentation/search" title="Searching">
      <div class="prose">
        <p>
          The box at the top takes words and conditions in any order, all of which must hold. A crash id, or
          the address of a report, opens that crash. The page’s address holds the whole search: copy it, and
          others see the same; its parameters are those of <code>/api/SuperSearch/</code>, so a script can ask
          the same.
        </p>
      </div>
      <h2>Words and conditions</h2>
      <Examples rows={kExamples} what="Type" />
      <h2>Operators</h2>
      <Operators />
      <h2>Stacks</h2>
      <div class="prose">
        <p>
          <code>stack:</code> searches the frames of all threads, <code>stack(crashing):</code> those of the
          crashing thread. A pattern is read from the innermost frame outwards, and stands in quotes where it
          holds blanks.
        </p>
      </div>
      <Examples rows={kStackExamples} what="Pattern" />
      <h2>Fields</h2>
      <Fields />
      <h2>Keys</h2>
      <Keys />
    </DocumentationFrame>
  );
}

interface Example {
  readonly text: string;
  readonly what: string;
  // A pattern is no search by itself.
  readonly isLink: boolean;
}

const kExamples: readonly Example[] = [
  { text: 'Ledger::balance', what: 'crashes whose signature has these words', isLink: true },
  { text: 'product:Crashy version:^12.', what: 'of one product, versions that begin so', isLink: true },
  { text: '-kind:ping', what: 'without pings: “-” negates', isLink: true },
  { text: 'reason:"SIGSEGV / SEGV_MAPERR"', what: 'a value with blanks stands in quotes', isLink: true },
  { text: 'product:Crashy product:Editor', what: 'either: two values of one field', isLink: true },
  {
    text: 'date:>=2026-11-01 date:<2026-11-08',
    what: 'a week, in UTC. Without a date: the last seven days',
    isLink: true,
  },
  { text: 'moz_crash_reason:__null__', what: 'crashes that have no value there', isLink: false },
];

const kStackExamples: readonly Example[] = [
  { text: 'RunTask > DoWork', what: 'RunTask called directly by DoWork', isLink: false },
  { text: 'RunTask > ... > main', what: 'with any number of frames between', isLink: false },
  { text: 'RunTask > ...3 > main', what: 'with at most three', isLink: false },
  { text: '~"Task"', what: 'a function with Task in its name', isLink: false },
  { text: 'Run*', what: 'wildcards: * for any letters, ? for one', isLink: false },
  { text: '@"Run(Task|Job)"', what: 'a regular expression over the whole name', isLink: false },
  { text: 'module:"libdraw.so" file:"*.cc"', what: 'words of one frame must all hold', isLink: false },
  { text: 'inline:"Cell::Store"', what: 'a function that was inlined', isLink: false },
  { text: 'at:"libdraw.so+0x1234"', what: 'a place in a module, where there are no symbols', isLink: false },
];

function Examples({ rows, what }: { rows: readonly Example[]; what: string }): VNode {
  return (
    <table class="plain guide">
      <caption class="hidden">Examples</caption>
      <thead>
        <tr>
          <th scope="col">{what}</th>
          <th scope="col">Finds</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ text, what: found, isLink }) => (
          <tr key={text}>
            <th scope="row">
              <code>{isLink ? <a href={searchPath(parseSearchText(text).conditions)}>{text}</a> : text}</code>
            </th>
            <td>{found}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const kOperators: readonly (readonly [string, string])[] = [
  ['=', 'is exactly'],
  ['~', 'contains, letter case aside'],
  ['^', 'begins with'],
  ['$', 'ends with'],
  ['@', 'matches a regular expression (RE2), over the whole value'],
  ['&', 'has one of these words: what a text means in an address without an operator'],
  ['>= <= > <', 'of dates, builds and numbers'],
  ['!', 'in the address, before any of them: not'],
  ['__null__', 'as the whole value: there is none'],
];

function Operators(): VNode {
  return (
    <table class="plain keys">
      <caption class="hidden">Operators before a value</caption>
      <thead>
        <tr>
          <th scope="col">Before the value</th>
          <th scope="col">Means</th>
        </tr>
      </thead>
      <tbody>
        {kOperators.map(([sign, means]) => (
          <tr key={sign}>
            <th scope="row">
              <code>{sign}</code>
            </th>
            <td>{means}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fields(): VNode {
  return (
    <>
      <div class="prose">
        <p>
          These are the usual ones. Every annotation that the{' '}
          <a href="/documentation/datadictionary?search=1">data dictionary</a> calls searchable is one too.
        </p>
      </div>
      <table class="plain keys">
        <caption class="hidden">Fields</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Or</th>
            <th scope="col">Is</th>
          </tr>
        </thead>
        <tbody>
          {kFields.map(({ name, aliases, title }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{aliases.length > 0 && <code>{aliases.join(', ')}</code>}</td>
              <td>{title}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Keys(): VNode {
  return (
    <table class="plain keys">
      <caption class="hidden">Keys</caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Does</th>
        </tr>
      </thead>
      <tbody>
        {kKeyHelp.map(({ keys, what }) => (
          <tr key={what}>
            <th scope="row">
              {keys.map((key) => (
                <Fragment key={key}>
                  <kbd>{key}</kbd>{' '}
                </Fragment>
              ))}
            </th>
            <td>{what}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
