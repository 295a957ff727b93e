// The products of this server, and how many crashes each had this week.
import { readCount, readList, readText, readTexts } from '../base/json_read';
import { parseTime } from '../base/format';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, postJson } from './client';
import { RecentAnswers } from './recent';
import type { components } from './schema';
import { readFacets, readWeighted, termsOf, type FacetTerm, type Weighted } from './search_facets';

type SearchAnswer = components['schemas']['SearchAnswer'];

// Who may see or fetch: everybody, or those with a token.
export type Access = 'public' | 'token';

export interface Link {
  readonly label: string;
  readonly url: string;
}

export interface BugTemplate {
  readonly label: string;
  readonly urlTemplate: string;
}

export interface Product {
  readonly name: string;
  readonly description: string | undefined;
  readonly crashes: Access;
  readonly symbols: Access;
  // How long they are kept; undefined: as long as the server's own setting says.
  readonly reportDays: number | undefined;
  readonly pingDays: number | undefined;
  // Those to show first.
  readonly versions: readonly string[];
  readonly links: readonly Link[];
  readonly bugTemplates: readonly BugTemplate[];
}

export type ProductAnswer = components['schemas']['Product'];

const recentProducts = new RecentAnswers<readonly Product[]>();
const recentWeeks = new RecentAnswers<Week>();
const kPath = '/api/Products/';

export function knownProducts(): readonly Product[] | undefined {
  return recentProducts.find(kPath);
}

export async function askProducts(signal: AbortSignal): Promise<Result<readonly Product[]>> {
  const answer = await getJson<AnswerOf<'/api/Products/'>>(kPath, signal);
  if (!answer.ok) return answer;
  const products = readList(answer.value.products)
    .map(readProduct)
    .filter(({ name }) => name !== '');
  recentProducts.keep(kPath, products);
  return succeed(products);
}

export function readProduct(product: ProductAnswer): Product {
  return {
    name: readText(product.name) ?? '',
    description: readText(product.description),
    crashes: product.crashes === 'token' ? 'token' : 'public',
    symbols: product.symbols === 'token' ? 'token' : 'public',
    reportDays: readCount(product.report_days),
    pingDays: readCount(product.ping_days),
    versions: readTexts(product.versions),
    links: readList(product.links).flatMap(({ label, url }) => {
      const text = readText(url);
      // An administrator's links lead to the web or into this site.
      return text === undefined || !/^(?:https?:\/\/|\/(?!\/))/.test(text)
        ? []
        : [{ label: readText(label) ?? text, url: text }];
    }),
    bugTemplates: readList(product.bug_links).flatMap(({ label, url_template: template }) => {
      const text = readText(template);
      return text === undefined ? [] : [{ label: readText(label) ?? 'New bug', urlTemplate: text }];
    }),
  };
}

export function saveProduct(product: Product, signal: AbortSignal): Promise<Result<object>> {
  return postJson(
    kPath,
    {
      name: product.name,
      description: product.description ?? '',
      crashes: product.crashes,
      symbols: product.symbols,
      // 0: as long as the server's own setting says.
      report_days: product.reportDays ?? 0,
      ping_days: product.pingDays ?? 0,
      versions: product.versions,
      links: product.links,
      bug_links: product.bugTemplates.map(({ label, urlTemplate }) => ({ label, url_template: urlTemplate })),
    },
    signal,
  );
}

export function removeProduct(name: string, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/Products/remove/', { name }, signal);
}

export function productPath(name: string): string {
  return `/home/product/${encodeURIComponent(name)}`;
}

export interface WeekOfProduct {
  readonly name: string;
  // Those that were kept; `weighted` estimates how many happened.
  readonly count: number;
  readonly weighted: Weighted | undefined;
  // One number a day; undefined where the server cannot tell.
  readonly days: readonly number[] | undefined;
}

export interface Week {
  // The first moments of its days, UTC; the last is today.
  readonly days: readonly Date[];
  readonly products: readonly WeekOfProduct[];
}

const kDays = 7;
const kDayMs = 24 * 3_600_000;
const kProductsMax = 100;

// Midnights, so that each but the last is a whole day.
export function weekDays(now: Date): readonly Date[] {
  const today = Math.floor(now.getTime() / kDayMs) * kDayMs;
  return Array.from({ length: kDays }, (_, index) => new Date(today - (kDays - 1 - index) * kDayMs));
}

function weekParameters(days: readonly Date[], product: string | undefined): URLSearchParams {
  const parameters = new URLSearchParams();
  const day = (time: Date): string => time.toISOString().slice(0, 10);
  const [first] = days;
  const last = days.at(-1);
  if (product !== undefined) parameters.set('product', `=${product}`);
  if (first !== undefined) parameters.append('date', `>=${day(first)}`);
  if (last !== undefined) parameters.append('date', `<${day(new Date(last.getTime() + kDayMs))}`);
  parameters.set('_results_number', '0');
  parameters.set('_facets_size', String(kProductsMax));
  parameters.append('_facets', 'product');
  return parameters;
}

export function knownWeek(): Week | undefined {
  return recentWeeks.find('');
}

export async function askWeek(signal: AbortSignal): Promise<Result<Week>> {
  const week = await askWeekOf(undefined, ['product'], signal);
  if (!week.ok) return week;
  recentWeeks.keep('', week.value.week);
  return succeed(week.value.week);
}

interface WeekAnswer {
  readonly week: Week;
  readonly answer: SearchAnswer;
}

async function askWeekOf(
  product: string | undefined,
  facets: readonly string[],
  signal: AbortSignal,
): Promise<Result<WeekAnswer>> {
  const days = weekDays(new Date());
  const plain = weekParameters(days, product);
  for (const facet of facets.filter((name) => name !== 'product')) plain.append('_facets', facet);
  const full = new URLSearchParams(plain);
  full.set('_histogram.date', 'product');
  full.set('_weights', 'true');
  let answer = await getJson<SearchAnswer>(`/api/SuperSearch/?${full}`, signal);
  // A server that knows neither histograms nor weights refuses them, and has counts all the same.
  if (!answer.ok && answer.problem.kind === 'bad-request')
    answer = await getJson<SearchAnswer>(`/api/SuperSearch/?${plain}`, signal);
  return answer.ok ? succeed({ week: readWeek(answer.value, days), answer: answer.value }) : answer;
}

export function readWeek(answer: SearchAnswer, days: readonly Date[]): Week {
  const facets = readFacets(answer.facets);
  const buckets = facets.terms.get('histogram_date');
  return {
    days,
    products: termsOf(facets, 'product')
      .filter(({ term }) => term !== '')
      .map(({ term, count, weighted }) => ({
        name: term,
        count,
        weighted,
        days: buckets === undefined ? undefined : daysOf(term, buckets, days),
      })),
  };
}

function daysOf(product: string, buckets: readonly FacetTerm[], days: readonly Date[]): readonly number[] {
  const counts = new Map(
    buckets.map((bucket) => [
      parseTime(bucket.term)?.getTime(),
      termsOf(bucket.facets, 'product').find(({ term }) => term === product)?.count ?? 0,
    ]),
  );
  return days.map((day) => counts.get(day.getTime()) ?? 0);
}

export interface ProductWeek {
  readonly week: WeekOfProduct | undefined;
  readonly days: readonly Date[];
  readonly total: number;
  readonly weighted: Weighted | undefined;
  readonly versions: readonly FacetTerm[];
  readonly processes: readonly FacetTerm[];
  readonly signatures: readonly FacetTerm[];
  readonly kinds: readonly FacetTerm[];
}

export async function askProductWeek(name: string, signal: AbortSignal): Promise<Result<ProductWeek>> {
  const found = await askWeekOf(name, ['version', 'process_type', 'bucket', 'kind'], signal);
  if (!found.ok) return found;
  const { week, answer } = found.value;
  const facets = readFacets(answer.facets);
  return succeed({
    week: week.products.find((product) => product.name === name),
    days: week.days,
    total: readCount(answer.total) ?? 0,
    weighted: readWeighted((answer as { weighted?: { count?: number } }).weighted),
    versions: termsOf(facets, 'version'),
    processes: termsOf(facets, 'process_type'),
    signatures: termsOf(facets, 'bucket'),
    kinds: termsOf(facets, 'kind'),
  });
}
