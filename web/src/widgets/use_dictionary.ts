import { askDictionary, recentDictionary, type Dictionary } from '../api/dictionary';
import { useRemote } from './use_remote';

// The data dictionary; undefined until it came, and where it does not.
export function useDictionary(): Dictionary | undefined {
  return useRemote<Dictionary>({ key: 'dictionary', ask: askDictionary, recent: recentDictionary() }).value;
}
