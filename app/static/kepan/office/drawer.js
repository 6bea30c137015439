// The drawer: a form page in a frame with ?_drawer=1; a form of one or two fields is a small dialog (OFF-2). A phone
// opens the page itself.
import {askForContent, isPage, onLeave} from '../shared/content.js';
import {follow} from '../shared/follow.js';
import {ask} from './confirm.js';
import {isInDrawer, isPhone, make, onEvent, opensElsewhere} from './dom.js';
import {offerToFrames} from './frames.js';
import {askNow} from './live.js';
import {text} from './text.js';
import {keepAnswer, keepToast} from './toast.js';

const SMALL = 2; // fields
const ROOM = 400; // the height that the list of a chooser or the calendar of a date needs below its field
let box = null;
let frame = null;
let opener = null;
let isStale = false; // what is behind the drawer has changed: it is loaded again when the drawer closes

function drawerAddress(address) {
  const url = new URL(address, window.location.href);
  url.searchParams.set('_drawer', '1');
  return url.pathname + url.search + url.hash;
}

/** What is behind the drawer is shown as it is now, where one left off; so are the counts around it. */
function refresh() {
  isStale = false;
  askForContent();
  askNow();
}

function cleanUp() {
  if (frame) {
    frame.remove();
    frame = null;
  }
  document.documentElement.classList.remove('has-drawer');
  if (isStale) refresh();
  if (opener && opener.focus) opener.focus();
  opener = null;
}

function closeInsteadOf(event) {
  event.preventDefault();
  closeDrawer();
}

function makeHead() {
  const head = make('div', 'drawer-head');
  const title = make('b');
  const close = make('button', 'top-btn');
  title.id = 'drawer-title';
  close.type = 'button';
  close.setAttribute('aria-label', text.close);
  close.appendChild(make('i', 'fa fa-xmark'));
  close.addEventListener('click', () => closeDrawer());
  head.append(title, close);
  return head;
}

function build() {
  box = make('dialog', 'drawer');
  box.setAttribute('aria-labelledby', 'drawer-title');
  const inner = make('div', 'drawer-in');
  const wait = make('div', 'drawer-load');
  wait.append(make('span', 'spin'), document.createTextNode(text.loading));
  inner.append(makeHead(), wait);
  box.appendChild(inner);
  document.body.appendChild(box);
  box.addEventListener('mousedown', (event) => {
    if (event.target === box) closeInsteadOf(event);
  });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeInsteadOf(event);
  });
  box.addEventListener('cancel', (event) => {
    if (event.target === box) closeInsteadOf(event);
  });
  box.addEventListener('close', (event) => {
    if (event.target === box) cleanUp();
  });
}

/** Go on to the page that a success in the drawer leads to; a list whose row was opened stays as it is. */
function leave(address) {
  const to = new URL(address, window.location.href);
  const here = window.location;
  const isForeign = to.origin !== here.origin;
  const isSame = to.pathname === here.pathname && (!to.search || to.search === here.search);
  const isOfRow = opener && opener.closest && opener.closest('.list-card tbody, [data-board]');
  if (isForeign || isSame || isOfRow) {
    refresh();
  } else {
    follow(to.href);
    askNow();
  }
}

/** The document in the frame; null where it is foreign or still empty. */
function innerDocument() {
  try {
    const inside = frame.contentWindow.document;
    const isEmpty = !inside || !inside.body || frame.contentWindow.location.href === 'about:blank';
    return isEmpty ? null : inside;
  } catch {
    return null;
  }
}

/** A form of one or two fields is as high as its content; everything else takes the drawer. */
function fit(inside) {
  const form = inside.querySelector('form[data-form]');
  const isReply = !form && !inside.querySelector('[data-result]'); // of the form before: it keeps the place
  const isSmall = form ? form.querySelectorAll('.fi').length <= SMALL : isReply && box.classList.contains('is-small');
  box.classList.toggle('is-small', isSmall);
  box.classList.remove('is-unsized');
  if (!isSmall) {
    frame.style.height = '';
    return;
  }
  const opensBelow = inside.querySelector('.js-s2, [data-date]');
  const card = inside.querySelector('.form-card, .card') || inside.body;
  const measure = () => {
    frame.style.height = `${Math.max(card.offsetHeight, opensBelow ? ROOM : 0)}px`;
  };
  measure();
  new ResizeObserver(measure).observe(card);
}

function showLoaded(inside) {
  fit(inside);
  isStale = isStale || Boolean(inside.querySelector('[data-result], [data-flash=success]'));
  const head = inside.querySelector('h1');
  if (head) box.querySelector('b').textContent = head.textContent;
  box.classList.remove('is-loading');
  if (!inside.activeElement || inside.activeElement === inside.body) frame.contentWindow.focus();
}

function handleLoad() {
  const inside = innerDocument();
  if (!inside) return;
  const done = inside.querySelector('[data-done-url]');
  if (done) {
    keepAnswer(done);
    leave(done.dataset.doneUrl);
  } else if (inside.body.classList.contains('is-login')) {
    window.location.reload(); // the session has ended
  } else if (inside.body.classList.contains('is-app')) {
    // sent on to an ordinary page
    const flash = inside.querySelector('[data-flash] span');
    const address = inside.location.href.replace(/([?&])_drawer=1&?/, '$1').replace(/[?&]$/, '');
    keepToast(flash && flash.textContent.trim());
    leave(address);
  } else {
    showLoaded(inside);
  }
}

export function openDrawer(address, title) {
  if (!box) build();
  opener = document.activeElement;
  isStale = false;
  if (frame) frame.remove();
  frame = make('iframe');
  frame.title = title || '';
  frame.addEventListener('load', handleLoad);
  box.querySelector('b').textContent = title || '';
  box.classList.remove('is-small');
  box.classList.add('is-loading', 'is-unsized');
  frame.src = drawerAddress(address);
  box.querySelector('.drawer-in').appendChild(frame);
  document.documentElement.classList.add('has-drawer');
  if (!box.open) box.showModal();
}

function hasUnsavedText() {
  try {
    return frame.contentWindow.Kepan.hasUnsavedText();
  } catch {
    return false; // foreign, or without a form
  }
}

/** Whether the form in the drawer has something that leaving the page would lose. */
export function hasUnsavedDrawer() {
  return Boolean(box && box.open && hasUnsavedText());
}

function closeDrawer() {
  if (!box || !box.open) return;
  if (!hasUnsavedText()) {
    box.close();
    return;
  }
  if (document.getElementById('ask-box').open) return;
  ask(text.discard, {yes: text.leave, no: text.stay, isDangerous: true}).then((yes) => {
    if (yes) box.close();
  });
}

/** The page after a success, opened by itself (a phone, a second tab): go on. */
function goOn() {
  const done = document.querySelector('[data-done-url]');
  if (!done || window.self !== window.top) return;
  keepAnswer(done);
  window.location.replace(done.dataset.doneUrl);
}

window.addEventListener('pageshow', (event) => {
  if (event.persisted && box && box.open) box.close();
});
onEvent('click', '[data-drawer]', (event, element) => {
  const link = element.getAttribute('href');
  const address = link || element.dataset.url;
  if (!address || event.defaultPrevented || opensElsewhere(event) || element.classList.contains('is-off')) return;
  if (isInDrawer) {
    event.preventDefault();
    window.location.href = drawerAddress(address);
  } else if (window.self !== window.top || isPhone()) {
    if (!link) window.location.href = address;
  } else {
    event.preventDefault();
    openDrawer(address, element.dataset.drawer || element.textContent.trim());
  }
});
// The page behind it goes: the drawer goes with it.
onLeave((root) => {
  if (!isPage(root) || !box || !box.open) return;
  isStale = false;
  box.close();
});
offerToFrames({closeDrawer});
goOn();
