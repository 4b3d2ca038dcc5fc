// Other projects' pins of the same hashes: facts that ship as resources/corroboration.json; scripts/refresh-corroboration.mjs makes them anew.
import { Corroboration } from '../../shared/model/evidence.ts';
import { readResource } from '../image/resources.ts';

let read: Promise<Corroboration> | null = null;

export function readCorroboration(): Promise<Corroboration> {
  read ??= readResource('corroboration.json').then((text) => Corroboration.parse(JSON.parse(text)));
  return read;
}
