// A paper: what Seedbed writes for people to read and print, as data. One value makes the page, the HTML file and the text of the command line.
import { z } from 'zod';

/**
 * `equal`: looked at, and as it should be. `differs`: contradicts something. `unknown`: nobody has looked. `note`: told. `do`: for a person to do or to look at.
 */
export const PaperMark = z.enum(['equal', 'differs', 'unknown', 'note', 'do']);
export type PaperMark = z.infer<typeof PaperMark>;

export const PaperItem = z.strictObject({
  /** For programs; stays the same. */
  id: z.string().max(80),
  mark: PaperMark,
  text: z.string().max(1000),
  /** Why, or how it was found; may be empty. */
  why: z.string().max(2000),
  /** Versions, sizes, hashes. */
  facts: z.array(z.strictObject({ name: z.string().max(100), value: z.string().max(2000) })).max(100),
});
export type PaperItem = z.infer<typeof PaperItem>;

export const PaperTable = z.strictObject({
  caption: z.string().max(300),
  columns: z.array(z.string().max(200)).min(1).max(10),
  /** As many cells each as there are columns. */
  rows: z.array(z.array(z.string().max(2000))).max(500),
});
export type PaperTable = z.infer<typeof PaperTable>;

export const PaperSection = z.strictObject({
  id: z.string().max(80),
  title: z.string().max(200),
  /** One or two sentences; may be empty. */
  lead: z.string().max(2000),
  items: z.array(PaperItem).max(500),
  tables: z.array(PaperTable).max(10),
  /** Lines to type, or a script; null for none. */
  script: z.string().max(200_000).nullable(),
});
export type PaperSection = z.infer<typeof PaperSection>;

export const Paper = z.strictObject({
  title: z.string().max(200),
  /** What it is about, in one sentence. */
  lead: z.string().max(2000),
  sections: z.array(PaperSection).max(30),
});
export type Paper = z.infer<typeof Paper>;

/** Each mark in words, for those who do not see signs and colours. */
export const MARK_WORDS: Record<PaperMark, string> = {
  equal: 'equal',
  differs: 'differs',
  unknown: 'not checked',
  note: 'note',
  do: 'to do',
};
export const MARK_SIGNS: Record<PaperMark, string> = {
  equal: '=',
  differs: '≠',
  unknown: '?',
  note: '·',
  do: '☐',
};
