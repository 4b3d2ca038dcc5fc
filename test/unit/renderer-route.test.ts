// The page's addresses: what a reload must find again.
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../src/renderer/src/connection/backoff.ts';
import {
  bootstrapRoute,
  formatRoute,
  NO_IMAGE_VIEW,
  parseRoute,
  type Route,
  sectionOf,
} from '../../src/renderer/src/route.ts';

describe('routes', () => {
  const bootstrap: Route = {
    page: 'bootstrap',
    goal: 'end',
    choices: {
      checkout: `place-${'a'.repeat(32)}`,
      distfiles: null,
      in: 'bwrap',
      accelerator: 'tcg',
      memory: '8192',
      cores: null,
      mirrors: 'https://example.org/a b\nhttp://example.com',
      size: null,
      folder: null,
      name: 'my image.img',
    },
  };
  const routes: Route[] = [
    { page: 'home' },
    { page: 'runs' },
    { page: 'run', id: '20261120-1338 odd/id' },
    { page: 'images' },
    { page: 'image', id: 'stage0-1', view: { ...NO_IMAGE_VIEW, show: 'map', zoom: '512-1024', at: '600' } },
    { page: 'machine' },
    { page: 'job', id: 'job-1' },
    { page: 'explain', log: null },
    { page: 'explain', log: 'place-1' },
    bootstrap,
    bootstrapRoute('stage0'),
  ];

  it.each(routes)('come back from their own address: $page', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('name only what was chosen', () => {
    expect(formatRoute(bootstrapRoute('stage0'))).toBe('#/bootstrap/stage0');
  });

  it('give the first page for an empty address and say so for a strange one', () => {
    expect(parseRoute('')).toEqual({ page: 'home' });
    expect(parseRoute('#')).toEqual({ page: 'home' });
    for (const hash of ['#/nowhere', '#/runs/a/b', '#/bootstrap/linux', '#/jobs', '#token=secret'])
      expect(parseRoute(hash)).toEqual({ page: 'unknown', hash });
  });

  it('survive an address that is not well formed', () => {
    expect(parseRoute('#/runs/%E0%A4%A')).toEqual({ page: 'run', id: '%E0%A4%A' });
  });

  it('belong to the entry of the rail where the user came from', () => {
    expect(routes.map(sectionOf)).toEqual([
      'home',
      'runs',
      'runs',
      'images',
      'images',
      'machine',
      'home',
      'home',
      'home',
      'home',
      'home',
    ]);
  });
});

describe('trying to connect again', () => {
  it('waits twice as long each time, up to 10 s', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map(retryDelayMs)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });
});
