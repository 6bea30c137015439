// Toasts: short messages at the top. Good news leaves by itself, bad news stays until it is closed.
import {isPage, onContent} from '../shared/content.js';
import {isInDrawer, make, onEvent} from './dom.js';
import {text} from './text.js';

const KEY = 'kepan:toast';
const ICONS = {danger: 'fa-circle-xmark', warning: 'fa-circle-exclamation', info: 'fa-circle-info'};

function fade(toast, wait) {
  setTimeout(() => {
    toast.classList.add('out');
    setTimeout(() => toast.remove(), 300);
  }, wait);
}

function settle(toast) {
  if (toast.closest('.login-form') || /toast-danger|toast-warning/.test(toast.className)) return;
  fade(toast, 3200 + Math.min(4000, toast.textContent.length * 60));
}

export function showToast(message, kind) {
  const box = document.querySelector('[data-toasts]') || document.body.appendChild(make('div', 'toasts'));
  const toast = make('div', `toast-i toast-${kind || 'success'}`);
  const close = make('button', 'toast-x');
  close.type = 'button';
  close.setAttribute('data-toast-close', '');
  close.setAttribute('aria-label', text.close);
  close.appendChild(make('i', 'fa fa-xmark'));
  toast.append(make('i', `fa ${ICONS[kind] || 'fa-circle-check'}`), make('span', '', message), close);
  box.appendChild(toast);
  settle(toast);
}

/** Show the message on the page that comes next. */
export function keepToast(message) {
  try {
    if (message) sessionStorage.setItem(KEY, message);
  } catch {
    // without storage it is never shown
  }
}

function showKeptToast() {
  let kept = null;
  try {
    kept = sessionStorage.getItem(KEY);
    if (kept) sessionStorage.removeItem(KEY);
  } catch {
    // without storage nothing was kept
  }
  if (kept) showToast(kept);
}

onContent((root) => {
  root.querySelectorAll('.toast-i').forEach(settle);
  if (isPage(root) && !isInDrawer) showKeptToast();
});
onEvent('click', '[data-toast-close]', (event, button) => button.closest('.toast-i').remove());
