// What the keys of the site do, for people. app/site_keys.ts and the tables do it.

export interface KeyHelp {
  readonly keys: readonly string[];
  readonly what: string;
}

export const kKeyHelp: readonly KeyHelp[] = [
  { keys: ['/'], what: 'Go to the search box' },
  { keys: ['j', '↓'], what: 'Next row' },
  { keys: ['k', '↑'], what: 'Row before' },
  { keys: ['→', '←'], what: 'Into the cells of a row, and back' },
  { keys: ['Enter'], what: 'Open the row' },
  { keys: ['f'], what: 'Show only what has the value of this cell' },
  { keys: ['e'], what: 'Leave out what has the value of this cell' },
  { keys: ['←', '→'], what: 'In a chart: another time; with Shift several, with Enter those alone' },
  { keys: ['t'], what: 'Threads, on the page of a report' },
  { keys: ['?'], what: 'This help' },
  { keys: ['Esc'], what: 'Leave the search box, close a menu or this help' },
];
