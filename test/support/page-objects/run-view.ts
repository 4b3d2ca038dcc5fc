// The view of one run: state, milestones, log.
import type { Locator, Page } from 'playwright-core';

export interface RunView {
  state: Locator;
  badge: Locator;
  sentence: Locator;
  milestones: Locator;
  milestone(label: string | RegExp): Locator;
  failure: Locator;
  evidence: Locator;
  stop: Locator;
  confirmStop: Locator;
  log: Locator;
  /** Rows that are in view. xterm's DOM renderer has one element a row. */
  rows: Locator;
  followState: Locator;
  follow: Locator;
  loadEarlier: Locator;
  firstFailure: Locator;
  searchField: Locator;
  searchSaid: Locator;
  nextMatch: Locator;
  previousMatch: Locator;
  /** The text in view, row by row. */
  visibleText(): Promise<string>;
}

export function runView(page: Page): RunView {
  const state = page.getByRole('region', { name: 'State of the run' });
  const log = page.getByRole('region', { name: 'Console', exact: true });
  const milestones = page.getByRole('grid', { name: 'Milestones' });
  const failure = page.getByRole('region', { name: 'What went wrong' });
  const rows = log.locator('.xterm-rows > div');
  return {
    state,
    badge: state.locator('.badge'),
    sentence: state.locator('.sentence'),
    milestones,
    milestone: (label) => milestones.getByRole('row', { name: label }),
    failure,
    evidence: failure.getByRole('list', { name: 'Evidence from the log' }).getByRole('button'),
    stop: page.getByRole('button', { name: 'Stop…' }),
    confirmStop: page.getByRole('alertdialog').getByRole('button', { name: 'Stop the run' }),
    log,
    rows,
    followState: log.locator('.log-state'),
    follow: log.getByRole('button', { name: 'Follow' }),
    loadEarlier: log.getByRole('button', { name: 'Load earlier output' }),
    firstFailure: log.getByRole('button', { name: 'First failure' }),
    searchField: log.getByRole('searchbox', { name: 'Search the whole log' }),
    searchSaid: log.locator('.search-said'),
    nextMatch: log.getByRole('button', { name: 'Next match' }),
    previousMatch: log.getByRole('button', { name: 'Previous match' }),
    visibleText: async () => (await rows.allTextContents()).map((row) => row.replaceAll(' ', ' ')).join('\n'),
  };
}
