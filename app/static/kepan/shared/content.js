// Parts of a page that are replaced in place (OFF-16): what starts with a page starts again with its new part.
const CAME = 'kepan:content';
const LEAVES = 'kepan:leave';
const WANTED = 'kepan:wanted';

/** Start on the page as it is, and on every part that comes later; `start` gets the part. */
export function onContent(start) {
  start(document);
  document.addEventListener(CAME, (event) => start(event.target));
}

/** Stop what reaches out of a part (timers, layers on the page) before the part is taken away. */
export function onLeave(stop) {
  document.addEventListener(LEAVES, (event) => stop(event.target));
}

/** Call what waits for content: the part is in the page. */
export function contentCame(root) {
  root.dispatchEvent(new CustomEvent(CAME, {bubbles: true}));
}

/** Call what must stop: the part is about to go. */
export function contentLeaves(root) {
  root.dispatchEvent(new CustomEvent(LEAVES, {bubbles: true}));
}

/** Ask for the page one is on anew; without somebody who replaces its content it is loaded as a whole. */
export function askForContent() {
  if (document.dispatchEvent(new CustomEvent(WANTED, {cancelable: true}))) window.location.reload();
}

/** Replace the content when that is asked for; the first who does not answer false has done it. */
export function onContentWanted(replace) {
  document.addEventListener(WANTED, (event) => {
    if (!event.defaultPrevented && replace() !== false) event.preventDefault();
  });
}

/** Whether this is a page, and not a tab or some rows of it. */
export function isPage(root) {
  return root === document || root.id === 'main';
}
