// One small question of a visible page: what is new? Counts, the open list and the dock hear the answer (OFF-9).
import {isInDrawer} from './dom.js';

const LONGEST_MS = 300000; // while the server is away
const SPREAD = 0.1; // pages that were opened at once do not ask at once
const FOLLOW_UP_MS = [1000, 2000, 3000, 5000, 8000, 13000]; // after one's own click, never by itself
const meta = isInDrawer || window.self !== window.top ? null : document.querySelector('meta[name=kepan-live]');
const everyMs = meta ? Number(meta.dataset.every) * 1000 : 0;
const listeners = [];
let timer = 0;
let followUp = 0;
let failures = 0;
let askedAt = Date.now(); // the page itself has just come
let isOver = !meta; // signed out: nothing is asked any more
let isAsking = false;
let known = {address: '', etag: ''};

/** Hear every answer that says something new. */
export function onLive(hear) {
  listeners.push(hear);
}

function pauseMs() {
  const pause = Math.min(everyMs * 2 ** failures, Math.max(LONGEST_MS, everyMs));
  return pause * (1 + Math.random() * SPREAD);
}

function askAfter(pause) {
  clearTimeout(timer);
  timer = 0;
  if (!isOver && !document.hidden) timer = setTimeout(ask, Math.max(0, pause));
}

function addressNow() {
  const list = document.querySelector('[data-open-list]');
  return list ? `${meta.content}?list=${encodeURIComponent(list.dataset.openList)}` : meta.content;
}

async function read(address) {
  const headers = {Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest'};
  if (known.address === address && known.etag) headers['If-None-Match'] = known.etag;
  const answer = await fetch(address, {credentials: 'same-origin', redirect: 'manual', headers});
  if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) {
    isOver = true; // signed out, or something else is to be done first
    return;
  }
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(String(answer.status));
  const content = await answer.json();
  if (addressNow() !== address) return; // the list is another one meanwhile
  known = {address, etag: answer.headers.get('ETag') || ''};
  listeners.forEach((hear) => hear(content));
}

async function ask() {
  if (isAsking || isOver) return;
  isAsking = true;
  askedAt = Date.now();
  try {
    await read(addressNow());
    failures = 0;
  } catch {
    failures += 1;
  }
  isAsking = false;
  askAfter(pauseMs());
}

/** Ask now: after something that the person has done here. */
export function askNow() {
  failures = 0;
  askAfter(0);
}

/** Look after long work that the person has begun here: a few times, more and more rarely. */
export function followUpOwnWork() {
  clearTimeout(followUp);
  let step = 0;
  const next = () => {
    if (step >= FOLLOW_UP_MS.length || isOver) return;
    followUp = setTimeout(() => {
      if (!document.hidden) ask();
      next();
    }, FOLLOW_UP_MS[step]);
    step += 1;
  };
  next();
}

/** The work has ended. */
export function stopFollowUp() {
  clearTimeout(followUp);
}

if (meta) {
  document.addEventListener('visibilitychange', () => askAfter(askedAt + everyMs - Date.now()));
  askAfter(pauseMs());
}
