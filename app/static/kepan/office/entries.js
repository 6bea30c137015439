// The browser's history while the content alone is replaced: where each page was scrolled to, and where one came from.
const KEY = 'kepan:scroll';
const MOST = 50; // pages of a tab whose place is kept
const PATIENCE_MS = 3000; // a tab that is loaded again makes the page as long as it was
const BOXES = '#main .twrap'; // what scrolls by itself

function newEntry(at, from) {
  return {key: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`, at, from};
}

function pathOf(address) {
  const url = new URL(address, window.location.href);
  return url.origin === window.location.origin ? url.pathname + url.search : '';
}

let present = window.history.state?.kepan || newEntry(0, document.referrer ? pathOf(document.referrer) : '');
let shown = pathOf(window.location.href); // the address of what is on the screen

function keep(entry, method, address) {
  present = entry;
  window.history[method]({...window.history.state, kepan: entry}, '', address);
}

function places() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || {};
  } catch {
    return {};
  }
}

/** Keep how far the page and its tables are scrolled, for when one comes back to it. */
export function keepPlace() {
  const boxes = Array.from(document.querySelectorAll(BOXES), (box) => [box.scrollLeft, box.scrollTop]);
  const others = Object.entries(places()).filter(([key]) => key !== present.key);
  const kept = [...others.slice(1 - MOST), [present.key, {top: window.scrollY, boxes}]];
  try {
    sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)));
  } catch {
    // without storage one comes back to the top
  }
}

/** Scroll to the kept place; when the page is still too short, as soon as it has grown. */
function scrollTo({top, boxes}) {
  document.querySelectorAll(BOXES).forEach((box, index) => {
    if (boxes[index]) [box.scrollLeft, box.scrollTop] = boxes[index];
  });
  window.scrollTo(0, top);
  if (window.scrollY >= top - 1) return;
  const growth = new ResizeObserver(() => {
    window.scrollTo(0, top);
    if (window.scrollY >= top - 1) growth.disconnect();
  });
  const stop = () => growth.disconnect();
  growth.observe(document.getElementById('main'));
  ['wheel', 'touchstart', 'keydown', 'kepan:leave'].forEach((type) => {
    document.addEventListener(type, stop, {once: true, passive: true});
  });
  setTimeout(stop, PATIENCE_MS);
}

/** Return to where this page was left; a page that was not left yet starts at its top, or at its anchor. */
export function returnToPlace() {
  const place = places()[present.key];
  const anchor = window.location.hash && document.getElementById(window.location.hash.slice(1));
  if (place) scrollTo(place);
  else if (anchor) anchor.scrollIntoView();
  else window.scrollTo(0, 0);
}

/** The page of an address is on the screen: a further entry, or the same one when it was asked for anew. */
export function enter(address) {
  if (pathOf(address) === shown) keep(present, 'replaceState', address);
  else keep(newEntry(present.at + 1, shown), 'pushState', address);
  shown = pathOf(address);
}

/** The page of the present entry is on the screen; it may have led to another address. */
export function enterAgain(address) {
  keep(window.history.state?.kepan || newEntry(present.at + 1, shown), 'replaceState', address);
  shown = pathOf(address);
}

/** How far the browser has gone from what is on the screen: 0 when it has not, or within the page. */
export function stepsAway() {
  if (pathOf(window.location.href) === shown) return 0;
  return (window.history.state?.kepan?.at ?? present.at + 1) - present.at || 1;
}

/** The browser went to an anchor of the same page, forth or back. */
export function adopt() {
  const entry = window.history.state?.kepan;
  if (entry) present = entry;
  else keep(newEntry(present.at + 1, present.from), 'replaceState');
}

/** The address of the page that led to this one; empty when it is not ours. */
export function cameFrom() {
  return present.from;
}

/** From now on this document keeps the places, instead of the browser. */
export function startEntries() {
  window.history.scrollRestoration = 'manual';
  keep(present, 'replaceState');
  if (places()[present.key]) returnToPlace();
  window.addEventListener('pagehide', keepPlace);
}
