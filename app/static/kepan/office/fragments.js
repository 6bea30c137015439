// Parts of a page that are fetched when they are wanted: tabs, further rows.
import {contentCame, contentLeaves} from '../shared/content.js';
import {make} from './dom.js';
import {text} from './text.js';

const PATIENCE_MS = 400; // what is shown stays that long before a spinner replaces it

/** Fetch a part of a page; the error of a refusal carries the server's words. */
export async function fetchFragment(address) {
  const answer = await fetch(address, {
    credentials: 'same-origin',
    headers: {'X-Requested-With': 'XMLHttpRequest', Accept: 'text/html'},
  });
  const part = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (part.querySelector('[data-page=login]')) {
    window.location.reload();
    throw new Error('signed out');
  }
  if (!answer.ok) {
    const reason = part.querySelector('.err-text');
    throw new Error(reason ? reason.textContent.trim() : '');
  }
  return part;
}

function showLoading(pane) {
  const box = make('div', 'tab-state');
  box.append(make('span', 'spin'), make('span', '', text.loading));
  box.setAttribute('role', 'status');
  pane.replaceChildren(box);
}

function showFailure(pane, message, retry) {
  const box = make('div', 'tab-state is-error');
  const again = make('button', 'btn btn-default', text.retry);
  again.type = 'button';
  again.addEventListener('click', retry);
  box.append(make('div', '', message), again);
  box.setAttribute('role', 'alert');
  pane.replaceChildren(box);
}

export async function loadInto(pane, address) {
  pane.dataset.state = 'loading';
  const slow = setTimeout(() => showLoading(pane), pane.childElementCount ? PATIENCE_MS : 0);
  try {
    const part = await fetchFragment(address);
    clearTimeout(slow);
    contentLeaves(pane);
    pane.replaceChildren(...part.body.childNodes);
    pane.dataset.state = 'loaded';
    contentCame(pane);
  } catch (error) {
    clearTimeout(slow);
    pane.dataset.state = '';
    const isFromServer = error.message && !/fetch/i.test(error.message);
    showFailure(pane, isFromServer ? error.message : text.load_failed, () => loadInto(pane, address));
  }
}
