// Items and sections of papers, with what is usual left out.
import type { PaperItem, PaperMark, PaperSection, PaperTable } from '../../../shared/model/paper.ts';

export function item(
  mark: PaperMark,
  id: string,
  text: string,
  { why = '', facts = [] }: { why?: string; facts?: PaperItem['facts'] } = {},
): PaperItem {
  return { id, mark, text, why, facts };
}

export function section(
  id: string,
  title: string,
  lead: string,
  items: PaperItem[],
  { tables = [], script = null }: { tables?: PaperTable[]; script?: string | null } = {},
): PaperSection {
  return { id, title, lead, items, tables, script };
}
