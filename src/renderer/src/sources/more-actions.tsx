// The rarer things that can be done with distfiles: import, export, verify, clean up, make a mirror.
import { type ReactNode, useState } from 'react';
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import { countOf } from '../derive/distfile-view.ts';
import { Icon } from '../components/icons.tsx';
import { PruneDialog } from './prune-dialog.tsx';
import type { SourceActions } from './use-source-actions.ts';

const ENTRIES = [
  { id: 'import', title: 'Import a folder…', text: 'Takes whatever fits, by sha256; names do not matter' },
  { id: 'verify', title: 'Verify the stored files', text: 'Reads each again and compares its sha256' },
  {
    id: 'confirm',
    title: 'Ask other sources',
    text: 'Whether they give the same bytes; takes as long as a fetch',
  },
  { id: 'export', title: 'Export to a folder…', text: 'All files by name' },
  {
    id: 'mirror',
    title: 'Make a mirror…',
    text: 'Files of all steps in a folder, as upstream’s mirror.sh does',
  },
  { id: 'prune', title: 'Clean up…', text: 'Half files, wrong files, what no checkout wants' },
] as const;

export function MoreActions(props: {
  choice: CheckoutChoice;
  actions: SourceActions;
  disabled: boolean;
  /** Files that are not here. */
  missing: number;
}): ReactNode {
  const { actions } = props;
  const [pruning, setPruning] = useState(false);
  function act(key: string): void {
    switch (key) {
      case 'import':
        actions.importFolder.ask();
        break;
      case 'verify':
        actions.verify();
        break;
      case 'confirm':
        actions.confirm();
        break;
      case 'export':
        actions.exportFolder.ask();
        break;
      case 'mirror':
        actions.createMirror.ask();
        break;
      case 'prune':
        setPruning(true);
        break;
    }
  }
  return (
    <>
      <MenuTrigger>
        <AriaButton className="button plain middle" isDisabled={props.disabled}>
          <span>More</span>
          <span className="turn" aria-hidden="true">
            <Icon name="chevron" size={14} />
          </span>
        </AriaButton>
        <Popover className="popover" placement="bottom end">
          <Menu
            className="options"
            disabledKeys={props.missing === 0 ? [] : ['export']}
            onAction={(key) => act(String(key))}
          >
            {ENTRIES.map(({ id, title, text }) => (
              <MenuItem key={id} id={id} className="option" textValue={title}>
                <span className="option-title">{title}</span>
                <span className="option-text">
                  {id === 'export' && props.missing > 0
                    ? `Not yet: ${countOf(props.missing, 'file is', 'files are')} missing`
                    : text}
                </span>
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      <PruneDialog choice={props.choice} open={pruning} onClose={() => setPruning(false)} />
    </>
  );
}
