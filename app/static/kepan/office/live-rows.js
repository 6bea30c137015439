// The open list follows: new records are offered, never pushed under the hand; rows of moving work are replaced.
import {isInDrawer, make, onEvent} from './dom.js';
import {onLive} from './live.js';
import {castShadows} from './table.js';
import {fillText, text} from './text.js';
import {showToast} from './toast.js';

/** Replace rows, total and pager; selection, scroll position and the cursor stay where they are. */
function replaceRows(card, fresh) {
  const shown = card.querySelector('.twrap');
  const next = fresh.querySelector('.twrap');
  if (!shown || !next) {
    card.replaceChildren(...fresh.childNodes);
  } else {
    const {scrollLeft, scrollTop} = shown;
    const focused = card.contains(document.activeElement) && document.activeElement.closest('tr[data-url]');
    if (next.innerHTML !== shown.innerHTML) shown.replaceChildren(...next.childNodes);
    shown.scrollLeft = scrollLeft;
    shown.scrollTop = scrollTop;
    const foot = card.querySelector('.tfoot');
    const nextFoot = fresh.querySelector('.tfoot');
    if (foot && nextFoot) foot.replaceWith(nextFoot);
    const row = focused && card.querySelector(`tr[data-url="${focused.dataset.url}"] a`);
    if (row) row.focus({preventScroll: true});
  }
  card.dataset.openList = fresh.dataset.openList || '';
  card.dataset.total = fresh.dataset.total || '';
  castShadows();
  document.dispatchEvent(new CustomEvent('kepan:rows', {detail: {card}}));
}

async function refresh(card) {
  const answer = await fetch(window.location.href, {credentials: 'same-origin', headers: {Accept: 'text/html'}});
  const page = answer.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page && page.querySelector('.list-card');
  if (!fresh) throw new Error('no list');
  if (card.isConnected) replaceRows(card, document.importNode(fresh, true));
}

function sentence({new: number, more, changed}) {
  if (number) return fillText(text.new_rows, {n: more ? `${number}+` : number});
  return changed ? text.changed_rows : '';
}

function offer(card, words) {
  const before = document.querySelector('[data-live-offer]');
  if (!words) {
    if (before) before.remove();
    return;
  }
  if (before) {
    before.querySelector('span').textContent = words;
    return;
  }
  const button = make('button', 'live-offer');
  button.type = 'button';
  button.dataset.liveOffer = '';
  button.append(make('i', 'fa fa-arrows-rotate'), make('span', '', words));
  button.firstChild.setAttribute('aria-hidden', 'true');
  const status = make('div', 'live-offer-box');
  status.setAttribute('role', 'status');
  status.append(button);
  card.prepend(status);
}

onLive(({list}) => {
  const card = document.querySelector('.list-card[data-open-list]');
  if (!card || !list || isInDrawer) return;
  if (sentence(list) && card.querySelector('[data-live]')) {
    refresh(card).catch(() => {
      // the next answer says it again
    });
    return;
  }
  offer(card, sentence(list));
});
onEvent('click', '[data-live-offer]', (event, button) => {
  if (button.classList.contains('is-busy')) return;
  button.classList.add('is-busy');
  const card = button.closest('.list-card');
  refresh(card)
    .then(() => offer(card, ''))
    .catch(() => {
      button.classList.remove('is-busy');
      showToast(text.load_failed, 'danger');
    });
});
