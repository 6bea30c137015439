// Counts in the tabs of a list: fetched after the page, as they may take longer.
import {onContent} from '../shared/content.js';

/** The active tab is in sight; the counts of those before it move it. */
function scrollToActive(tabs) {
  const active = tabs.querySelector('.active');
  if (active) tabs.scrollLeft = active.offsetLeft - 24;
}

function showCounts(tabs, counts) {
  tabs.querySelectorAll('[data-count]').forEach((place) => {
    place.textContent = counts[place.dataset.count] ?? '';
  });
  scrollToActive(tabs);
}

function fetchCounts(tabs) {
  fetch(tabs.dataset.counts, {
    credentials: 'same-origin',
    headers: {Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest'},
  })
    .then((answer) => (answer.ok ? answer.json() : {}))
    .then((counts) => showCounts(tabs, counts))
    .catch(() => {
      // a list without counts is still a list
    });
}

onContent((root) => {
  root.querySelectorAll('[data-counts]').forEach(fetchCounts);
  root.querySelectorAll('.tabs-p').forEach(scrollToActive);
});
