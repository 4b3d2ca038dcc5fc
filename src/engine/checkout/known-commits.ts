// The commits of live-bootstrap that Seedbed was tested with, and the one that it takes by default: data, in resources/known-commits.json.
import { KnownCommits } from '../../shared/model/checkout.ts';
import { readResource } from '../image/resources.ts';

let read: Promise<KnownCommits> | null = null;

export function knownCommits(): Promise<KnownCommits> {
  read ??= readResource('known-commits.json').then((text) => KnownCommits.parse(JSON.parse(text)));
  return read;
}
