'use client';
// What writes style elements into the page (the editor) must carry the nonce of the page, or the browser drops them. A browser
// shows it to scripts of the page only as a property.

export function pageNonce(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}
