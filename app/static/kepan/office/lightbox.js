// Pictures open in the page (OFF-15): arrows move among those beside it, Esc closes; without script they are links.
import {onLeave} from '../shared/content.js';
import {make, onEvent, opensElsewhere} from './dom.js';
import {text} from './text.js';

const PICTURE = 'a[data-picture]';
const TOGETHER = '[data-pictures], .tl-files, table, #main'; // the pictures that are looked through together
let box = null;
let parts = null;
let links = [];
let at = 0;

function button(className, icon, label) {
  const made = make('button', `lb-btn ${className}`);
  made.type = 'button';
  made.title = label;
  made.setAttribute('aria-label', label);
  made.appendChild(make('i', `fa ${icon}`)).setAttribute('aria-hidden', 'true');
  return made;
}

function setWhole(isWhole) {
  box.classList.toggle('is-whole', isWhole);
  parts.whole.setAttribute('aria-pressed', String(isWhole));
}

function show(number) {
  at = (number + links.length) % links.length;
  const link = links[at];
  setWhole(false);
  box.classList.remove('is-bad');
  parts.image.src = link.href;
  parts.image.alt = link.dataset.picture;
  parts.caption.textContent = link.dataset.picture;
  parts.place.textContent = links.length > 1 ? `${at + 1} / ${links.length}` : '';
  const address = new URL(link.href);
  address.searchParams.set('download', '1');
  parts.download.href = address.href;
  parts.before.hidden = links.length < 2;
  parts.after.hidden = links.length < 2;
}

function makeHead() {
  const head = make('div', 'lb-head');
  const download = make('a', 'lb-btn');
  download.title = text.download;
  download.setAttribute('aria-label', text.download);
  download.setAttribute('download', '');
  download.appendChild(make('i', 'fa fa-download')).setAttribute('aria-hidden', 'true');
  const close = button('', 'fa-xmark', text.close);
  const whole = button('', 'fa-magnifying-glass-plus', text.full_size);
  const caption = make('span', 'lb-caption');
  const place = make('span', 'lb-place');
  place.setAttribute('aria-live', 'polite');
  head.append(caption, place, whole, download, close);
  close.addEventListener('click', () => box.close());
  whole.addEventListener('click', () => setWhole(!box.classList.contains('is-whole')));
  return {head, download, whole, caption, place};
}

function onKey(event) {
  const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
  if (!step || links.length < 2) return;
  event.preventDefault();
  show(at + step);
}

function makeBox() {
  box = make('dialog', 'lb');
  box.setAttribute('aria-label', text.picture);
  const head = makeHead();
  const stage = make('div', 'lb-stage');
  const image = make('img');
  const before = button('lb-before', 'fa-chevron-left', text.previous_picture);
  const after = button('lb-after', 'fa-chevron-right', text.next_picture);
  stage.tabIndex = 0; // a long picture is scrolled with the keys
  stage.append(image, make('p', 'lb-failed', text.load_failed));
  box.append(head.head, stage, before, after);
  parts = {...head, image, before, after};
  before.addEventListener('click', () => show(at - 1));
  after.addEventListener('click', () => show(at + 1));
  image.addEventListener('error', () => box.classList.add('is-bad'));
  image.addEventListener('click', () => setWhole(!box.classList.contains('is-whole')));
  stage.addEventListener('click', (event) => event.target === stage && box.close());
  box.addEventListener('keydown', onKey);
  box.addEventListener('close', () => {
    parts.image.removeAttribute('src');
    if (links[at] && links[at].isConnected) links[at].focus();
  });
  document.body.appendChild(box);
}

onEvent('click', PICTURE, (event, link) => {
  if (event.defaultPrevented || opensElsewhere(event)) return;
  event.preventDefault();
  if (!box) makeBox();
  const beside = link.closest(TOGETHER) || document;
  links = Array.from(beside.querySelectorAll(PICTURE)).filter((one) => one.getClientRects().length);
  show(links.indexOf(link));
  box.showModal();
});
onLeave(() => {
  if (box && box.open) box.close();
});
