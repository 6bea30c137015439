// The bell: notifications and to-dos open in place, each with its deed (OFF-9).
import {contentLeaves, isPage, onLeave} from '../shared/content.js';
import {perform, postQuietly} from './deeds.js';
import {isInDrawer, make, onEvent, opensElsewhere} from './dom.js';
import {loadInto} from './fragments.js';
import {askNow} from './live.js';
import {text} from './text.js';
import {showToast} from './toast.js';

let panel = null;
let bell = null;

function isOpen() {
  return Boolean(panel && !panel.hidden);
}

function close(isFocusKept = false) {
  if (!isOpen()) return;
  panel.hidden = true;
  bell.setAttribute('aria-expanded', 'false');
  contentLeaves(panel);
  if (!isFocusKept) bell.focus();
}

function build() {
  panel = make('section', 'bell-panel');
  panel.id = 'bell-panel';
  panel.tabIndex = -1;
  panel.setAttribute('role', 'dialog');
  document.body.append(panel);
  panel.addEventListener('keydown', onKey);
}

function stops() {
  return [...panel.querySelectorAll('.nt-i .nt-a')];
}

function step(by) {
  const all = stops();
  if (!all.length) return;
  const line = document.activeElement.closest('.nt-i');
  const at = line ? all.indexOf(line.querySelector('.nt-a')) : -1;
  all[Math.max(0, Math.min(all.length - 1, at + by))].focus();
}

function onKey(event) {
  if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    step(event.key === 'ArrowDown' ? 1 : -1);
  }
}

async function load() {
  await loadInto(panel, bell.dataset.bell);
  if (isOpen() && !panel.contains(document.activeElement)) panel.focus();
}

function open() {
  if (!panel) build();
  panel.setAttribute('aria-label', bell.title);
  panel.hidden = false;
  bell.setAttribute('aria-expanded', 'true');
  bell.setAttribute('aria-controls', panel.id);
  panel.focus({preventScroll: true});
  load();
}

function refuse(line, words) {
  const place = line.querySelector('.nt-no');
  place.textContent = words;
  place.hidden = !words;
}

async function markRead(line) {
  if (line.dataset.readUrl) await postQuietly(line.dataset.readUrl);
}

async function act(button) {
  const line = button.closest('.nt-i');
  if (button.classList.contains('is-busy')) return;
  button.classList.add('is-busy');
  try {
    const {isDone, message, ways} = await perform(button.dataset.deed);
    if (!isDone) {
      refuse(line, message || text.load_failed);
      return;
    }
    showToast(message, 'success', ways);
    await markRead(line);
    askNow();
    await load();
  } catch {
    refuse(line, text.load_failed);
  } finally {
    button.classList.remove('is-busy');
  }
}

async function markAndReload(work) {
  try {
    await work;
    askNow();
    await load();
  } catch {
    showToast(text.load_failed, 'danger');
  }
}

onEvent('click', '[data-bell]', (event, link) => {
  if (isInDrawer || opensElsewhere(event)) return;
  event.preventDefault();
  bell = link;
  if (isOpen()) close();
  else open();
});
onEvent('click', '[data-deed]', (event, button) => act(button));
onEvent('click', '[data-nt-read]', (event, button) => markAndReload(markRead(button.closest('.nt-i'))));
onEvent('click', '[data-nt-all]', (event, button) => markAndReload(postQuietly(button.dataset.ntAll)));
onEvent('click', '[data-nt-open]', (event, link) => {
  markRead(link.closest('.nt-i')).catch(() => {
    // it stays unread
  });
  if (!opensElsewhere(event)) close(true);
});
document.addEventListener('pointerdown', (event) => {
  if (isOpen() && !event.target.closest('.bell-panel, [data-bell], .drawer, .ask, .toasts, .tip')) close(true);
});
onLeave((root) => {
  if (isPage(root)) close(true);
});
