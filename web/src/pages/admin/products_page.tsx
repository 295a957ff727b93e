// What is said of each product, who may see its crashes, and how long they are kept. The URL names the one of
// the form.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import {
  askProducts,
  knownProducts,
  productPath,
  readProduct,
  removeProduct,
  saveProduct,
  type Access,
  type Product,
} from '../../api/products';
import { countOf } from '../../base/format';
import type { PageProps } from '../../base/page';
import { DataTable, type Column } from '../../widgets/data_table';
import { ProblemLine } from '../../widgets/problem_line';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TextField } from '../../widgets/text_field';
import { useAction } from '../../widgets/use_action';
import { useRemote } from '../../widgets/use_remote';
import { AdminFrame, kAdminWords } from './admin_frame';

const kPath = '/admin/products';

export function ProductsPage({ query, navigate }: PageProps): VNode {
  return (
    <AdminFrame tab={kPath} title="Products">
      <Products chosen={query.get('product') ?? undefined} isNew={query.has('new')} navigate={navigate} />
    </AdminFrame>
  );
}

interface ProductsProps {
  readonly chosen: string | undefined;
  readonly isNew: boolean;
  readonly navigate: (path: string) => void;
}

function Products({ chosen, isNew, navigate }: ProductsProps): VNode {
  const {
    value: products,
    problem,
    askAgain,
  } = useRemote<readonly Product[]>({ key: 'products', ask: askProducts, recent: knownProducts() });
  if (products === undefined)
    return problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kAdminWords} />;
  const onDone = (): void => {
    askAgain();
    navigate(kPath);
  };
  const product = products.find(({ name }) => name === chosen);
  return (
    <>
      {isNew && <ProductForm key="" product={undefined} onDone={onDone} />}
      {product !== undefined && <ProductForm key={product.name} product={product} onDone={onDone} />}
      <p class="buttons">
        <span>{countOf(products.length, 'product', 'products')}</span>{' '}
        {!isNew && (
          <a class="button" href={`${kPath}?new`}>
            Set up a product
          </a>
        )}
      </p>
      <p class="quiet">
        Crashes of a product that is not here are taken as well, and everybody may see their public part.
      </p>
      <ProductTable products={products} />
    </>
  );
}

function accessWords(access: Access): string {
  return access === 'public' ? 'everybody' : 'with a token or account';
}

function keptWords({ reportDays, pingDays }: Product): string {
  return [reportDays, pingDays].map((days) => (days === undefined ? 'usual' : `${days} days`)).join(', ');
}

const kColumns: readonly Column<Product>[] = [
  {
    name: 'name',
    title: 'Name',
    value: ({ name }) => name,
    cell: ({ name }) => (
      <a href={`${kPath}?${new URLSearchParams({ product: name })}`} title="Change">
        <bdi>{name}</bdi>
      </a>
    ),
  },
  {
    name: 'crashes',
    title: 'Crashes for',
    value: ({ crashes }) => accessWords(crashes),
    cell: ({ crashes }) => accessWords(crashes),
  },
  {
    name: 'symbols',
    title: 'Symbols for',
    value: ({ symbols }) => accessWords(symbols),
    cell: ({ symbols }) => accessWords(symbols),
  },
  {
    name: 'featured',
    title: 'Featured',
    value: ({ versions }) => versions.join(' '),
    cell: ({ versions }) => versions.join(', '),
  },
  { name: 'kept', title: 'Kept (reports, pings)', value: keptWords, cell: keptWords },
  {
    name: 'page',
    title: '',
    cell: ({ name }) => (
      <a href={productPath(name)} aria-label={`Its page: ${name}`}>
        Its page
      </a>
    ),
  },
];

export function ProductTable({ products }: { products: readonly Product[] }): VNode | null {
  if (products.length === 0) return null;
  return (
    <DataTable
      caption="Products"
      name="product-rows"
      columns={kColumns}
      rows={products}
      rowKey={({ name }) => name}
    />
  );
}

interface Pair {
  readonly label: string;
  readonly url: string;
}

// What was typed, without what is empty.
function wholeProduct(
  draft: Product,
  versions: string,
  links: readonly Pair[],
  templates: readonly Pair[],
): Product {
  const whole = (pairs: readonly Pair[]): readonly Pair[] =>
    pairs.filter(({ label, url }) => label.trim() !== '' && url.trim() !== '');
  return {
    ...draft,
    name: draft.name.trim(),
    versions: versions
      .split(',')
      .map((version) => version.trim())
      .filter((version) => version !== ''),
    links: whole(links),
    bugTemplates: whole(templates).map(({ label, url }) => ({ label, urlTemplate: url })),
  };
}

function ProductForm({ product, onDone }: { product: Product | undefined; onDone: () => void }): VNode {
  const [draft, setDraft] = useState<Product>(product ?? readProduct({}));
  const [versions, setVersions] = useState(draft.versions.join(', '));
  const [links, setLinks] = useState<readonly Pair[]>(draft.links);
  const [templates, setTemplates] = useState<readonly Pair[]>(
    draft.bugTemplates.map(({ label, urlTemplate }) => ({ label, url: urlTemplate })),
  );
  const action = useAction();
  const set = (part: Partial<Product>): void => setDraft((before) => ({ ...before, ...part }));
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    action.run((signal) => saveProduct(wholeProduct(draft, versions, links, templates), signal), onDone);
  };
  return (
    <section class="editor">
      <h2>{product === undefined ? 'A new product' : <bdi>{product.name}</bdi>}</h2>
      <form class="form" onSubmit={onSubmit}>
        {product === undefined && (
          <TextField
            label="Name"
            hint="As clients send it."
            isRequired
            value={draft.name}
            onText={(name) => set({ name })}
          />
        )}
        <TextField
          label="Description"
          value={draft.description ?? ''}
          onText={(description) => set({ description })}
        />
        <KeptFields draft={draft} set={set} />
        <TextField
          label="Featured versions"
          hint="Divided by commas, the first is shown first."
          value={versions}
          onText={setVersions}
        />
        <Pairs legend="Links of its page" hint="https://…" pairs={links} onChange={setLinks} />
        <Pairs
          legend="Forms for new bugs"
          hint="https://…, with {signature}, {title} and others in it"
          pairs={templates}
          onChange={setTemplates}
        />
        <div class="buttons">
          <button type="submit" disabled={action.isBusy}>
            Save
          </button>
          <a href={kPath}>Leave it</a>
          {product !== undefined && <RemoveButton name={product.name} onDone={onDone} />}
        </div>
        <ProblemLine problem={action.problem} words={kAdminWords} />
      </form>
    </section>
  );
}

// Who sees what of it, and how long it is kept.
function KeptFields({ draft, set }: { draft: Product; set: (part: Partial<Product>) => void }): VNode {
  return (
    <>
      <AccessChoice
        legend="Crashes are for"
        name="crashes"
        value={draft.crashes}
        onChange={(crashes) => set({ crashes })}
      />
      <AccessChoice
        legend="Symbols are for"
        name="symbols"
        value={draft.symbols}
        onChange={(symbols) => set({ symbols })}
      />
      <Days
        label="Reports are kept for"
        value={draft.reportDays}
        onChange={(reportDays) => set({ reportDays })}
      />
      <Days label="Pings are kept for" value={draft.pingDays} onChange={(pingDays) => set({ pingDays })} />
    </>
  );
}

function AccessChoice({
  legend,
  name,
  value,
  onChange,
}: {
  legend: string;
  name: string;
  value: Access;
  onChange: (access: Access) => void;
}): VNode {
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="choice-row">
        {(['public', 'token'] as const).map((access) => (
          <label key={access}>
            <input type="radio" name={name} checked={value === access} onChange={() => onChange(access)} />
            {access === 'public' ? 'everybody' : 'people with a token or an account'}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Days({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number | undefined;
  onChange: (days: number | undefined) => void;
}): VNode {
  return (
    <label>
      {label} <span class="hint">In days. Empty: as the server’s setting says.</span>
      <input
        class="short"
        type="number"
        min={1}
        max={36500}
        value={value ?? ''}
        onInput={(event) =>
          onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.valueAsNumber)
        }
      />
    </label>
  );
}

interface PairsProps {
  readonly legend: string;
  readonly hint: string;
  readonly pairs: readonly Pair[];
  readonly onChange: (pairs: readonly Pair[]) => void;
}

// A row is gone once both of its boxes are empty and the form is saved.
function Pairs({ legend, hint, pairs, onChange }: PairsProps): VNode {
  const set = (index: number, part: Partial<Pair>): void =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)));
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="pairs">
        {pairs.map(({ label, url }, index) => (
          <div key={index}>
            <input
              type="text"
              aria-label={`${legend}: label ${index + 1}`}
              placeholder="Label"
              value={label}
              onInput={(event) => set(index, { label: event.currentTarget.value })}
            />
            <input
              type="text"
              aria-label={`${legend}: address ${index + 1}`}
              placeholder={hint}
              spellcheck={false}
              value={url}
              onInput={(event) => set(index, { url: event.currentTarget.value })}
            />
            <button
              type="button"
              aria-label={`Take away ${label === '' ? `row ${index + 1}` : label}`}
              onClick={() => onChange(pairs.filter((_, at) => at !== index))}
            >
              Take away
            </button>
          </div>
        ))}
        <p>
          <button type="button" onClick={() => onChange([...pairs, { label: '', url: '' }])}>
            Add one
          </button>
        </p>
      </div>
    </fieldset>
  );
}

// Asks a second time in its own words, not in a window that stops everything.
function RemoveButton({ name, onDone }: { name: string; onDone: () => void }): VNode {
  const [isSure, setSure] = useState(false);
  const action = useAction();
  const onClick = (): void => {
    if (isSure) action.run((signal) => removeProduct(name, signal), onDone);
    else setSure(true);
  };
  return (
    <>
      <button type="button" disabled={action.isBusy} onClick={onClick} onBlur={() => setSure(false)}>
        {isSure ? `Yes, forget ${name} (its crashes stay)` : 'Forget these settings'}
      </button>
      <ProblemLine problem={action.problem} words={kAdminWords} />
    </>
  );
}
