// Where a bootstrap runs: in a machine, or in a sandbox on this computer's own kernel. What cannot be had is named with the reason.
import type { ReactNode } from 'react';
import { SandboxMode } from '../../../shared/model/sandbox.ts';
import { useAnswer } from '../connection/context.tsx';
import { ChoiceField } from './fields.tsx';

type Place = 'qemu' | SandboxMode;

const TEXTS: Record<Place, string> = {
  qemu: 'QEMU: a machine of its own, from the boot sector on',
  bwrap: 'bubblewrap: a folder of this computer, without root',
  chroot: 'chroot: a folder of this computer, as root',
};

const WHAT_IT_MEANS: Record<Place, string> = {
  qemu: 'Everything from the first 512 bytes on, and two kernels built from source on the way.',
  bwrap:
    'The first stage takes minutes. This computer’s kernel runs everything, so that the result rests on it.',
  chroot:
    'The first stage takes minutes. This computer’s kernel runs everything, with root’s rights: a chroot holds nothing in that wants out.',
};

export function SandboxChoice(props: { value: Place; onChange: (place: Place) => void }): ReactNode {
  const { value: sandboxes } = useAnswer('sandboxes', (client, signal) =>
    client.sandbox.list({}, { signal }),
  );
  const available = (sandboxes ?? []).filter((one) => one.available).map(({ mode }) => mode);
  const missing = (sandboxes ?? []).filter((one) => !one.available);
  const choices: Place[] = ['qemu', ...SandboxMode.options.filter((mode) => available.includes(mode))];
  // One that was chosen in the address stays to be seen, and is refused with the reason when it is started.
  if (!choices.includes(props.value)) choices.push(props.value);
  return (
    <>
      <ChoiceField
        label="Runs in"
        help={WHAT_IT_MEANS[props.value]}
        value={props.value}
        choices={choices.map((id) => ({ id, text: TEXTS[id] }))}
        onChange={props.onChange}
      />
      {missing.map(({ mode, detail, hint }) => (
        <p className="hint" key={mode}>
          {detail} {hint}
        </p>
      ))}
    </>
  );
}
