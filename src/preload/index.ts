// Forwards one port to the page, and nothing else. The page asks with a nonce, so that no other frame's message is taken for it.
import { contextBridge, ipcRenderer } from 'electron';
import { PORT_CHANNEL, type PortAnswer, readPortRequest } from '../shared/window-protocol.ts';

contextBridge.exposeInMainWorld('seedbedHost', { present: true });

window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== location.origin) return;
  const request = readPortRequest(event.data);
  if (request === null) return;
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(PORT_CHANNEL, null, [port2]);
  const answer: PortAnswer = { type: 'seedbed-port', nonce: request.nonce };
  window.postMessage(answer, location.origin, [port1]);
});
