// Made-up crashes, and the answers about them in the shape of the search API. A small stand-in: it knows few operators,
// and of a stack search only the names of frames.

const kDayMs = 86_400_000;
const kSignatures = [
  'crashy::Widget::Paint(crashy::Canvas&, std::vector<crashy::Rectangle, std::allocator<crashy::Rectangle> > const&)',
  'abort | __gnu_cxx::__verbose_terminate_handler | crashy::ParseConfiguration',
  'std::__detail::_Map_base<std::basic_string<char>, std::pair<std::basic_string<char> const, int>, std::allocator<std::pair<std::basic_string<char> const, int> >, std::__detail::_Select1st>::operator[]',
  'crashy::Divide',
  'EMPTY: no frame data available',
  'OOM | large | mozalloc_abort | crashy::Buffer::Grow',
  'draw::Dispatcher::Run',
  'libgl_driver.so@0x1f3a0 | draw::Swap',
  'crashy::Cache::Evict',
  'shutdownhang | crashy::Store::Flush',
];
const kReasons = [
  'SIGSEGV / SEGV_MAPERR',
  'SIGABRT / SI_TKILL',
  'SIGFPE / FPE_INTDIV',
  'EXCEPTION_ACCESS_VIOLATION_READ',
];
const kFlows = [
  [
    'main',
    'crashy::Window::Run()',
    'draw::Dispatcher::Run(std::function<void (draw::Event const&)> const&)',
    'crashy::Window::Repaint()',
  ],
  ['main', 'crashy::Startup(int, char**)', 'crashy::Settings::Load()'],
  [
    'start_thread',
    'base::ThreadPool::Worker()',
    'base::Task::Run()',
    'crashy::Store::Write(crashy::Record const&)',
  ],
];

// The same numbers in every run.
function makeRandom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick(random, list, skew = 1) {
  return list[Math.floor(list.length * random() ** skew)];
}

function makeCrashes(count, now) {
  const random = makeRandom(7);
  return Array.from({ length: count }, (_, number) => {
    const kind = random() < 0.3 ? 'report' : 'ping';
    const signature = pick(random, kSignatures, 1.8);
    const platform = pick(random, ['Windows', 'Windows', 'Linux', 'Mac OS X', 'Android']);
    const flow = pick(random, kFlows);
    const age = 30 * kDayMs * random() ** (signature.includes('Cache') ? 5 : 1.1);
    return {
      uuid: `0b5e2a10-7c3d-4e5f-8a9b-${number.toString(16).padStart(12, '0')}`,
      kind,
      signature,
      bucket: signature,
      platform,
      date: new Date(now - age).toISOString().slice(0, 19) + '+00:00',
      product: random() < 0.85 ? 'Crashy' : 'CrashyStudio',
      version: pick(random, ['2.1.0', '2.1.0', '2.0.1', '2.2.0b3', '2.2.0b2']),
      release_channel: pick(random, ['release', 'release', 'beta']),
      build_id: pick(random, ['20261101103000', '20261112090500', '20261120104455']),
      process_type: pick(random, ['main', 'main', 'content', 'gpu']),
      cpu_arch: pick(random, ['amd64', 'amd64', 'arm64', 'x86']),
      reason: random() < 0.1 ? null : pick(random, kReasons),
      address: `0x${Math.floor(random() * 2 ** 20)
        .toString(16)
        .padStart(16, '0')}`,
      proto_signature: [signature, ...[...flow].reverse()].join(' | '),
      uptime: Math.floor(3000 * random() ** 2),
      install_time: String(1_763_000_000 + Math.floor(random() * 900)),
      startup_crash: random() < 0.1,
      user_comments: random() < 0.04 ? 'It happened while I was drawing a house.' : null,
      client: Math.floor(random() * 700),
      weight: kind === 'ping' ? 1 : 10,
      stack: [...flow, signature.split(' | ').at(-1)],
    };
  }).sort((one, other) => (one.date < other.date ? 1 : -1));
}

function timeOf(text, now) {
  const relative = /^(-?)(\d+)([mhdw])$/.exec(text);
  if (text === 'now') return now;
  if (relative)
    return now - Number(relative[2]) * { m: 60_000, h: 3_600_000, d: kDayMs, w: 7 * kDayMs }[relative[3]];
  const time = Date.parse(/T/.test(text) && !/Z|[+-]\d\d:\d\d$/.test(text) ? `${text}Z` : text);
  if (Number.isNaN(time)) throw new Error(`date: '${text}' is not a date`);
  return time;
}

function holdsValue(value, raw, name, now) {
  const operator = /^(>=|<=|[=~^$@<>])/.exec(raw)?.[0] ?? '';
  const wanted = raw.slice(operator.length);
  if (raw === '__null__') return value === null;
  if (raw === '__true__') return value === true;
  if (/^[<>]/.test(operator)) {
    const one = name === 'date' ? Date.parse(value) : Number(value);
    const other = name === 'date' ? timeOf(wanted, now) : Number(wanted);
    return { '>=': one >= other, '<=': one <= other, '<': one < other, '>': one > other }[operator];
  }
  const text = String(value ?? '');
  if (operator === '~') return text.toLowerCase().includes(wanted.toLowerCase());
  if (operator === '^') return text.startsWith(wanted);
  if (operator === '$') return text.endsWith(wanted);
  if (operator === '@') return new RegExp(`^(?:${wanted})$`).test(text);
  return operator === '' ? text.toLowerCase() === wanted.toLowerCase() : text === wanted;
}

function holdsStack(crash, text) {
  const wanted = text.startsWith('~')
    ? [text.slice(1)]
    : text.split(/\s*>\s*/).map((frame) => frame.replace(/^[~@]?"|"$/g, ''));
  return wanted.every(
    (name) => name === '...' || crash.stack.some((frame) => frame.includes(name.replace(/^"|"$/g, ''))),
  );
}

function filter(crashes, parameters, now, past = 0) {
  const fields = [...parameters.keys()].filter(
    (name) => !name.startsWith('_') && !['thread', 'stacks_max'].includes(name),
  );
  const known = new Set([...Object.keys(crashes[0]), 'stack(any)', 'stack(crashing)']);
  for (const name of fields) if (!known.has(name)) throw new Error(`'${name}' is not a field`);
  const dates = parameters.getAll('date');
  if (dates.length === 0) dates.push('>=-7d');
  return crashes.filter(
    (crash) =>
      [...new Set(fields)]
        .filter((name) => name !== 'date')
        .every((name) => {
          const values = parameters.getAll(name);
          if (name.startsWith('stack'))
            return values.every((raw) =>
              raw.startsWith('!') ? !holdsStack(crash, raw.slice(1)) : holdsStack(crash, raw),
            );
          const positive = values.filter((raw) => !raw.startsWith('!'));
          return (
            (positive.length === 0 || positive.some((raw) => holdsValue(crash[name], raw, name, now))) &&
            values
              .filter((raw) => raw.startsWith('!'))
              .every((raw) => !holdsValue(crash[name], raw.slice(1), name, now))
          );
        }) &&
      dates.every((raw) =>
        holdsValue(new Date(Date.parse(crash.date) + past).toISOString(), raw, 'date', now),
      ),
  );
}

function weighted(crashes) {
  const count = crashes.reduce((sum, { weight }) => sum + weight, 0);
  const deviation = 1.96 * Math.sqrt(crashes.reduce((sum, { weight }) => sum + weight * (weight - 1), 0));
  return { count, low: Math.max(crashes.length, count - deviation), high: count + deviation };
}

function termText(value) {
  return typeof value === 'boolean' ? (value ? 'T' : 'F') : value;
}

function bucketOf(crash, name, parameters) {
  const field = /^_histogram\.(.*)$/.exec(name)?.[1];
  if (field === undefined) return termText(crash[name]);
  const interval = parameters.get(`_histogram_interval.${field}`) ?? (field === 'date' ? 'day' : '1');
  if (field !== 'date') return Math.floor(crash[field] / Number(interval)) * Number(interval);
  const step = { minute: 60_000, hour: 3_600_000, day: kDayMs, week: 7 * kDayMs, month: 30 * kDayMs }[
    interval
  ];
  const shift = interval === 'week' ? 4 * kDayMs : 0; // Weeks begin on Monday.
  return new Date(Math.floor((Date.parse(crash.date) - shift) / step) * step + shift)
    .toISOString()
    .replace('.000Z', '+00:00');
}

function facet(crashes, name, path, parameters, size) {
  const single = /^_(cardinality|min|max|avg|sum)\.(.*)$/.exec(name);
  if (single) {
    const values = crashes.map((crash) => crash[single[2]]);
    const numbers = values.map(Number);
    const results = {
      cardinality: () => new Set(values).size,
      min: () => Math.min(...numbers),
      max: () => Math.max(...numbers),
      sum: () => numbers.reduce((a, b) => a + b, 0),
      avg: () => numbers.reduce((a, b) => a + b, 0) / numbers.length,
    };
    return { value: results[single[1]]() };
  }
  const groups = new Map();
  for (const crash of crashes) {
    const term = bucketOf(crash, name, parameters);
    if (term === null || term === undefined) continue;
    if (!groups.has(term)) groups.set(term, []);
    groups.get(term).push(crash);
  }
  const own = name.startsWith('_histogram.') ? name : `_aggs.${[...path, name].join('.')}`;
  const deeper = parameters.getAll(own);
  const rows = [...groups].map(([term, members]) => ({
    term,
    count: members.length,
    ...(parameters.get('_weights') === 'true' && { weighted: weighted(members) }),
    ...(deeper.length > 0 && { facets: facets(members, deeper, [...path, name], parameters, size) }),
  }));
  return name.startsWith('_histogram.')
    ? rows.sort((a, b) => (a.term < b.term ? -1 : 1))
    : rows.sort((a, b) => b.count - a.count).slice(0, size);
}

function facets(crashes, names, path, parameters, size) {
  return Object.fromEntries(
    names.map((name) => [
      name.replace(/^_/, '').replace('.', name.startsWith('_') ? '_' : '.'),
      facet(crashes, name, path, parameters, size),
    ]),
  );
}

function searchAnswer({ crashes, now }, parameters) {
  const found = filter(crashes, parameters, now());
  const sort = parameters.get('_sort') ?? '-date';
  const key = sort.replace(/^-/, '');
  const sorted =
    sort === '-date'
      ? found
      : [...found].sort(
          (a, b) => (sort.startsWith('-') ? -1 : 1) * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0),
        );
  const number = Number(parameters.get('_results_number') ?? 100);
  const offset = Number(parameters.get('_cursor') ?? parameters.get('_results_offset') ?? 0);
  const columns =
    parameters.getAll('_columns').length > 0
      ? parameters.getAll('_columns')
      : ['uuid', 'date', 'signature', 'product', 'version', 'kind'];
  const size = Number(parameters.get('_facets_size') ?? 50);
  const names = new Set([
    ...parameters.getAll('_facets'),
    ...[...parameters.keys()].filter((name) => /^_aggs\.[^.]+$/.test(name)).map((name) => name.slice(6)),
    ...[...parameters.keys()].filter((name) => name.startsWith('_histogram.')),
  ]);
  return {
    hits: sorted
      .slice(offset, offset + number)
      .map((crash) => Object.fromEntries(columns.map((column) => [column, crash[column] ?? null]))),
    total: found.length,
    ...(parameters.get('_weights') === 'true' && { weighted: weighted(found) }),
    ...(number > 0 && offset + number < found.length && { cursor: String(offset + number) }),
    facets: size === 0 ? {} : facets(found, [...names], [], parameters, size),
    errors: [],
  };
}

function topCrashersAnswer({ crashes, now }, parameters) {
  const from =
    parameters
      .getAll('date')
      .map((raw) => /^>=(.*)$/.exec(raw)?.[1])
      .find((text) => text !== undefined) ?? '-7d';
  const span = now() - timeOf(from, now());
  const group = (list) => {
    const groups = new Map();
    for (const crash of list) groups.set(crash.signature, [...(groups.get(crash.signature) ?? []), crash]);
    return [...groups].sort((a, b) => b[1].length - a[1].length);
  };
  const here = filter(crashes, parameters, now());
  const earlier = filter(crashes, parameters, now(), span);
  const before = group(earlier);
  const counts = (list, field) =>
    Object.fromEntries(facet(list, field, [], parameters, 20).map(({ term, count }) => [term, count]));
  const rows = group(here)
    .slice(0, Number(parameters.get('_facets_size') ?? 50))
    .map(([signature, list], index) => {
      const previous = before.findIndex(([name]) => name === signature);
      return {
        signature,
        rank: index + 1,
        count: list.length,
        percent: (100 * list.length) / here.length,
        weighted: weighted(list),
        ...(previous >= 0 && {
          previous_rank: previous + 1,
          previous_percent: (100 * before[previous][1].length) / earlier.length,
        }),
        installations: new Set(list.map(({ client }) => client)).size,
        first_date: list.at(-1).date,
        first_build: list.at(-1).build_id,
        platforms: counts(list, 'platform'),
        process_types: counts(list, 'process_type'),
        startup: list.filter((crash) => crash.startup_crash).length,
        first_minute: list.filter((crash) => crash.uptime < 60).length,
        is_gc: index % 3,
      };
    });
  const iso = (time) => new Date(time).toISOString();
  return {
    from: iso(now() - span),
    to: iso(now()),
    previous_from: iso(now() - 2 * span),
    total: here.length,
    weighted: weighted(here),
    covered: rows.reduce((sum, row) => sum + row.count, 0),
    rows,
  };
}

function flameAnswer({ crashes, now }, parameters) {
  const found = filter(crashes, parameters, now());
  const root = { name: '', count: found.length, children: [] };
  for (const { stack } of found) {
    let node = root;
    for (const name of stack) {
      let child = node.children.find((one) => one.name === name);
      if (child === undefined)
        node.children.push(
          (child = {
            name,
            module: name === 'start_thread' ? 'libc.so.6' : 'crashy',
            count: 0,
            children: [],
          }),
        );
      child.count += 1;
      node = child;
    }
  }
  const order = (node) => {
    node.children.sort((a, b) => b.count - a.count);
    node.children.forEach(order);
  };
  order(root);
  return {
    total: found.length,
    shown: Math.min(found.length, Number(parameters.get('stacks_max') ?? 2000)),
    root,
  };
}

function correlationsAnswer({ crashes, now }, parameters) {
  const signature = parameters.get('signature');
  const others = new URLSearchParams(parameters);
  others.delete('signature');
  const all = filter(crashes, others, now());
  const own = all.filter((crash) => crash.signature === signature);
  const rest = all.filter((crash) => crash.signature !== signature);
  const rows = ['platform', 'version', 'process_type', 'cpu_arch', 'reason', 'startup_crash'].flatMap(
    (field) =>
      facet(own, field, [], parameters, 5).map(({ term, count }) => {
        const other = rest.filter((crash) => termText(crash[field]) === term).length;
        const [percent, otherPercent] = [(100 * count) / own.length, (100 * other) / rest.length];
        return {
          field,
          term: String(term),
          in_signature: count,
          in_others: other,
          percent,
          other_percent: otherPercent,
          difference: percent - otherPercent,
          low: percent - otherPercent - 4,
          high: percent - otherPercent + 4,
        };
      }),
  );
  return {
    signature_total: own.length,
    other_total: rest.length,
    rows: rows.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference)),
  };
}

function fieldsAnswer({ crashes }) {
  const types = { date: 'datetime', uptime: 'int', build_id: 'int', startup_crash: 'bool' };
  const names = Object.keys(crashes[0]).filter((name) => !['weight', 'client', 'stack'].includes(name));
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        name,
        data_validation_type: types[name] ?? 'str',
        query_type: ['product', 'platform', 'kind', 'cpu_arch', 'process_type'].includes(name)
          ? 'enum'
          : 'string',
        description: `What a crash says of its ${name.replaceAll('_', ' ')}.`,
        is_exposed: true,
        is_returned: true,
        permissions_needed: [],
      },
    ]),
  );
}

const kAnswers = {
  '/api/SuperSearch/': searchAnswer,
  '/api/TopCrashers/': topCrashersAnswer,
  '/api/Flame/': flameAnswer,
  '/api/Correlations/': correlationsAnswer,
  '/api/SuperSearchFields/': fieldsAnswer,
  '/api/ResolveSignature/': (_, parameters) => ({
    signature: parameters.get('signature'),
    signatures: [parameters.get('signature'), 'crashy::Widget::Paint'],
  }),
  '/api/SimilarSignatures/': (_, parameters) => ({
    signature: parameters.get('signature'),
    similar: kSignatures
      .slice(1, 5)
      .map((signature, index) => ({ signature, score: 0.9 / (index + 1), frames: kFlows[index % 3] })),
  }),
  '/api/SignatureFirstDate/': ({ crashes }, parameters) => ({
    hits: parameters
      .getAll('signatures')
      .map((signature) => ({ signature, first_date: crashes.at(-1).date, first_build: '20261101103000' })),
    total: 1,
  }),
  '/api/Bugs/': (_, parameters) => ({
    hits: parameters
      .getAll('signatures')
      .map((signature) => ({
        id: 1234567,
        signature,
        url: 'https://bugs.example/show?id=1234567',
        status: 'NEW',
        summary: 'Crash while painting a widget',
      })),
    total: 1,
  }),
  '/api/NewBug/': () => ({
    links: [
      { label: 'Bugzilla', url: 'https://bugs.example/enter' },
      { label: 'GitHub', url: 'https://git.example/new' },
    ],
  }),
};

export function makeSearchApi(started) {
  const crashes = makeCrashes(4000, started);
  const store = { crashes, now: () => Date.now() };
  // undefined: the path is none of the search.
  return (url) => {
    const answer = kAnswers[url.pathname];
    if (answer === undefined) return undefined;
    try {
      return [200, answer(store, url.searchParams)];
    } catch (error) {
      return [400, { error: error.message }];
    }
  };
}
