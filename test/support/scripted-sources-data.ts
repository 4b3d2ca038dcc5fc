// Distfiles and mirrors as the engine would describe them: 310 rows in every state, with evidence and failures.
import { createHash } from 'node:crypto';
import type { DistfileRow, EvidenceLine, FailedSource, Source } from '../../src/shared/model/distfile.ts';
import type { MirrorView } from '../../src/shared/model/mirror.ts';
import type { SourcesHost } from './scripted-sources.ts';

const AT = '2026-11-20T13:38:35.000Z';
export const CHECKOUT = `place-${'c'.repeat(32)}`;

export function scriptedRow(name: string, change: Partial<DistfileRow> = {}): DistfileRow {
  return {
    name,
    sha256: createHash('sha256').update(name).digest('hex'),
    urls: [`https://ftp.example.org/${name}`],
    git: null,
    steps: [name.replace(/\.tar.*$/, '')],
    preNetwork: false,
    state: 'missing',
    sizeBytes: null,
    doneBytes: 0,
    source: null,
    evidence: { stored: null, agreed: [], wrong: [] },
    failures: [],
    ...change,
  };
}

function mirrorSource(name: string): Source {
  return { kind: 'mirror', label: 'samuelt.me', at: `https://samuelt.me/pub/live-bootstrap/${name}` };
}

export function evidenceLine(name: string, change: Partial<EvidenceLine> = {}): EvidenceLine {
  return {
    at: AT,
    event: 'stored',
    name,
    sha256: createHash('sha256').update(name).digest('hex'),
    actualSha256: null,
    sizeBytes: 725_000,
    source: mirrorSource(name),
    transport: 'https',
    note: '',
    ...change,
  };
}

export function presentRow(name: string, change: Partial<DistfileRow> = {}): DistfileRow {
  const stored = evidenceLine(name);
  const upstream: Source = {
    kind: 'upstream',
    label: 'ftp.example.org',
    at: `https://ftp.example.org/${name}`,
  };
  return scriptedRow(name, {
    state: 'present',
    sizeBytes: 725_000,
    doneBytes: 725_000,
    evidence: { stored, agreed: [evidenceLine(name, { event: 'agreed', source: upstream })], wrong: [] },
    ...change,
  });
}

export function failuresOf(name: string): FailedSource[] {
  return [
    { source: mirrorSource(name), cause: 'stalled', detail: 'no byte came for 20 s', tries: 4 },
    {
      source: { kind: 'upstream', label: 'ftp.example.org', at: `https://ftp.example.org/${name}` },
      cause: 'not-there',
      detail: 'HTTP 404',
      tries: 1,
    },
    {
      source: {
        kind: 'archive',
        label: 'nixpkgs’ tarball mirror',
        at: 'https://tarballs.nixos.org/sha256/00',
      },
      cause: 'wrong-bytes',
      detail: 'its sha256 is 1111…, which is another file',
      tries: 1,
    },
  ];
}

export function scriptedMirror(id: string, change: Partial<MirrorView> = {}): MirrorView {
  const url = `https://${id}/live-bootstrap`;
  return {
    id,
    url,
    plainUrl: `http://${id}/live-bootstrap`,
    origin: 'built-in',
    on: true,
    health: {
      mirror: id,
      url,
      checkedAt: AT,
      state: 'good',
      latencyMilliseconds: 84.6,
      asked: 24,
      has: 24,
      lacks: [],
      detail: '',
    },
    ...change,
  };
}

/** live-bootstrap's numbers: 310 files, 71 of them early, 21 without an address. */
export function manyRows(): DistfileRow[] {
  return Array.from({ length: 310 }, (_, index) => {
    const name =
      index % 40 === 7
        ? `a-rather-long-name-of-a-project-${index}.tar.gz`
        : `part-${index}.${index % 9}.tar.xz`;
    const common: Partial<DistfileRow> = {
      preNetwork: index < 71,
      ...(index % 15 === 3
        ? { urls: [], git: { repo: 'https://git.example.org/gnulib', ref: '1a2b3c4' } }
        : {}),
      ...(index % 11 === 0 ? { steps: [`part-${index}.0`, `part-${index}.1`, `other-${index}`] } : {}),
    };
    if (index % 23 === 5)
      return scriptedRow(name, { ...common, state: 'failed', failures: failuresOf(name) });
    if (index < 120) return presentRow(name, { ...common, sizeBytes: 4000 + index * 91_000 });
    if (index < 126)
      return scriptedRow(name, {
        ...common,
        state: 'fetching',
        sizeBytes: 2_000_000,
        doneBytes: 300_000 * (index - 119),
        source: mirrorSource(name),
      });
    return scriptedRow(name, { ...common, state: index < 240 ? 'waiting' : 'missing' });
  });
}

/** A folder that was chosen, and mirrors in every state. */
export function fillSources(host: SourcesHost): void {
  const place = { token: CHECKOUT, label: '/home/user/work/live-bootstrap' };
  host.roots.push(place);
  host.folders.set(CHECKOUT, { place, parent: null, entries: [], leftOut: 0 });
  host.checkouts.set(CHECKOUT, {
    facts: {
      commit: '984b8322'.padEnd(40, '0'),
      submodules: [{ path: 'builder-hex0', commit: 'a'.repeat(40), state: 'present' }],
    },
    findings: [],
    preNetworkDistfiles: 71,
  });
  host.mirrors = [
    scriptedMirror('samuelt.me'),
    scriptedMirror('stikonas.eu', {
      health: {
        mirror: 'stikonas.eu',
        url: 'https://stikonas.eu/live-bootstrap',
        checkedAt: AT,
        state: 'partial',
        latencyMilliseconds: 412,
        asked: 24,
        has: 19,
        lacks: ['part-1.1.tar.xz'],
        detail: '',
      },
    }),
    scriptedMirror('mine.example.org', { origin: 'settings', plainUrl: null, health: null }),
  ];
  host.rows.set(manyRows());
}
