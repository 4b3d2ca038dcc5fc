// What is missing and what to do: a sentence, and a list with every address to fetch elsewhere.
import { type ReactNode, useState } from 'react';
import type { DistfileRow } from '../../../shared/model/distfile.ts';
import type { MirrorView } from '../../../shared/model/mirror.ts';
import { Button } from '../components/controls.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Icon } from '../components/icons.tsx';
import { Dialog } from '../components/overlays.tsx';
import { missingAdvice, missingList } from '../derive/missing-files.ts';

export function MissingNotice(props: {
  rows: readonly DistfileRow[];
  mirrors: readonly MirrorView[];
  onImport: () => void;
  disabled: boolean;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const advice = missingAdvice(props.rows);
  if (advice === null) return null;
  const hasFailed = props.rows.some(({ state }) => state === 'failed');
  const list = (): string => missingList(props.rows, props.mirrors);
  return (
    <section className={hasFailed ? 'notice warn' : 'notice'} aria-label="What is missing">
      <Icon name={hasFailed ? 'warning' : 'download'} size={20} />
      <div className="notice-text">
        <p className="notice-title">{advice.title}</p>
        <p>{advice.text}</p>
      </div>
      <div className="card-actions">
        <Button size="small" icon="file" onPress={() => setOpen(true)}>
          List with addresses…
        </Button>
        <Button size="small" icon="folder" disabled={props.disabled} onPress={props.onImport}>
          Import a folder…
        </Button>
      </div>
      <Dialog open={open} title="Fetch these elsewhere" wide onClose={() => setOpen(false)}>
        <p className="dialog-text">
          Carry this list to a computer with a network, fetch each file from any of its addresses into one
          folder, and import that folder here.
        </p>
        {open ? (
          <pre className="code" tabIndex={0} aria-label="Missing files with their addresses">
            {list()}
          </pre>
        ) : null}
        <div className="dialog-actions">
          <CopyButton text={list} label="Copy the list" kind="plain" size="middle">
            Copy the list
          </CopyButton>
          <Button kind="primary" onPress={() => setOpen(false)}>
            Close
          </Button>
        </div>
      </Dialog>
    </section>
  );
}
