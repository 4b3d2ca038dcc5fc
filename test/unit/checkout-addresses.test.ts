// Where repositories are fetched from: rules, relative addresses, and which addresses are let through.
import { describe, expect, it } from 'vitest';
import {
  checkAddress,
  parseAddressMap,
  parseAddressRule,
  resolveSubmoduleAddress,
  rewriteAddress,
  withoutSecrets,
} from '../../src/engine/checkout/address-map.ts';
import { pairPathsWithUrls } from '../../src/engine/checkout/gitmodules.ts';
import { gitReason } from '../../src/engine/checkout/git-command.ts';

describe('a rule', () => {
  it.each([
    ['https://a.example/=http://b.example/', { from: 'https://a.example/', to: 'http://b.example/' }],
    ['https://a.example/?x=1=file:///srv/', { from: 'https://a.example/?x=1', to: 'file:///srv/' }],
    ['https://a.example/=/srv/git/', { from: 'https://a.example/', to: '/srv/git/' }],
  ])('is read from %s', (text, rule) => expect(parseAddressRule(text)).toEqual(rule));

  it.each(['', 'x', 'https://a.example/', 'https://a.example/=', '=file:///x', 'https://a.example/=b'])(
    'is not read from "%s"',
    (text) => expect(() => parseAddressRule(text)).toThrow(/ADDRESS_REFUSED/),
  );

  it('stands on a line of a file, with = or a space', () => {
    const text = '# mine\n\nhttps://a.example/=http://b.example/\r\nhttps://c.example/  file:///srv/x=y\n';
    expect(parseAddressMap(text)).toEqual([
      { from: 'https://a.example/', to: 'http://b.example/' },
      { from: 'https://c.example/', to: 'file:///srv/x=y' },
    ]);
  });
});

describe('rewriting', () => {
  const rules = [
    { from: 'https://github.com/', to: 'http://m/' },
    { from: 'https://github.com/oriansj/', to: 'http://n/' },
    { from: 'https://git.savannah.nongnu.org/git/{name}', to: '/m/oriansj+{name}/repo' },
    { from: 'https://gitlab.example/{owner}/{name}', to: 'file:///m/{owner}+{name}/repo' },
  ];
  it.each([
    ['https://github.com/a/b', 'http://m/a/b'],
    ['https://github.com/oriansj/b.git', 'http://n/b.git'],
    ['https://git.savannah.nongnu.org/git/mescc-tools.git', '/m/oriansj+mescc-tools/repo'],
    ['https://gitlab.example/o.x/n.y.git', 'file:///m/o.x+n.y/repo'],
    ['https://gitlab.example/o/n/', 'file:///m/o+n/repo'],
    ['https://gitlab.example/o/n/more', 'https://gitlab.example/o/n/more'],
    ['https://gitlab.example/o/..', 'https://gitlab.example/o/..'],
    ['https://else.example/', 'https://else.example/'],
  ])('makes of %s %s', (address, expected) => expect(rewriteAddress(address, rules)).toBe(expected));

  it('takes the first of two rules that say as much, and no rule that is no pattern', () => {
    const same = [
      { from: 'https://a/{owner}/{owner}', to: 'http://bad/' },
      { from: 'https://a/', to: 'http://first/' },
      { from: 'https://a/', to: 'http://second/' },
    ];
    expect(rewriteAddress('https://a/x/x', same)).toBe('http://first/x/x');
  });
});

describe('an address out of a tree', () => {
  it.each(['https://a/b', 'http://a/b', 'git://a/b'])('may be %s', (address) =>
    expect(checkAddress(address, { trusted: false })).toBe(address),
  );
  it.each([
    'file:///etc',
    '/etc',
    '../x',
    'ssh://a/b',
    'git@github.com:a/b',
    'ext::sh -c x',
    '--upload-pack=x',
    '',
    'https://',
    'https://a/b\nx',
  ])('may not be %j', (address) =>
    expect(() => checkAddress(address, { trusted: false })).toThrow(/ADDRESS_REFUSED/),
  );
});

describe('an address of the user’s', () => {
  it.each([
    ['ssh://a/b', 'ssh://a/b'],
    ['file:///srv/x', 'file:///srv/x'],
    ['/srv/with space', 'file:///srv/with%20space'],
  ])('may be %s', (address, expected) => expect(checkAddress(address, { trusted: true })).toBe(expected));
  it.each(['ext::sh -c x', '-u', 'x', 'fd::1'])('may not be %s', (address) =>
    expect(() => checkAddress(address, { trusted: true })).toThrow(/ADDRESS_REFUSED/),
  );
  it('is shown without the password in it', () => {
    expect(withoutSecrets('https://me:secret@a.example/b@c')).toBe('https://a.example/b@c');
    expect(() => checkAddress('foo://me:secret@a', { trusted: true })).toThrow(/^(?!.*secret)/s);
  });
});

describe('a submodule’s address', () => {
  it.each([
    ['https://a/o/n', '../m', 'https://a/o/m'],
    ['https://a/o/n/', './m', 'https://a/o/n/m'],
    ['https://a/o/n', '../../p/m.git', 'https://a/p/m.git'],
    ['https://a/o/n', 'https://b/c', 'https://b/c'],
  ])('below %s as %s is %s', (parent, url, expected) =>
    expect(resolveSubmoduleAddress(parent, url)).toBe(expected),
  );

  it('is paired with its folder whatever the submodule is called', () => {
    const entries =
      'submodule.a.b.path\nseed/x\0submodule.a.b.url\nhttps://a/x\0submodule.lone.path\ny\0submodule.a.b.branch\nmain\0';
    expect(pairPathsWithUrls(entries)).toEqual(new Map([['seed/x', 'https://a/x']]));
  });
});

describe('git’s words', () => {
  it.each([
    ['', 'git said nothing'],
    ['Receiving: 1%\rReceiving: 2%\nfatal: early EOF\nfatal: index-pack failed\n', 'index-pack failed'],
    [
      "fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure\n",
      "'/x' does not appear to be a git repository",
    ],
    [
      `error: object ${'a'.repeat(40)}: hasDotgit: contains '.git'\nfatal: fsck error in packed object\nfatal: index-pack failed\n`,
      `object ${'a'.repeat(40)}: hasDotgit: contains '.git'`,
    ],
  ])('come down to one sentence (case %#)', (words, reason) => expect(gitReason(words)).toBe(reason));
});
