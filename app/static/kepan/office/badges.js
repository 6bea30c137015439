// Counts in the head and the menu follow without a reload (OFF-9).
import {onLive} from './live.js';
import {fillText, text} from './text.js';

const MANY = 99;

function show(mark, counts) {
  const number = mark.dataset.badge.split(' ').reduce((sum, name) => sum + (counts[name] || 0), 0);
  const place = mark.querySelector('[aria-hidden]') || mark;
  place.textContent = number > MANY ? `${MANY}+` : String(number);
  mark.hidden = !number;
  const words = mark.querySelector('.sr-only');
  if (words) words.textContent = fillText(text.waiting, {n: number});
  const button = mark.closest('[data-badge-label]');
  if (!button) return;
  button.setAttribute('aria-label', fillText(button.dataset.badgeLabel, {n: number}));
  if ('badgeOnly' in button.dataset) button.hidden = !number;
}

onLive(({badges}) => {
  document.querySelectorAll('[data-badge]').forEach((mark) => show(mark, badges));
});
