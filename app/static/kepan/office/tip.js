// A button that cannot be used says why: to mouse, keyboard, touch and screen reader.
import {onLeave} from '../shared/content.js';
import {make, onEvent} from './dom.js';

const TOUCH_MS = 4000;
const MARGIN = 8; // px between the tip, its button and the window's edge
let tip = null;
let timer = 0;

function takeReason(element) {
  if (element.title) {
    element.dataset.tip = element.title;
    element.setAttribute('aria-description', element.title);
    element.removeAttribute('title');
  }
  return element.dataset.tip;
}

export function hideTip() {
  clearTimeout(timer);
  if (!tip) return;
  tip.remove();
  tip = null;
}

function showTip(element) {
  const reason = takeReason(element);
  hideTip();
  if (!reason) return;
  tip = document.body.appendChild(make('div', 'tip', reason));
  tip.setAttribute('role', 'tooltip');
  const at = element.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const middle = at.left + at.width / 2 - own.width / 2;
  const left = Math.max(MARGIN, Math.min(middle, window.innerWidth - own.width - MARGIN));
  const above = at.top - own.height - MARGIN;
  tip.style.left = `${left}px`;
  tip.style.top = `${above < MARGIN ? at.bottom + MARGIN : above}px`;
}

onEvent('mouseover', '.is-off', (event, element) => showTip(element));
onEvent('focusin', '.is-off', (event, element) => showTip(element));
onEvent('mouseout', '.is-off', hideTip);
onEvent('focusout', '.is-off', hideTip);
onEvent('click', '.is-off', (event, element) => {
  event.preventDefault();
  showTip(element);
  timer = setTimeout(hideTip, TOUCH_MS);
});
document.addEventListener('scroll', hideTip, true);
onLeave(hideTip);
