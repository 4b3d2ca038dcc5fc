import { describe, expect, it } from 'vitest';
import { parseListen } from '../../src/cli/commands/mirror.ts';
import { parseRange } from '../../src/engine/mirror/file-server.ts';
import { chooseSample, orderMirrors } from '../../src/engine/mirror/mirror-health.ts';
import type { WantedDistfile } from '../../src/shared/model/distfile.ts';
import type { Mirror, MirrorHealth } from '../../src/shared/model/mirror.ts';

function mirror(id: string, origin: Mirror['origin'] = 'built-in'): Mirror {
  return { id, url: `https://${id}.example`, plainUrl: null, origin, on: true };
}

function health(id: string, change: Partial<MirrorHealth>): MirrorHealth {
  return {
    mirror: id,
    url: `https://${id}.example`,
    checkedAt: '2026-01-01T00:00:00.000Z',
    state: 'good',
    latencyMilliseconds: 100,
    asked: 20,
    has: 20,
    lacks: [],
    detail: '',
    ...change,
  };
}

describe('the order of mirrors', () => {
  const ids = (mirrors: Mirror[], healths: MirrorHealth[]): string[] =>
    orderMirrors(mirrors, healths).map(({ id }) => id);

  it('is that of the list while nothing is known', () => {
    expect(ids([mirror('b'), mirror('a')], [])).toEqual(['b', 'a']);
  });
  it('whole ones first, then unknown ones, then those with gaps, dead ones last', () => {
    const mirrors = ['dead', 'gaps', 'unknown', 'whole'].map((id) => mirror(id));
    const healths = [
      health('dead', { state: 'unreachable', latencyMilliseconds: null, has: 0 }),
      health('gaps', { state: 'partial', has: 19 }),
      health('whole', {}),
    ];
    expect(ids(mirrors, healths)).toEqual(['whole', 'unknown', 'gaps', 'dead']);
  });
  it('of equals, the one that answers faster; of those with gaps, the one with fewer', () => {
    const mirrors = ['slow', 'fast', 'many-gaps', 'few-gaps'].map((id) => mirror(id));
    const healths = [
      health('slow', { latencyMilliseconds: 500 }),
      health('fast', { latencyMilliseconds: 20 }),
      health('many-gaps', { state: 'partial', has: 5, latencyMilliseconds: 1 }),
      health('few-gaps', { state: 'partial', has: 18 }),
    ];
    expect(ids(mirrors, healths)).toEqual(['fast', 'slow', 'few-gaps', 'many-gaps']);
  });
  it('one that was named now is asked first, however it is', () => {
    const named = mirror('named', 'command');
    expect(
      ids([mirror('whole'), named], [health('whole', {}), health('named', { state: 'unreachable' })]),
    ).toEqual(['named', 'whole']);
  });
});

describe('the sample that a mirror is asked for', () => {
  const file = (name: string, sha256: string, urls: string[]): WantedDistfile => ({
    ...{ name, sha256, urls, git: null, steps: [], preNetwork: false },
  });
  const wanted = [
    ...Array.from({ length: 20 }, (_, index) =>
      file(`with-${index}`, `${(index * 7) % 20}`.padStart(2, '0'), ['u']),
    ),
    ...Array.from({ length: 5 }, (_, index) => file(`without-${index}`, 'ff', [])),
  ];
  it('holds files that nobody else has, and is the same every time', () => {
    const sample = chooseSample(wanted, 8);
    expect(sample).toHaveLength(8);
    expect(sample.filter(({ urls }) => urls.length === 0)).toHaveLength(4);
    expect(chooseSample([...wanted].reverse(), 8).filter(({ urls }) => urls.length > 0)).toEqual(
      sample.filter(({ urls }) => urls.length > 0),
    );
  });
  it('is everything when there is less', () => {
    expect(chooseSample(wanted, 100)).toHaveLength(25);
  });
});

// RFC 9110, 14.1.2 and 14.2.
describe('a Range header', () => {
  it.each([
    ['bytes=0-', { from: 0, to: 1000 }],
    ['bytes=0-0', { from: 0, to: 1 }],
    ['bytes=100-199', { from: 100, to: 200 }],
    ['bytes=900-5000', { from: 900, to: 1000 }],
    ['bytes=-1', { from: 999, to: 1000 }],
    ['bytes=-5000', { from: 0, to: 1000 }],
    ['bytes=1000-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=200-100', null],
    ['bytes=0-1,5-6', null],
    ['bytes=-', null],
    ['lines=1-2', null],
    ['bytes=x-', null],
    [undefined, null],
  ])('%s', (header, range) => expect(parseRange(header, 1000)).toEqual(range));
});

describe('--listen', () => {
  it.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['8080', { host: '127.0.0.1', port: 8080 }],
  ])('%s', (text, listen) => expect(parseListen(text)).toEqual(listen));
  it.each(['', 'localhost:80', '127.0.0.1', '1.2.3.4:70000', 'x:1'])('%s is refused', (text) => {
    expect(() => parseListen(text)).toThrow(/USAGE/);
  });
});
