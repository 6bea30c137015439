// Ways back: from an error, and from a record to its list as it was left.
import {isInDrawer, onEvent, opensElsewhere} from './dom.js';
import {cameFrom} from './entries.js';
import {closeSurroundingDrawer} from './frames.js';

function isWhereOneCameFrom(address) {
  const [path] = cameFrom().split('?');
  return path === address.pathname && !address.search && window.history.length > 1;
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
  } else if (isWhereOneCameFrom(new URL(link.href))) {
    event.preventDefault();
    window.history.back();
  }
});
