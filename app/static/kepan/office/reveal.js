// The full number of a customer: shown for its seconds, then gone from the page.
import {onContent, onLeave} from '../shared/content.js';
import {fillText, text} from './text.js';

const TICK_MS = 500;
let hideShown = () => {};

function start(card) {
  const end = Date.now() + Number(card.dataset.seconds) * 1000;
  const phone = card.querySelector('[data-reveal-phone]');
  const note = card.querySelector('[data-reveal-time]');
  const call = card.querySelector('[data-reveal-call]');
  let timer = 0;

  function hide() {
    clearInterval(timer);
    phone.textContent = text.hidden_now;
    phone.classList.add('is-hidden');
    note.textContent = '';
    if (call) call.remove();
  }
  function tick() {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) hide();
    else note.textContent = fillText(text.seconds_left, {n: left});
  }
  tick();
  timer = setInterval(tick, TICK_MS);
  hideShown = hide;
}

onContent((root) => root.querySelectorAll('[data-reveal]').forEach(start));
onLeave(() => hideShown());
window.addEventListener('pagehide', () => hideShown());
