// One term of the data dictionary.
import type { ComponentChildren, VNode } from 'preact';
import { askDictionary, recentDictionary, type Dictionary, type Term } from '../../api/dictionary';
import { dictionaryPath, kAllTerms } from '../../api/dictionary_query';
import { searchPath } from '../../api/search_query';
import type { PageProps } from '../../base/page';
import { EmptyList } from '../../widgets/empty_list';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import { DocumentationFrame } from './documentation_frame';

export function TermPage({ parameters }: PageProps): VNode {
  const name = parameters['name'] ?? '';
  const set: Term['set'] = parameters['set'] === 'annotation' ? 'annotation' : 'field';
  const { value: dictionary, problem } = useRemote<Dictionary>({
    key: 'dictionary',
    ask: askDictionary,
    recent: recentDictionary(),
  });
  return (
    <DocumentationFrame tab="/documentation/datadictionary" isWithin title={name}>
      {dictionary !== undefined ? (
        <KnownTerm name={name} term={findTerm(dictionary, set, name)} />
      ) : problem === undefined ? (
        <Loading />
      ) : (
        <ProblemView problem={problem} />
      )}
    </DocumentationFrame>
  );
}

// Old links of annotations name the field, and fields of the server the annotation.
export function findTerm(
  { annotations, fields, byField, byAnnotation }: Dictionary,
  set: Term['set'],
  name: string,
): Term | undefined {
  const own = (set === 'annotation' ? annotations : fields).find((term) => term.name === name);
  return own ?? byField.get(name) ?? byAnnotation.get(name);
}

const kScopes = new Map([
  ['client', 'nowhere: it never leaves the machine'],
  ['report', 'into reports'],
  ['ping', 'into reports and pings'],
  ['ping-only', 'into pings alone'],
]);
const kSources = new Map([
  ['application', 'the application, or its framework'],
  ['client', 'the crash client in the process'],
  ['handler', 'the handler beside the process'],
  ['system', 'the system'],
]);
const kSearches = new Map([
  ['keyword', 'as a whole value; it can be counted'],
  ['text', 'by the words in it'],
  ['number', 'as a number'],
  ['boolean', 'as yes or no'],
  ['date', 'as a time'],
]);
const kForms = new Map([
  ['before_equals', 'everybody sees what stands before the first “=”'],
  ['java_exception', 'everybody sees classes and places, not messages'],
  ['java_trace', 'everybody sees classes and places, not messages'],
]);

export function KnownTerm({ name, term }: { name: string; term: Term | undefined }): VNode {
  if (term === undefined) {
    return (
      <EmptyList title="The data dictionary does not have it">
        <p>Annotations that it does not know are kept with their report, protected, and are not searched.</p>
        <p>
          <a href={dictionaryPath({ ...kAllTerms, text: name })}>Terms with “{name}” in them</a>
        </p>
      </EmptyList>
    );
  }
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    [
      'What',
      term.set === 'annotation' ? 'an annotation, which clients send' : 'a field, which the server makes',
    ],
    ['Field', term.field === undefined ? undefined : <code>{term.field}</code>],
    ['Type', term.type],
    ['Seen by', accessWords(term)],
    ['Searched', term.search === undefined ? 'not at all' : searchedWords(term)],
    ['Goes', term.scope === undefined ? undefined : (kScopes.get(term.scope) ?? term.scope)],
    ['Written by', term.source === undefined ? undefined : (kSources.get(term.source) ?? term.source)],
  ];
  return (
    <>
      <div class="prose">
        <p>{term.description}</p>
      </div>
      <dl class="facts term-facts">
        {facts
          .filter(([, value]) => value !== undefined)
          .map(([title, value]) => (
            <div key={title} class="wide">
              <dt>{title}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}

function accessWords({ isPublic, publicForm }: Term): string {
  if (!isPublic) return 'people with the permission view_pii';
  return publicForm === undefined
    ? 'everybody'
    : `people with the permission view_pii; ${kForms.get(publicForm) ?? 'everybody sees a part of it'}`;
}

function searchedWords({ search, field, isPublic }: Term): ComponentChildren {
  const words = kSearches.get(search ?? '') ?? search;
  if (field === undefined || !isPublic) return words;
  return (
    <>
      {words};{' '}
      <a href={searchPath([{ field, operator: '', negated: true, value: '__null__' }])}>
        crashes that have it
      </a>
    </>
  );
}
