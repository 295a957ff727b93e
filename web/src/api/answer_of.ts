import type { paths } from './schema';

// What a path of the API answers with 200, as docs/api says it.
export type AnswerOf<Path extends keyof paths, Method extends keyof paths[Path] = 'get' & keyof paths[Path]> =
  paths[Path][Method] extends { responses: { 200: { content: { 'application/json': infer Answer } } } }
    ? Answer
    : never;
