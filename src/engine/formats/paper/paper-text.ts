// A paper as text for a terminal of 100 columns.
import {
  MARK_SIGNS,
  type Paper,
  type PaperItem,
  type PaperSection,
  type PaperTable,
} from '../../../shared/model/paper.ts';

const COLUMNS = 100;

export function formatPaperText(paper: Paper): string {
  const lines = [paper.title, '='.repeat(paper.title.length), ...wrap(paper.lead, '')];
  for (const [index, section] of paper.sections.entries())
    lines.push('', ...sectionLines(section, index + 1));
  return `${lines.join('\n')}\n`;
}

function sectionLines({ title, lead, items, tables, script }: PaperSection, number: number): string[] {
  const head = `${number}. ${title}`;
  const lines = [head, '-'.repeat(head.length)];
  if (lead !== '') lines.push(...wrap(lead, ''));
  for (const item of items) lines.push(...itemLines(item));
  for (const table of tables) lines.push('', ...tableLines(table));
  if (script !== null)
    lines.push(
      '',
      ...script
        .trimEnd()
        .split('\n')
        .map((line) => (line === '' ? '' : `    ${line}`)),
    );
  return lines;
}

function itemLines({ mark, text, why, facts }: PaperItem): string[] {
  const lines = wrap(text, `  ${MARK_SIGNS[mark]} `);
  if (why !== '') lines.push(...wrap(why, '      '));
  for (const { name, value } of facts) lines.push(`      ${name}: ${value}`);
  return lines;
}

/** Cells below one another: tables with whole sentences fit no terminal. */
function tableLines({ caption, columns, rows }: PaperTable): string[] {
  const lines = wrap(caption, '  ');
  for (const [first = '', ...rest] of rows) {
    lines.push(`  ${first}`);
    for (const [index, cell] of rest.entries())
      lines.push(...wrap(`${columns[index + 1] ?? ''}: ${cell}`, '      '));
  }
  return lines;
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  const hanging = ' '.repeat(indent.length);
  for (const word of text.split(' ')) {
    const start = lines.length === 0 ? indent : hanging;
    if (line !== '' && start.length + line.length + 1 + word.length > COLUMNS) {
      lines.push(start + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push((lines.length === 0 ? indent : hanging) + line);
  return lines;
}
