// Toasts: short messages at the top. Good news leaves by itself, bad news stays until it is closed; what can be
// undone stays as long as it can (OFF-3).
import {isPage, onContent} from '../shared/content.js';
import {isInDrawer, make, onEvent} from './dom.js';
import {text} from './text.js';

const KEY = 'kepan:toast';
const UNDO_MS = 30000; // as long as the server undoes
const ICONS = {danger: 'fa-circle-xmark', warning: 'fa-circle-exclamation', info: 'fa-circle-info'};
const settled = new WeakSet();

/** Take the toast away after a while; not while it is pointed at or has the cursor. */
function fade(toast, wait) {
  setTimeout(() => {
    if (toast.matches(':hover, :focus-within') && !toast.querySelector('[data-undo]')) {
      fade(toast, 1000);
      return;
    }
    toast.classList.add('out');
    setTimeout(() => toast.remove(), 300);
  }, wait);
}

function settle(toast, age = 0) {
  if (settled.has(toast) || toast.closest('.login-form') || /toast-danger|toast-warning/.test(toast.className)) return;
  settled.add(toast);
  const reading = 3200 + Math.min(4000, toast.textContent.length * 60);
  fade(toast, toast.querySelector('[data-undo]') ? Math.max(UNDO_MS - age, 0) : reading);
}

/** The way to what came of it; none where one is there already. */
function makeLink(address) {
  const link = make('a', 'toast-a', text.show);
  link.href = address;
  return link.pathname === window.location.pathname && (!link.search || link.search === window.location.search)
    ? ''
    : link;
}

/** Where to undo, and the page that comes after it: the present one. */
function undoAddress(address) {
  const here = window.location.pathname + window.location.search;
  return `${address}?next=${encodeURIComponent(here)}`;
}

function makeUndo(address) {
  const button = make('button', 'toast-a', text.undo);
  button.setAttribute('form', 'post-form');
  button.setAttribute('formaction', undoAddress(address));
  button.setAttribute('data-undo', '');
  return button;
}

function makeClose() {
  const close = make('button', 'toast-x');
  close.type = 'button';
  close.setAttribute('data-toast-close', '');
  close.setAttribute('aria-label', text.close);
  close.appendChild(make('i', 'fa fa-xmark'));
  return close;
}

/** Show a message; `ways` are the addresses of its result (`url`) and of its undoing (`undoUrl`). */
export function showToast(message, kind, ways = {}) {
  const box = document.querySelector('[data-toasts]') || document.body.appendChild(make('div', 'toasts'));
  const toast = make('div', `toast-i toast-${kind || 'success'}`);
  toast.append(make('i', `fa ${ICONS[kind] || 'fa-circle-check'}`), make('span', '', message));
  toast.append(ways.url ? makeLink(ways.url) : '', ways.undoUrl ? makeUndo(ways.undoUrl) : '', makeClose());
  box.appendChild(toast);
  settle(toast, ways.since ? Date.now() - ways.since : 0);
}

/** Show the message on the page that comes next. */
export function keepToast(message, ways = {}) {
  try {
    if (message) sessionStorage.setItem(KEY, JSON.stringify({message, ...ways, since: Date.now()}));
  } catch {
    // without storage it is never shown
  }
}

/** What a page says after a success in a drawer, to be shown on the page around it. */
export function keepAnswer(done) {
  keepToast(done.dataset.message, {url: done.dataset.resultUrl, undoUrl: done.dataset.undoUrl});
}

// What went wrong before is past. What can be undone stays, unless the page brings a message of its own, and leads
// back to the page one is on.
/** Show the messages that a move brings. */
export function moveToasts(further) {
  const box = document.querySelector('[data-toasts]');
  box.querySelectorAll('.toast-danger, .toast-warning').forEach((toast) => toast.remove());
  box.querySelectorAll('[data-undo]').forEach((button) => {
    button.setAttribute('formaction', undoAddress(button.getAttribute('formaction').split('?')[0]));
  });
  if (further.length) box.replaceChildren(...further);
}

/** Show what was kept for the page that comes next. */
export function showKeptToast() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY) || 'null');
    if (kept) sessionStorage.removeItem(KEY);
  } catch {
    // without storage nothing was kept
  }
  if (!kept) return;
  document.querySelector('[data-toasts]')?.replaceChildren(); // the message of the deed before
  showToast(kept.message, '', kept);
}

onContent((root) => {
  root.querySelectorAll('.toast-i').forEach((toast) => settle(toast));
  if (isPage(root) && !isInDrawer) showKeptToast();
});
onEvent('click', '[data-toast-close]', (event, button) => button.closest('.toast-i').remove());
