// What can be done to the machine of a living run besides stopping it: hold it, save it, press its buttons.
import { type ReactNode, useState } from 'react';
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { RunSnapshot } from '../../../shared/model/run.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { WordsField } from '../components/fields.tsx';
import { Icon } from '../components/icons.tsx';
import { ConfirmDialog, Dialog } from '../components/overlays.tsx';
import { useAction } from '../connection/context.tsx';

const ENTRIES = {
  checkpoint: {
    title: 'Save a checkpoint…',
    text: 'Memory and disks of this moment, to go on from later; the machine stands still meanwhile',
  },
  powerDown: { title: 'Press the power button', text: 'A request that the machine may not notice' },
  reset: { title: 'Press the reset button…', text: 'The machine starts again on its disks as they are' },
} as const;

export function MachineControls({ snapshot }: { snapshot: RunSnapshot }): ReactNode {
  const { record, machineState } = snapshot;
  const [open, setOpen] = useState<'checkpoint' | 'reset' | null>(null);
  const { act, pending, error, clear } = useAction();
  const run = record.id;
  const isHeld = record.hold !== null || machineState === 'paused';
  function close(): void {
    clear();
    setOpen(null);
  }
  // A real machine has its own buttons.
  if (record.state !== 'running' || record.kind === 'serial') return null;
  const entries = record.machine.checkpoints
    ? (['checkpoint', 'powerDown', 'reset'] as const)
    : (['powerDown', 'reset'] as const);
  return (
    <>
      <Button
        icon={isHeld ? 'play' : 'pause'}
        pending={pending}
        onPress={() => act((client) => (isHeld ? client.run.resume({ run }) : client.run.pause({ run })))}
      >
        {isHeld ? 'Go on' : 'Pause'}
      </Button>
      <MenuTrigger>
        <AriaButton className="button plain middle">
          <span>Machine</span>
          <span className="turn" aria-hidden="true">
            <Icon name="chevron" size={14} />
          </span>
        </AriaButton>
        <Popover className="popover" placement="bottom end">
          <Menu
            className="options"
            onAction={(key) => {
              if (key === 'powerDown') act((client) => client.run.powerDown({ run }));
              else if (key === 'checkpoint' || key === 'reset') setOpen(key);
            }}
          >
            {entries.map((id) => (
              <MenuItem key={id} id={id} className="option" textValue={ENTRIES[id].title}>
                <span className="option-title">{ENTRIES[id].title}</span>
                <span className="option-text">{ENTRIES[id].text}</span>
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      {error === null || open !== null ? null : <ErrorCard error={error} />}
      <CheckpointDialog run={run} open={open === 'checkpoint'} onClose={close} />
      <ConfirmDialog
        open={open === 'reset'}
        title="Reset the machine?"
        action="Reset"
        keep="Let it run"
        pending={pending}
        error={error}
        onClose={close}
        onConfirm={() =>
          act(async (client) => {
            await client.run.reset({ run });
            close();
          })
        }
      >
        <p>What is in its memory is lost, and a bootstrap that is under way does not go on by itself.</p>
      </ConfirmDialog>
    </>
  );
}

function CheckpointDialog(props: { run: string; open: boolean; onClose: () => void }): ReactNode {
  const [label, setLabel] = useState('');
  const { act, pending, error } = useAction();
  return (
    <Dialog open={props.open} title="Save a checkpoint" onClose={props.onClose}>
      <WordsField
        label="Name"
        help="What you will know this moment by. It takes the machine’s memory in disk space."
        lines={1}
        value={label}
        onChange={setLabel}
      />
      {error === null ? null : <ErrorCard error={error} />}
      <div className="dialog-actions">
        <Button onPress={props.onClose}>Not now</Button>
        <Button
          kind="primary"
          pending={pending}
          disabled={label.trim() === ''}
          onPress={() =>
            act(async (client) => {
              await client.run.checkpoint({ run: props.run, label: label.trim().slice(0, 200) });
              setLabel('');
              props.onClose();
            })
          }
        >
          Save
        </Button>
      </div>
    </Dialog>
  );
}
