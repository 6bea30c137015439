// Going to an address that is no link on the page.

/** Go to an address as a click on a link to it does: what hears clicks on links hears this too. */
export function follow(address) {
  const link = document.createElement('a');
  link.href = address;
  link.hidden = true;
  document.body.appendChild(link);
  link.click();
  link.remove();
}
