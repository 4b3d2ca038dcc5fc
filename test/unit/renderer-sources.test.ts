// What the Sources page derives: rows as they change, filters and order, origin and advice in words, the list to carry away.
import { describe, expect, it } from 'vitest';
import {
  checkoutOrigin,
  checkoutOutcome,
  checkoutTitle,
  verdictOf,
} from '../../src/renderer/src/derive/checkout-view.ts';
import {
  countFilters,
  MANIFEST_ORDER,
  readFilter,
  readOrder,
  shownRows,
  writeOrder,
} from '../../src/renderer/src/derive/distfile-filter.ts';
import {
  evidenceLines,
  fileStatus,
  mergeTable,
  originOf,
  stepsText,
  wholeTables,
} from '../../src/renderer/src/derive/distfile-view.ts';
import { jobRoute } from '../../src/renderer/src/derive/job-view.ts';
import { mirrorNumbers, mirrorStatus, readWebAddress } from '../../src/renderer/src/derive/mirror-view.ts';
import { addressesOf, missingAdvice, missingList } from '../../src/renderer/src/derive/missing-files.ts';
import {
  fetchSummary,
  pruneLines,
  shownJob,
  verifySummary,
  confirmSummary,
} from '../../src/renderer/src/derive/source-jobs.ts';
import { settingsSummary, toggled } from '../../src/renderer/src/derive/source-settings.ts';
import { formatRoute, parseRoute, sectionOf, sourcesRoute } from '../../src/renderer/src/route.ts';
import { totalRows } from '../../src/engine/distfiles/live-table.ts';
import type { DistfileReport, DistfileRow } from '../../src/shared/model/distfile.ts';
import { Settings } from '../../src/shared/model/settings.ts';
import {
  alteredReport,
  checkoutReport,
  COMMIT,
  fetchedCheckout,
  linkedCheckout,
} from '../support/scripted-checkouts.ts';
import { scriptedJob } from '../support/scripted-data.ts';
import {
  evidenceLine,
  failuresOf,
  manyRows,
  presentRow,
  scriptedMirror,
  scriptedRow,
} from '../support/scripted-sources-data.ts';

const names = (rows: readonly DistfileRow[]): string[] => rows.map(({ name }) => name);

describe('the table of distfiles', () => {
  it('takes changed rows in and leaves the others the same objects', async () => {
    const rows = [scriptedRow('a'), scriptedRow('b')];
    const first = { totals: totalRows(rows), rows };
    const update = { totals: { ...first.totals, present: 1 }, rows: [presentRow('b')] };
    const merged = mergeTable(first, update);
    expect(merged.rows[0]).toBe(rows[0]);
    expect(merged.rows[1]?.state).toBe('present');
    expect(merged.totals.present).toBe(1);
    async function* stream() {
      await Promise.resolve();
      yield first;
      yield update;
    }
    const seen = [];
    for await (const table of wholeTables(stream())) seen.push(names(table.rows));
    expect(seen).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('filters by state, by need and by lack of an address, and counts each', () => {
    const counts = countFilters(manyRows());
    expect(counts).toMatchObject({ all: 310, 'pre-network': 71, 'no-address': 21 });
    expect(counts.here + counts.missing).toBe(310);
    const rows = [scriptedRow('m'), presentRow('p'), scriptedRow('f', { state: 'failed' })];
    const show = (filter: string): string[] =>
      names(shownRows(rows, { filter: readFilter(filter), order: MANIFEST_ORDER, words: '' }));
    expect(show('missing')).toEqual(['m', 'f']);
    expect(show('failed')).toEqual(['f']);
    expect(show('here')).toEqual(['p']);
    expect(show('nonsense')).toEqual(['m', 'p', 'f']);
  });

  it('finds words in names, steps, addresses and hashes, all of them at once', () => {
    const rows = [
      scriptedRow('gcc-4.0.4.tar.bz2', { steps: ['gcc-4.0.4', 'musl'] }),
      scriptedRow('gcc-13.3.0.tar.xz'),
      scriptedRow('snap.tar.xz', { urls: [], git: { repo: 'https://git.example.org/gnulib', ref: '1a' } }),
    ];
    const find = (words: string): string[] =>
      names(shownRows(rows, { filter: 'all', order: MANIFEST_ORDER, words }));
    expect(find('gcc MUSL')).toEqual(['gcc-4.0.4.tar.bz2']);
    expect(find('gnulib')).toEqual(['snap.tar.xz']);
    expect(find(rows[1]?.sha256.slice(0, 12) ?? '-')).toEqual(['gcc-13.3.0.tar.xz']);
    expect(find('  ')).toHaveLength(3);
  });

  it('sorts by a column and keeps the manifest’s order among equals', () => {
    const rows = [
      presentRow('b-10', { sizeBytes: 5 }),
      scriptedRow('b-9', { state: 'failed' }),
      presentRow('a', { sizeBytes: 9, preNetwork: true }),
      scriptedRow('z', { state: 'failed' }),
    ];
    const by = (sort: string): string[] =>
      names(shownRows(rows, { filter: 'all', order: readOrder(sort), words: '' }));
    expect(by('name')).toEqual(['a', 'b-9', 'b-10', 'z']);
    expect(by('state')).toEqual(['b-9', 'z', 'b-10', 'a']);
    expect(by('-size').slice(0, 2)).toEqual(['a', 'b-10']);
    expect(by('when')[0]).toBe('a');
    expect(by('-step')).toEqual(['z', 'a', 'b-9', 'b-10']);
    expect([writeOrder(readOrder('-size')), writeOrder(MANIFEST_ORDER)]).toEqual(['-size', null]);
  });
});

describe('a distfile', () => {
  it('says how far it is only when the size is known', () => {
    const fetching = { state: 'fetching', doneBytes: 50 } as const;
    expect(fileStatus(scriptedRow('a', fetching)).word).toBe('Fetching');
    expect(fileStatus(scriptedRow('a', { ...fetching, sizeBytes: 200 })).word).toBe('Fetching 25 %');
    expect(stepsText(['one', 'two', 'three'])).toBe('one and 2 more');
  });

  it('says where it came from, who agreed and who did not', () => {
    const row = presentRow('a');
    expect(originOf(row)).toEqual({ text: 'mirror samuelt.me', more: 'https · 1 other agrees' });
    const wrong = evidenceLine('a', { event: 'wrong', actualSha256: 'f'.repeat(64) });
    const doubted = presentRow('a', { evidence: { ...row.evidence, wrong: [wrong] } });
    expect(originOf(doubted).more).toContain('1 gave other bytes');
    expect(evidenceLines(doubted).map(({ word }) => word)).toEqual([
      'Gave this file',
      'Agrees',
      'Gave other bytes',
    ]);
  });

  it('names the failure that says most, and the lack of an address', () => {
    const failed = scriptedRow('a', { state: 'failed', failures: failuresOf('a') });
    expect(originOf(failed)).toEqual({
      text: '3 sources tried',
      more: 'nixpkgs’ tarball mirror gave other bytes',
    });
    expect(originOf(scriptedRow('a', { urls: [] })).text).toBe('Mirrors only');
  });
});

describe('what is missing', () => {
  const mirrors = [scriptedMirror('on.example'), scriptedMirror('off.example', { on: false })];

  it('tells fetching apart from failing, and failing apart from having no network', () => {
    expect(missingAdvice([presentRow('a')])).toBeNull();
    expect(missingAdvice([scriptedRow('a'), scriptedRow('b', { preNetwork: true })])).toEqual({
      title: '2 files are missing',
      text: '1 of them is needed before the machine has a network. Fetch them, or import a folder that holds them under any name.',
    });
    const tried = (cause: 'unreachable' | 'not-there'): DistfileRow =>
      scriptedRow('a', {
        state: 'failed',
        failures: failuresOf('a').map((failure) => ({ ...failure, cause })),
      });
    expect(missingAdvice([tried('unreachable')])?.text).toContain('check the network');
    expect(missingAdvice([tried('not-there')])?.text).toContain('name a mirror of your own');
  });

  it('is a list for sha256sum, with upstream, mirrors that are on, and the repository of a snapshot', () => {
    const row = scriptedRow('a b.tar', { git: { repo: 'https://git.example.org/x', ref: '1a' } });
    expect(addressesOf(row, mirrors)).toEqual([
      'https://ftp.example.org/a b.tar',
      'https://on.example/live-bootstrap/a%20b.tar',
      'https://git.example.org/x (git archive of 1a)',
    ]);
    const lines = missingList([row, presentRow('here')], mirrors).split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([`${row.sha256}  a b.tar`]);
  });
});

describe('jobs that move distfiles', () => {
  const report: DistfileReport = {
    ...{ files: 10, alreadyThere: 3, added: 5, addedBytes: 2048, receivedBytes: 2048 },
    missing: [],
    wrong: [],
  };

  it('are shown while they run, whoever started them, and afterwards when this page did', () => {
    const fetch = scriptedJob('f', { kind: 'distfiles.fetch', state: 'done' });
    const other = scriptedJob('o', { kind: 'image.build' });
    expect(shownJob([fetch, other], 'f')).toBe(fetch);
    expect(shownJob([fetch, other], null)).toBeNull();
    const verify = scriptedJob('v', { kind: 'distfiles.verify' });
    expect(shownJob([fetch, verify], 'f')).toBe(verify);
    expect(formatRoute(jobRoute(verify))).toBe('#/sources?job=v');
    expect(formatRoute(jobRoute(other))).toBe('#/jobs/o');
  });

  it('come to a sentence each', () => {
    expect(fetchSummary(report)).toBe('5 files added, 2 KiB · 3 were here already · all 10 are here now.');
    const { name, sha256, urls, git, steps, failures } = scriptedRow('x');
    const missing = { name, sha256, urls, git, steps, failures };
    expect(fetchSummary({ ...report, added: 0, missing: [missing] })).toContain('1 of 10 still missing');
    const damaged = [{ sha256: 'a', actualSha256: 'b', name: null, path: '/x' }];
    expect(verifySummary({ files: 2, bytes: 10, elapsedMilliseconds: 100, damaged })).toContain(
      '1 file was damaged',
    );
    const source = { kind: 'mirror' as const, label: 'm', at: 'https://m/x' };
    const counts = { files: 3, confirmed: 1, agreed: 1, receivedBytes: 10, silent: [] };
    const wrong = [{ name: 'x', source, actualSha256: 'b' }];
    expect(confirmSummary({ ...counts, wrong: [] })).toBe(
      'Of 3 stored files, 1 has the word of a second source.',
    );
    expect(confirmSummary({ ...counts, wrong })).toContain('1 source gave something else');
    const removed = [
      { path: '/a', why: 'half-fetched' as const, sizeBytes: 10 },
      { path: '/b', why: 'set-aside' as const, sizeBytes: 4096 },
      { path: '/c', why: 'half-fetched' as const, sizeBytes: 10 },
    ];
    expect(pruneLines({ dryRun: true, freedBytes: 4116, removed })).toEqual([
      'Wrong files that were set aside: 1, 4 KiB',
      'Half-fetched files: 2, 20 bytes',
    ]);
  });
});

describe('a checkout', () => {
  it('is named by its commit or its folder, with where it came from', () => {
    const fetched = fetchedCheckout('place');
    expect(checkoutTitle(fetched)).toBe('live-bootstrap 984b83220000');
    expect(checkoutOrigin(fetched)).toMatch(/^Fetched .* · Seedbed was tested with its commit$/);
    const linked = linkedCheckout('place', '/home/user/mine', alteredReport());
    expect(checkoutTitle(linked)).toBe('mine');
    expect(checkoutOrigin(linked)).toBe('A folder of yours · commit 984b83220000 · 2 differences');
  });

  it('is whole, altered, or not to be compared', () => {
    expect(verdictOf(checkoutReport()).tone).toBe('good');
    expect(verdictOf(alteredReport()).text).toMatch(/^1 of them may change the bytes/);
    const ignored = alteredReport().differences.filter(({ inImage }) => !inImage);
    const harmless = verdictOf(checkoutReport({ differences: ignored, leftOut: 9 }));
    expect(harmless.title).toBe('10 differences from its commits');
    expect(harmless.text).toMatch(/^None of those that are listed gets into a boot image/);
    expect(verdictOf(checkoutReport({ commit: null })).title).toBe('Its commit is not known');
  });

  it('says what a job came to', () => {
    expect(checkoutOutcome({ kind: 'fetch', id: COMMIT, did: 'nothing' })).toContain('here already');
    const written = { kind: 'export' as const, path: '/x', sizeBytes: 2048, sha256: 'ab', distfiles: 3 };
    expect(checkoutOutcome({ ...written, missing: ['a'] })).toBe(
      '2 KiB, 3 distfiles in it, 1 is not stored here; sha256 ab.',
    );
  });
});

describe('mirrors and settings', () => {
  it('say how a mirror is', () => {
    expect(mirrorStatus(scriptedMirror('a')).word).toBe('Good');
    expect(mirrorStatus(scriptedMirror('a', { on: false })).word).toBe('Off');
    expect(mirrorStatus(scriptedMirror('a', { health: null })).word).toBe('Not asked yet');
    expect(mirrorNumbers(scriptedMirror('a'))).toBe('has 24 of 24 files asked for · answers in 85 ms');
  });

  it('take a web address only', () => {
    expect(readWebAddress(' https://a.example/pub// ')).toBe('https://a.example/pub');
    expect(['ftp://a.example', 'https://', 'https://a b', '/tmp'].map(readWebAddress)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('are short when folded', () => {
    const settings = Settings.parse({ distfiles: { folders: ['/usb'], git: false } });
    expect(settingsSummary(settings)).toBe('1 folder of yours, mirrors, upstream, 2 archives');
    expect(toggled(['nixpkgs'], 'guix', true)).toEqual(['nixpkgs', 'guix']);
    expect(toggled(['nixpkgs', 'guix'], 'guix', false)).toEqual(['nixpkgs']);
  });
});

describe('the address of the Sources page', () => {
  it('keeps all that is chosen, and gives it back', () => {
    const route = sourcesRoute({
      checkout: 'place-1',
      show: 'failed',
      sort: '-size',
      find: 'gcc 4',
      file: 'a+b',
    });
    expect(parseRoute(formatRoute(route))).toEqual(route);
    expect(sectionOf(route)).toBe('sources');
    expect(formatRoute({ page: 'sources' })).toBe('#/sources');
    expect(parseRoute('#/sources/more').page).toBe('unknown');
  });
});
