// docs/SECURITY.md names what holds each measure; a name that no longer exists is a promise that nobody keeps.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../support/built.ts';

test('every file that docs/SECURITY.md names is there', () => {
  const text = readFileSync(join(PROJECT_ROOT, 'docs', 'SECURITY.md'), 'utf8');
  const names = [...text.matchAll(/`((?:src|test)\/[^`\s]+|[\w-]+\.(?:yml|json))`/g)].map(
    ([, name]) => name ?? '',
  );
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !existsSync(join(PROJECT_ROOT, name)))).toEqual([]);
});
