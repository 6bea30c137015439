// Elements and events: making the first, hearing the second, and what kind of screen this is.
export const isInDrawer = document.body.classList.contains('is-drawer') && window.self !== window.top;

/** Make an element; `content` is plain text. */
export function make(tag, className, content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content != null) element.textContent = content;
  return element;
}

/** Hear an event on every element that matches the selector, also on those that come later. */
export function onEvent(type, selector, act) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest ? event.target.closest(selector) : null;
    if (element) act(event, element);
  });
}

export function isPhone() {
  return window.matchMedia('(max-width: 767px)').matches;
}

export function isTouch() {
  return window.matchMedia('(pointer: coarse)').matches;
}

/** Whether a click asks for a new tab or window: the browser does that by itself. */
export function opensElsewhere(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey;
}
