// Words that claim more than anybody can know stand in nothing that Seedbed says: no text of its code, its guide or its resources. (Rendered reports:
// trust-report.test.ts.) “Secure Boot” is the name of a firmware setting that a person has to find.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { bannedWordsIn } from '../support/banned-words.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function filesUnder(folder: string, name: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .map((path) => join(folder, path))
    .sort();
}

/** Everything that can be shown: literals, parts of templates, text of elements; no names and no comments. */
function textsOf(path: string): string[] {
  const code = readFileSync(join(ROOT, path), 'utf8');
  // Parsing takes long, and most files hold none of the words even in a comment.
  if (bannedWordsIn(code).length === 0) return [];
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, false);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node) ||
      ts.isJsxText(node)
    )
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

it('finds each of the words, however it is written', () => {
  expect(bannedWordsIn('A Trusted, SECURE and guaranteed system, backdoor-free.')).toEqual([
    'Trusted',
    'SECURE',
    'guaranteed',
    'backdoor-free',
  ]);
  expect(bannedWordsIn('Switch Secure Boot off; the page is untrusted; an insecure line')).toEqual([]);
});

it('are in no text of the code', () => {
  const files = filesUnder('src', /\.tsx?$/);
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((path) =>
    textsOf(path).flatMap((text) =>
      bannedWordsIn(text).map((word) => `${path}: ${word} in “${text.trim().slice(0, 80)}”`),
    ),
  );
  expect(found).toEqual([]);
});

it('are in no text that ships beside the code, nor in the guide', () => {
  const files = [
    ...filesUnder('resources', /\.(?:json|md|sh|hex0|txt)$/),
    'docs/GUIDE.md',
    'README.md',
    'CHANGELOG.md',
  ];
  const found = files.flatMap((path) =>
    bannedWordsIn(readFileSync(join(ROOT, path), 'utf8')).map((word) => `${path}: ${word}`),
  );
  expect(found).toEqual([]);
});
