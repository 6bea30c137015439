// Moving between pages replaces the content only: the frame stays (OFF-16). Every address opens by itself too.
import {contentCame, contentLeaves, onContentWanted} from '../shared/content.js';
import {ask} from './confirm.js';
import {isTouch, opensElsewhere} from './dom.js';
import {hasUnsavedDrawer} from './drawer.js';
import {adopt, enter, enterAgain, keepPlace, returnToPlace, startEntries, stepsAway} from './entries.js';
import {enableFields} from './filter.js';
import {forgetTyped, hasUnsavedText} from './form.js';
import {markEntry} from './menu.js';
import {keptAnswer, request} from './prefetch.js';
import {endWait, startWait} from './progress.js';
import {setIdle} from './submit.js';
import {text} from './text.js';
import {moveToasts, showToast} from './toast.js';

const OTHER = '[download], [data-download], [target]:not([target=_top]), .file-link, [href*="download=1"]';
const SHOWN_REFUSALS = [403, 404, 410];
const main = document.getElementById('main');
const hasFrame = document.body.classList.contains('is-app') && window.self === window.top;
let present = null; // what is being waited for; a later move takes its place

function isPresent(address) {
  return address.split('#')[0] === window.location.href.split('#')[0];
}

/** Open an address as a whole page; what was typed has been asked about. */
function openWhole(address) {
  forgetTyped();
  const url = new URL(address, window.location.href);
  if (isPresent(url.href)) window.location.reload();
  else window.location.assign(url);
}

function cancel() {
  if (present) present.abort();
  present = null;
  endWait();
}

function setFrame(frame) {
  document.body.className = frame.dataset.frame;
  markEntry(frame.dataset.entry);
  document.querySelector('.crumb-nav').replaceChildren(...frame.children);
}

/** Who moved by the keyboard goes on where they were, or at the start of the content. */
function placeFocus(id) {
  if (document.activeElement !== document.body) return;
  const same = id && !isTouch() && document.getElementById(id);
  (same || main).focus({preventScroll: true});
}

/** Put the content of an answer into the frame. */
function show(part, address, isReturn) {
  const focused = document.activeElement && document.activeElement.id;
  contentLeaves(main);
  if (!isReturn) keepPlace();
  (isReturn ? enterAgain : enter)(address);
  moveToasts(part.querySelectorAll('[data-toasts] > *'));
  main.querySelector('.page').replaceWith(part.querySelector('.page'));
  setFrame(part.querySelector('[data-frame]'));
  document.title = part.title;
  contentCame(main);
  returnToPlace();
  placeFocus(focused);
}

function reasonOf(part) {
  const reason = part.querySelector('.err-text') || part.querySelector('.err-page h1');
  return (reason && reason.textContent.trim()) || text.load_failed;
}

/** Show the answer to a move: in the frame, as a whole page, or as the reason why one stays. */
async function take(answer, asked, isReturn) {
  const whole = answer.headers.get('HX-Redirect');
  const address = answer.url + new URL(asked).hash;
  const isPage = (answer.headers.get('Content-Type') || '').startsWith('text/html');
  if (whole || answer.headers.get('HX-Refresh') || (answer.ok && !isPage)) {
    openWhole(whole || address);
    return;
  }
  const part = new DOMParser().parseFromString(answer.html, 'text/html');
  const isShown = answer.ok || SHOWN_REFUSALS.includes(answer.status);
  if (isShown && part.querySelector('[data-frame]')) show(part, address, isReturn);
  else if (isShown) openWhole(address);
  else stay(reasonOf(part), isReturn);
}

/** The page one was on stays; the address goes back to it. */
function stay(reason, isReturn) {
  showToast(reason, 'danger');
  if (isReturn && stepsAway()) window.history.go(-stepsAway());
}

async function move(asked, {body, isReturn} = {}) {
  cancel();
  const mine = new AbortController();
  present = mine;
  startWait();
  try {
    const answer = await ((!body && keptAnswer(asked)) || request(asked, {body, signal: mine.signal}));
    if (present === mine) await take(answer, asked, isReturn);
  } catch {
    if (present === mine) stay(text.load_failed, isReturn);
  }
  if (present === mine) cancel();
}

/** Ask before text that is not saved is lost; without any, go at once. */
function agree() {
  if (!hasUnsavedText() && !hasUnsavedDrawer()) return Promise.resolve(true);
  return ask(text.discard, {yes: text.leave, no: text.stay, isDangerous: true});
}

async function moveIfAgreed(address, options) {
  if (await agree()) move(address, options);
}

function isOurs(url) {
  return url.origin === window.location.origin && /^https?:$/.test(url.protocol);
}

function onClick(event) {
  const link = event.target.closest && event.target.closest('a[href]');
  if (!link || event.defaultPrevented || event.button || event.altKey || opensElsewhere(event)) return;
  const url = new URL(link.href, window.location.href);
  if (link.matches(OTHER) || !isOurs(url) || (url.hash && isPresent(url.href))) return;
  event.preventDefault();
  moveIfAgreed(url.href);
}

/** The filter of a list: nothing empty goes into the address; a search that must not stand in one is posted. */
function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || !form.matches('[data-filter]')) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  enableFields();
  setIdle(form);
  const url = new URL(form.action);
  if (form.method === 'post') {
    moveIfAgreed(url.href, {body: fields});
  } else {
    url.search = fields;
    moveIfAgreed(url.href);
  }
}

async function onPopState() {
  const steps = stepsAway();
  if (!steps) {
    cancel();
    adopt();
    returnToPlace();
    return;
  }
  keepPlace();
  if (await agree()) move(window.location.href, {isReturn: true});
  else window.history.go(-steps);
}

if (hasFrame) {
  startEntries();
  document.addEventListener('click', onClick);
  document.addEventListener('submit', onSubmit);
  window.addEventListener('popstate', onPopState);
  onContentWanted(() => move(window.location.href));
}
