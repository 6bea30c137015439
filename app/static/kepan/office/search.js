// The global search: Ctrl-K (Cmd-K) or the box in the head opens it; arrows choose, Enter opens.
import {isPage, onContent} from '../shared/content.js';
import {make, onEvent} from './dom.js';
import {fetchFragment} from './fragments.js';
import {text} from './text.js';

const PAUSE_MS = 120; // typing goes on: nothing is asked yet
const LEAST_DIGITS = 7; // a number, or most of one: it is never sent
const MOST_RECENT = 8;
const box = document.getElementById('find-box');
const field = document.getElementById('find-text');
const list = document.getElementById('find-list');
const person = document.querySelector('meta[name=kepan-person]');
const storageKey = `kepan:recent:${person ? person.content : ''}`;
let asked = 0; // the number of the last question: later answers to earlier ones are dropped
let pause = 0;
let isWaiting = false;
let opensWhenFound = false;

/** Kind and id of the records opened last in this tab; no names. */
function recentMarks() {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey)) || [];
  } catch {
    return []; // nothing is remembered
  }
}

function rememberMark(mark) {
  const marks = [mark, ...recentMarks().filter((one) => one !== mark)].slice(0, MOST_RECENT);
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(marks));
  } catch {
    // without storage it is forgotten
  }
}

/** The page itself may be a record's. */
function rememberPage() {
  const places = JSON.parse(box.dataset.places);
  const path = window.location.pathname;
  const kind = Object.keys(places).find((one) => path.startsWith(places[one]));
  const id = kind && path.slice(places[kind].length);
  if (id && /^\d+$/.test(id)) rememberMark(`${kind}:${id}`);
}

function lines() {
  return [...list.querySelectorAll('[role=option]')];
}

function chosenLine() {
  return list.querySelector('[role=option][aria-selected=true]');
}

function choose(line) {
  lines().forEach((one) => one.setAttribute('aria-selected', String(one === line)));
  field.setAttribute('aria-activedescendant', line ? line.id : '');
  if (line) line.scrollIntoView({block: 'nearest'});
}

function step(by) {
  const all = lines();
  if (!all.length) return;
  const at = all.indexOf(chosenLine());
  choose(all[(at + by + all.length) % all.length]);
}

function show(nodes) {
  list.replaceChildren(...nodes);
  list.scrollTop = 0;
  choose(lines()[0]);
}

function say(message) {
  show([make('p', 'find-none', message)]);
}

function typedText() {
  return field.value.normalize('NFKC').trim();
}

function isWholeNumber(typed) {
  const digits = typed.replace(/[\s+()-]/g, '');
  return /^\d+$/.test(digits) && digits.length >= LEAST_DIGITS;
}

async function ask() {
  const typed = typedText();
  const mine = ++asked;
  if (isWholeNumber(typed)) {
    isWaiting = false;
    say(box.dataset.numberHint);
    return;
  }
  const given = typed ? {q: typed} : {of: recentMarks().join(',')};
  isWaiting = true;
  try {
    const part = await fetchFragment(`${box.dataset.url}?${new URLSearchParams(given)}`);
    if (mine !== asked) return;
    show(part.body.childNodes);
  } catch (error) {
    if (mine !== asked) return;
    opensWhenFound = false;
    say(error.message && !/fetch/i.test(error.message) ? error.message : text.load_failed);
  }
  isWaiting = false;
  if (opensWhenFound) openChosen();
}

function askSoon() {
  clearTimeout(pause);
  asked += 1;
  isWaiting = true;
  pause = setTimeout(ask, PAUSE_MS);
}

/** Open the chosen line; while the answer is on its way, as soon as it is there. */
function openChosen() {
  opensWhenFound = isWaiting;
  const line = chosenLine();
  if (!isWaiting && line) line.click();
}

function openBox() {
  if (document.querySelector('dialog[open]')) return;
  field.value = '';
  opensWhenFound = false;
  list.replaceChildren();
  box.showModal();
  field.focus();
  ask();
}

const KEYS = {ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: openChosen};

function start() {
  onContent((root) => {
    if (isPage(root)) rememberPage();
  });
  onEvent('click', '[data-find]', openBox);
  document.addEventListener('keydown', (event) => {
    const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!isAsked || event.key.toLowerCase() !== 'k') return;
    event.preventDefault();
    openBox();
  });
  field.addEventListener('input', (event) => {
    opensWhenFound = false;
    if (!event.isComposing) askSoon();
  });
  field.addEventListener('compositionend', askSoon);
  field.addEventListener('keydown', (event) => {
    if (event.isComposing || !(event.key in KEYS)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  list.addEventListener('click', (event) => {
    const line = event.target.closest('[role=option]');
    if (!line) return;
    if (line.dataset.mark) rememberMark(line.dataset.mark);
    box.close();
  });
  box.addEventListener('mousedown', (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener('close', () => {
    clearTimeout(pause);
    asked += 1;
  });
}

if (box) start();
