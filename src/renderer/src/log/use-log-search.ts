// Searching a log of any size: the engine finds the line, the view goes there. Wraps around once, and says so.
import { useState } from 'react';
import type { WireError } from '../../../shared/contract/errors.ts';
import type { LogMatch } from '../../../shared/model/run.ts';
import { readWireError } from '../../../shared/wire-errors.ts';
import type { LogSource } from './log-reader.ts';
import { type Direction, searchAround } from './log-search.ts';
import type { OpenLog } from './use-log.ts';

export interface SearchState {
  pending: boolean;
  /** What was searched for last. */
  words: string;
  match: LogMatch | null;
  wrapped: boolean;
  error: WireError | null;
}

const START: SearchState = { pending: false, words: '', match: null, wrapped: false, error: null };

export function useLogSearch(
  source: LogSource,
  log: OpenLog | null,
): { state: SearchState; find: (words: string, direction: Direction) => void; clear: () => void } {
  const [state, setState] = useState<SearchState>(START);

  function find(words: string, direction: Direction): void {
    if (log === null || words === '' || state.pending) return;
    const { startBytes, sizeBytes } = log.controller.get();
    const before = state.words === words ? state.match : null;
    const fromBytes = before === null ? startBytes : before.offsetBytes + (direction === 'forward' ? 1 : 0);
    setState({ ...START, words, match: before, pending: true });
    searchAround(source, words, fromBytes, sizeBytes, direction).then(
      ({ match, wrapped }) => {
        setState({ ...START, words, match, wrapped });
        if (match !== null) log.controller.jump(match.offsetBytes, words);
      },
      (error: unknown) => setState({ ...START, words, error: readWireError(error) }),
    );
  }

  return {
    state,
    find,
    clear: () => {
      log?.pane.clearMatches();
      setState(START);
    },
  };
}
