// What the browser host and its page agree on.

/** Subprotocol of the WebSocket; the token is offered beside it. */
export const WEB_SUBPROTOCOL = 'seedbed-1';
/** Where the page finds its token: `#token=…`. */
export const TOKEN_PARAMETER = 'token';
