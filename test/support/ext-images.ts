// ext2, ext3 and ext4 disks made by e2fsprogs, the other opinion on what such a disk is.
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hasTool = (name: string): boolean => spawnSync(name, ['-V']).error === undefined;
export const hasE2fsprogs = ['mke2fs', 'debugfs', 'dumpe2fs'].every(hasTool);

/** A tree with a bit of everything: an empty file, a hole, links, a folder of many names, strange names. */
export function makeTree(folder: string): string {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'external', 'repo'), { recursive: true });
  mkdirSync(join(tree, 'many'));
  for (let index = 0; index < 400; index += 1)
    writeFileSync(
      join(tree, 'many', `${'long-name-'.repeat(index % 20)}${index}`),
      `file ${index}\n`.repeat(index),
    );
  writeFileSync(join(tree, 'external', 'repo', 'bash-5.2.15_1.tar.bz2'), Buffer.alloc(3_000_000, 'package '));
  writeFileSync(join(tree, 'empty'), '');
  writeFileSync(join(tree, 'program'), '#!/bin/sh\n', { mode: 0o755 });
  const hole = openSync(join(tree, 'hole'), 'w');
  ftruncateSync(hole, 5_000_000);
  closeSync(hole);
  symlinkSync('external/repo', join(tree, 'packages'));
  symlinkSync('/etc/passwd', join(tree, 'outside'));
  symlinkSync(`many/${'../many/'.repeat(12)}1`, join(tree, 'external', 'long-link'));
  writeFileSync(join(tree, 'esc\u001b[31m\nname'), 'strange\n');
  writeFileSync(Buffer.concat([Buffer.from(join(tree, 'bytes-')), Buffer.from([0xff, 0xfe])]), 'no UTF-8\n');
  return tree;
}

/** `options`: of mke2fs, such as -t and -b. */
export function makeExtImage(path: string, tree: string, size: string, options: readonly string[]): void {
  const done = spawnSync('mke2fs', ['-q', '-F', ...options, '-d', tree, path, size], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`mke2fs: ${done.stderr}`);
}

export function debugfs(path: string, command: string): string {
  return spawnSync('debugfs', ['-R', command, path], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
}
