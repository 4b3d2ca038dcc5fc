// A line that is typed on the machine's serial console, with Enter.
import { type ReactNode, useState } from 'react';
import { Form, Input, Label, TextField } from 'react-aria-components';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { useAction } from '../connection/context.tsx';

export function TypeField({ run }: { run: string }): ReactNode {
  const [line, setLine] = useState('');
  const { act, pending, error } = useAction();
  return (
    <Form
      className="type-form"
      onSubmit={(event) => {
        event.preventDefault();
        act(async (client) => {
          await client.run.type({ run, text: `${line}\r` });
          setLine('');
        });
      }}
    >
      <TextField className="field" value={line} onChange={setLine}>
        <Label className="visually-hidden">Type on the serial console</Label>
        <Input
          className="input mono"
          maxLength={3000}
          autoComplete="off"
          spellCheck="false"
          placeholder="A line for the machine"
        />
      </TextField>
      <Button submits pending={pending}>
        Send
      </Button>
      {error === null ? null : <ErrorCard error={error} />}
    </Form>
  );
}
