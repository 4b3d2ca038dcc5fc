import { describe, expect, it } from 'vitest';
import { parseChange } from '../../src/cli/commands/settings.ts';
import { mergeSettings, parseSettings } from '../../src/engine/settings.ts';

describe('settings.json', () => {
  const defaults = parseSettings(null, 'x');
  it('has a default for everything', () => {
    expect(parseSettings('{}', 'x')).toEqual(defaults);
    expect(parseSettings('{"version":1,"distfiles":{"git":false}}', 'x').distfiles).toEqual({
      ...defaults.distfiles,
      git: false,
    });
  });
  it.each([
    ['{"version":2}', /version is 2/],
    ['{"version":99,"distfiles":"of another shape"}', /version is 99/],
    ['{"version":1,"distfiles":{"parallel":0}}', /parallel/],
    ['{"distfiles":{"ownMirrors":["ftp://x"]}}', /ownMirrors/],
    ['not json', /not JSON/],
    ['[]', /expected object/i],
  ])('%s is RECORD_INVALID', (text, reason) => {
    expect(() => parseSettings(text, '/there/settings.json')).toThrow(reason);
    expect(() => parseSettings(text, '/there/settings.json')).toThrow('RECORD_INVALID');
  });
  it('a change keeps what it does not name', () => {
    const changed = mergeSettings(defaults, { distfiles: { parallel: 3 } });
    expect(mergeSettings(changed, { distfiles: { git: false } }).distfiles).toMatchObject({
      parallel: 3,
      git: false,
    });
    expect(mergeSettings(changed, { checkout: { map: [{ from: 'a', to: 'b' }] } }).distfiles.parallel).toBe(
      3,
    );
  });
});

describe('settings set', () => {
  it.each([
    ['distfiles.git', 'false', { distfiles: { git: false } }],
    ['distfiles.parallel', '4', { distfiles: { parallel: 4 } }],
    ['distfiles.archives', 'nixpkgs,guix', { distfiles: { archives: ['nixpkgs', 'guix'] } }],
    ['distfiles.archives', '', { distfiles: { archives: [] } }],
    [
      'distfiles.ownMirrors',
      'http://a/,https://b/',
      { distfiles: { ownMirrors: ['http://a/', 'https://b/'] } },
    ],
    ['checkout.map', '[{"from":"a","to":"b"}]', { checkout: { map: [{ from: 'a', to: 'b' }] } }],
  ])('%s %s', (key, value, change) => expect(parseChange(key, value)).toEqual(change));
  it.each([
    ['distfiles.git', 'maybe'],
    ['distfiles.folders', '/etc'],
    ['distfiles.parallel', '0'],
    ['nothing.here', '1'],
    ['version', '7'],
  ])('%s %s is refused', (key, value) => {
    expect(() => parseChange(key, value)).toThrow('USAGE');
  });
});
