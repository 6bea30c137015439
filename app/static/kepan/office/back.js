// Ways back: from an error, and from a record to its list as it was left.
import {isInDrawer, onEvent, opensElsewhere} from './dom.js';
import {closeSurroundingDrawer} from './frames.js';

function cameFrom(address) {
  const from = document.referrer && new URL(document.referrer);
  const isSamePage = from && from.origin === address.origin && from.pathname === address.pathname;
  return isSamePage && !address.search && window.history.length > 1;
}

onEvent('click', '[data-history-back]', () => {
  if (window.self !== window.top && window.parent.Kepan) closeSurroundingDrawer();
  else if (window.history.length > 1) window.history.back();
  else window.location.href = document.querySelector('.err-ops a').href;
});
onEvent('click', '[data-back]', (event, link) => {
  if (opensElsewhere(event)) return;
  if (isInDrawer) {
    event.preventDefault();
    closeSurroundingDrawer();
  } else if (cameFrom(new URL(link.href))) {
    event.preventDefault();
    window.history.back();
  }
});
