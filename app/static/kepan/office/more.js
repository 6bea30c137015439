// "Show more" under the rows of a tab: further rows join those that are shown.
import {onEvent, opensElsewhere} from './dom.js';
import {fetchFragment, loadInto} from './fragments.js';
import {text} from './text.js';
import {showToast} from './toast.js';

function focusOn(row) {
  const goal = row.querySelector('a, button') || row;
  if (goal === row) row.tabIndex = -1;
  goal.focus({preventScroll: true});
}

function append(pane, part) {
  const rows = part.querySelector('[data-rows]');
  const target = pane.querySelector('[data-rows]');
  const first = rows && rows.firstElementChild;
  if (rows && target) target.append(...rows.children);
  const bar = pane.querySelector('[data-more-bar]');
  const next = part.querySelector('[data-more-bar]');
  if (bar && next) bar.replaceWith(next);
  else if (bar) bar.remove();
  if (first) focusOn(first);
}

onEvent('click', '[data-more]', (event, link) => {
  const pane = link.closest('[data-load]');
  if (opensElsewhere(event) || !pane) return;
  event.preventDefault();
  if (link.classList.contains('is-busy')) return;
  if (link.dataset.more === 'replace') {
    loadInto(pane, link.href);
    return;
  }
  link.classList.add('is-busy');
  fetchFragment(link.href)
    .then((part) => append(pane, part))
    .catch(() => {
      link.classList.remove('is-busy');
      showToast(text.load_failed, 'danger');
    });
});
