// The guide: which of the data of this server answers which question, and what to mind.
import type { ComponentChildren, VNode } from 'preact';
import { searchPath } from '../../api/search_query';
import type { PageProps } from '../../base/page';
import { DocumentationFrame } from './documentation_frame';

function kindPath(kind: 'report' | 'ping'): string {
  return searchPath([{ field: 'kind', operator: '', negated: false, value: kind }]);
}

export function DataPage(_props: PageProps): VNode {
  return (
    <DocumentationFrame tab="/documentation/data" title="Which data answers what">
      <div class="prose">
        <p>
          A crash can leave two trails here. The <a href={kindPath('report')}>report</a> is what a person
          agreed to send: a dump with all that the program said about itself. The{' '}
          <a href={kindPath('ping')}>ping</a> is what telemetry sends by itself: a bare stack and a few
          harmless facts. One crash may leave either, both or none, and where both are here they lead to one
          another.
        </p>
      </div>
      <Trails />
      <h2>Questions</h2>
      <Questions />
      <div class="prose">
        <Numbers />
        <Rules />
        <Protected />
      </div>
    </DocumentationFrame>
  );
}

const kTrails: readonly (readonly [string, string, string])[] = [
  ['Sent', 'when the person agrees, crash by crash', 'by all who did not turn telemetry off, agreed or not'],
  ['Kept', 'as the rules of the collector say; of busy channels only a sample', 'all of them'],
  [
    'Stack',
    'of all threads, walked here with symbols and unwind tables',
    'walked on the machine without symbols, named here: more guessed frames',
  ],
  [
    'Besides',
    'modules, annotations, the person’s comment, the memory of the dump',
    'version, system, process and what was going on',
  ],
  [
    'Seen by',
    'everybody; what may say who a person is by permission',
    'as counts by everybody, one by one by permission',
  ],
];

function Trails(): VNode {
  return (
    <table class="plain guide">
      <caption class="hidden">Reports and pings compared</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="hidden">What</span>
          </th>
          <th scope="col">Reports</th>
          <th scope="col">Pings</th>
        </tr>
      </thead>
      <tbody>
        {kTrails.map(([what, report, ping]) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td data-label="Reports">{report}</td>
            <td data-label="Pings">{ping}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Question {
  readonly question: string;
  readonly use: ComponentChildren;
  readonly mind: string;
}

const kQuestions: readonly Question[] = [
  {
    question: 'Is this build worse than the one before?',
    use: 'Pings, against the hours of use that telemetry counts: crashes per 1,000 hours',
    mind: 'Compare builds at the same age or the same share of users. The first 24 hours, and builds that fewer than one in ten use, are noise.',
  },
  {
    question: 'How many people does it hit?',
    use: 'Pings, counted by installation and not by crash',
    mind: 'One machine in a loop sends thousands. Look at both numbers: far apart, it is a few machines.',
  },
  {
    question: 'What is the crash?',
    use: (
      <>
        Reports: <a href={kindPath('report')}>stack, annotations, comment</a>
      </>
    ),
    mind: 'Those who send reports are not like all others, and only a sample is kept.',
  },
  {
    question: 'Which signatures matter most?',
    use: (
      <>
        <a href="/topcrashers/">Top crashers</a>, with estimates
      </>
    ),
    mind: 'Ranks of close neighbours are not certain: look whether their intervals overlap. One signature may hold several bugs, and one bug have several signatures.',
  },
  {
    question: 'Did something begin minutes ago?',
    use: (
      <>
        <a href={searchPath([])}>The newest crashes</a>, which arrive while you look
      </>
    ),
    mind: 'Hours of use come later than crashes, so rates of the last hours are too high. The same ping may come twice.',
  },
  {
    question: 'Does it crash while starting?',
    use: (
      <>
        The fields <code>startup_crash</code> and <code>uptime</code>
      </>
    ),
    mind: 'Pings of the older form lose crashes before telemetry is up.',
  },
  {
    question: 'Do processes hang while shutting down?',
    use: (
      <>
        <code>ipc_channel_error</code>, <code>async_shutdown_timeout</code>, <code>hang</code>
      </>
    ),
    mind: 'The program ended these processes itself: do not add them to crashes of content.',
  },
  {
    question: 'Is it the driver, an add-on, an injected module?',
    use: 'The correlations of the signature’s page, which compare it with all other crashes',
    mind: 'From reports: pings say nothing of graphics and add-ons.',
  },
  {
    question: 'Which report belongs to this ping?',
    use: 'The link on its page. It is made by the hash of the dump, which both carry',
    mind: 'The id that a ping carries is the machine’s own, not the one of the report. Many pings have no report.',
  },
  {
    question: 'Where does this function appear?',
    use: (
      <>
        <a href="/documentation/search">A search over stacks</a> of all threads
      </>
    ),
    mind: 'Inlined functions are frames too. Without symbols a frame has a module and an offset, and can be searched by those.',
  },
  {
    question: 'What was it like a year ago?',
    use: 'Searches, which reach back as far as crashes are kept',
    mind: 'Crashes go at the end of their retention, of each product its own. Signatures of then may have other names now.',
  },
];

function Questions(): VNode {
  return (
    <table class="plain guide">
      <caption class="hidden">Questions, the data that answers them, and what to mind</caption>
      <thead>
        <tr>
          <th scope="col">Question</th>
          <th scope="col">Use</th>
          <th scope="col">Mind</th>
        </tr>
      </thead>
      <tbody>
        {kQuestions.map(({ question, use, mind }) => (
          <tr key={question}>
            <th scope="row">{question}</th>
            <td data-label="Use">{use}</td>
            <td data-label="Mind">{mind}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Numbers(): VNode {
  return (
    <>
      <h2>How to read the numbers</h2>
      <ul>
        <li>
          A plain number counts what is stored. <strong>≈</strong> is an estimate of how many crashes
          happened: each kept crash stands for as many as its rule let through one of.
        </li>
        <li>
          The range behind it holds the true number 19 times in 20. Where ranges overlap, do not speak of a
          difference.
        </li>
        <li>Where the rules of sampling changed, plain numbers jump; estimates do not.</li>
        <li>
          A day is a day in UTC, by the time of arrival and not by the clock of the machine, which may be
          wrong.
        </li>
        <li>The last bar of a row of days is today, and not over.</li>
      </ul>
    </>
  );
}

function Rules(): VNode {
  return (
    <>
      <h2>Before you conclude</h2>
      <ul>
        <li>
          Look at official builds: forks and distributions send under the same product name. Their build ids
          and channels tell them apart.
        </li>
        <li>Leave out automation and programs without a display, if you ask about people.</li>
        <li>Say the version in which it crashed. After an update the ping may come from the newer one.</li>
        <li>
          Nothing found is not nothing there: it may have been sampled out, never sent, or be past its
          retention.
        </li>
        <li>If a few machines loop, cut them off at the top, and say that you did.</li>
      </ul>
    </>
  );
}

function Protected(): VNode {
  return (
    <>
      <h2>What is protected</h2>
      <p>
        Addresses of pages, comments, messages of exceptions, registers and the memory in dumps may say who a
        person is or what they did. They are shown only to people with the permission <code>view_pii</code>,
        dumps to those with <code>view_rawdump</code>, single pings to those with <code>view_pings</code>; and
        who looks at them is written down. The <a href="/documentation/datadictionary">data dictionary</a>{' '}
        says it of each field. What has no entry there is protected.
      </p>
    </>
  );
}
