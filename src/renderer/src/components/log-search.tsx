// The search field of the log: over the whole log, not only what the terminal holds.
import { memo, type ReactNode, type RefObject, useState } from 'react';
import { Input, SearchField } from 'react-aria-components';
import { formatBytes } from '../../../shared/units.ts';
import type { LogSource } from '../log/log-reader.ts';
import type { OpenLog } from '../log/use-log.ts';
import { type SearchState, useLogSearch } from '../log/use-log-search.ts';
import { Button } from './controls.tsx';
import { Icon } from './icons.tsx';

export const LogSearch = memo(function LogSearch(props: {
  field: RefObject<HTMLInputElement | null>;
  source: LogSource;
  log: OpenLog | null;
}): ReactNode {
  const { field, source, log } = props;
  const { state, find, clear } = useLogSearch(source, log);
  const [words, setWords] = useState('');
  return (
    <div className="log-search" role="search">
      <SearchField
        aria-label="Search the whole log"
        className="search-field"
        value={words}
        onChange={setWords}
        onClear={clear}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(words, event.shiftKey ? 'backward' : 'forward');
          else if (event.key === 'Escape' && words === '') log?.pane.focus();
          else event.continuePropagation();
        }}
      >
        <Icon name="search" size={15} />
        <Input ref={field} placeholder="Search the log" maxLength={200} />
      </SearchField>
      <Button
        size="small"
        kind="quiet"
        icon="up"
        label="Previous match"
        disabled={words === ''}
        onPress={() => find(words, 'backward')}
      />
      <Button
        size="small"
        kind="quiet"
        icon="down"
        label="Next match"
        disabled={words === ''}
        onPress={() => find(words, 'forward')}
      />
      <span className="search-said" role="status">
        {said(state)}
      </span>
    </div>
  );
});

function said({ pending, words, match, wrapped, error }: SearchState): string {
  if (error !== null) return error.message;
  if (pending) return 'Searching';
  if (words === '') return '';
  if (match === null) return 'Not found';
  return `${wrapped ? 'Went around the end. ' : ''}Found at ${formatBytes(match.offsetBytes)}`;
}
