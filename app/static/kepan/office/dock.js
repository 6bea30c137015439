// The dock: exports and background runs in the corner, with progress, cancel and file (OFF-9).
import {perform} from './deeds.js';
import {isInDrawer, make} from './dom.js';
import {askNow, followUpOwnWork, onLive, stopFollowUp} from './live.js';
import {text} from './text.js';
import {showToast} from './toast.js';

const KEYS = {seen: 'kepan:runs-seen', wanted: 'kepan:runs-wanted', closed: 'kepan:runs-closed', last: 'kepan:runs'};
const ENDED = ['done', 'failed', 'cancelled', 'expired'];
const FADE_MS = 8000; // what this page has saved itself needs no longer notice
const locals = new Map();
let runs = [];
let box = null;

/** What this tab remembers from page to page: ids, and the runs as they were shown last. */
function recallAll(kind) {
  try {
    return JSON.parse(sessionStorage.getItem(KEYS[kind])) || [];
  } catch {
    return [];
  }
}

function recall(kind) {
  return new Set(recallAll(kind));
}

function remember(kind, values) {
  try {
    sessionStorage.setItem(KEYS[kind], JSON.stringify([...values].slice(-50)));
  } catch {
    // without storage the dock lasts as long as the page
  }
}

function add(kind, id) {
  remember(kind, recall(kind).add(id));
}

function isShown(run) {
  if (recall('closed').has(run.id)) return false;
  return !ENDED.includes(run.state) || recall('seen').has(run.id);
}

function barOf(item) {
  if (ENDED.includes(item.state)) return null;
  const bar = make('progress', 'dock-bar');
  bar.setAttribute('aria-label', item.title);
  if (item.total) {
    bar.max = item.total;
    bar.value = item.done;
  }
  return bar;
}

function buttonOf(words, icon, act) {
  const button = make('button', 'dock-op');
  button.type = 'button';
  button.title = words;
  button.setAttribute('aria-label', words);
  button.append(make('i', `fa ${icon}`));
  button.addEventListener('click', act);
  return button;
}

function fileLink(item) {
  const link = make('a', 'dock-file', text.download);
  link.href = item.file;
  link.setAttribute('download', '');
  return link;
}

/** What came of a run that made no file. */
function resultLink(item) {
  const link = make('a', 'dock-file', text.result);
  link.href = item.result;
  return link;
}

function wordsOf(item) {
  if (item.state !== 'running' || !item.total) return item.words;
  return `${item.words} ${Math.floor((100 * item.done) / item.total)}%`;
}

function lineOf(item) {
  const line = make('li', `dock-i is-${item.state}`);
  const face = make('div', 'dock-t');
  face.append(make('b', '', item.title), make('span', '', wordsOf(item)));
  const bar = barOf(item);
  line.append(face);
  if (item.file) line.append(fileLink(item));
  if (item.result) line.append(resultLink(item));
  if (item.cancel) line.append(buttonOf(text.cancel, 'fa-ban', item.cancel));
  if (ENDED.includes(item.state)) line.append(buttonOf(text.close, 'fa-xmark', item.close));
  if (bar) line.append(bar);
  return line;
}

function cancelRun(run) {
  perform(run.cancel)
    .then(({isDone, message}) => {
      if (message) showToast(message, isDone ? 'success' : 'warning');
      askNow();
    })
    .catch(() => showToast(text.load_failed, 'danger'));
}

function asItem(run) {
  return {
    ...run,
    cancel: run.cancel && (() => cancelRun(run)),
    close: () => {
      add('closed', run.id);
      draw();
    },
  };
}

function build() {
  box = make('section', 'dock');
  box.setAttribute('aria-label', text.dock);
  const list = make('ul', 'dock-list');
  list.setAttribute('aria-live', 'polite');
  box.append(list);
  document.body.append(box);
}

function draw() {
  const items = [...locals.values(), ...runs.filter(isShown).map(asItem)];
  if (!box && items.length) build();
  if (!box) return;
  box.hidden = !items.length;
  const list = box.querySelector('ul');
  const focused = box.contains(document.activeElement) && document.activeElement.getAttribute('aria-label');
  list.replaceChildren(...items.map(lineOf));
  const again = focused && list.querySelector(`[aria-label="${focused}"]`);
  if (again) again.focus({preventScroll: true});
}

/** Show work of this page itself, which the server does not know as a run. */
export function showLocal(key, item) {
  const close = () => dropLocal(key);
  locals.set(key, {...item, close});
  if (item.state === 'done') setTimeout(close, FADE_MS);
  draw();
}

export function dropLocal(key) {
  locals.delete(key);
  draw();
}

/** A run that was begun here: its file is saved as soon as it is there. */
export function want(id) {
  add('seen', id);
  add('wanted', id);
}

function saveWanted() {
  const wanted = recall('wanted');
  runs
    .filter((run) => wanted.has(run.id) && ENDED.includes(run.state))
    .forEach((run) => {
      wanted.delete(run.id);
      if (run.file) fileLink(run).click();
    });
  remember('wanted', wanted);
}

function isMoving(run) {
  return !ENDED.includes(run.state);
}

function hear(answer) {
  runs = answer.runs || [];
  remember('last', runs);
  runs.filter(isMoving).forEach((run) => add('seen', run.id));
  saveWanted();
  if (!runs.some(isMoving) && !recall('wanted').size) stopFollowUp();
  draw();
}

if (!isInDrawer) {
  onLive(hear);
  runs = recallAll('last');
  draw();
  if (runs.some(isMoving) || recall('wanted').size) followUpOwnWork();
}
