// What can be done with a log besides reading it: copy, save, and the form for screen readers.
import { memo, type ReactNode, useEffect, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import type { WireError } from '../../../shared/contract/errors.ts';
import { readWireError } from '../../../shared/wire-errors.ts';
import { formatShare } from '../derive/text.ts';
import { collectLog, saveBlob } from '../log/log-download.ts';
import type { LogSource } from '../log/log-reader.ts';
import type { OpenLog } from '../log/use-log.ts';
import { Button } from './controls.tsx';
import { CopyButton } from './copy-button.tsx';
import { ErrorCard } from './feedback.tsx';
import { Icon } from './icons.tsx';

/** A choice of this tab, so that a reload keeps it. */
const READER_KEY = 'seedbed-log-reader';

function readerWanted(): boolean {
  return window.sessionStorage.getItem(READER_KEY) === 'on';
}

export const LogActions = memo(function LogActions(props: {
  run: string;
  source: LogSource;
  log: OpenLog | null;
  selected: boolean;
}): ReactNode {
  const { log, selected } = props;
  const [reader, setReader] = useState(readerWanted);
  useEffect(() => {
    log?.pane.setScreenReader(reader);
    window.sessionStorage.setItem(READER_KEY, reader ? 'on' : '');
  }, [log, reader]);
  const copied = (): string => (selected ? log?.pane.selection() : log?.pane.visibleText()) ?? '';
  return (
    <>
      <CopyButton text={copied} label={selected ? 'Copy the selected text' : 'Copy what is in view'}>
        Copy
      </CopyButton>
      <SaveButton run={props.run} source={props.source} />
      <ToggleButton
        className="button quiet small square"
        aria-label="Text for screen readers"
        isSelected={reader}
        onChange={setReader}
      >
        <Icon name="eye" size={17} />
      </ToggleButton>
    </>
  );
});

function SaveButton({ run, source }: { run: string; source: LogSource }): ReactNode {
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  function save(): void {
    setShare(0);
    setError(null);
    collectLog(source, setShare)
      .then((blob) => saveBlob(blob, `${run}.log`))
      .catch((problem: unknown) => setError(readWireError(problem)))
      .finally(() => setShare(null));
  }
  return (
    <>
      <Button
        kind="quiet"
        size="small"
        icon="download"
        label="Save the whole log as a file"
        pending={share !== null}
        onPress={save}
      >
        {share === null ? 'Save' : formatShare(share)}
      </Button>
      {error === null ? null : <ErrorCard error={error} />}
    </>
  );
}
