// What a page and the form in its drawer may call of each other: two documents share no modules.
window.Kepan = window.Kepan || {};

export function offerToFrames(functions) {
  Object.assign(window.Kepan, functions);
}

/** From the form in the drawer: ask the page around it to close the drawer. */
export function closeSurroundingDrawer() {
  window.parent.Kepan.closeDrawer();
}
