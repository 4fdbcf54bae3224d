// The amount owns the focus of the counter: typing always lands there after anything else is done.

export const AMOUNT_ID = "amount";
export const LOOK_UP_ID = "look-up";
export const ENROL_ID = "enrol-whom";
export const CUSTOMER_SEARCH_ID = "customer-search";

export function focusAmount(): void {
  document.getElementById(AMOUNT_ID)?.focus();
}

export function focusLookUp(): void {
  focusWhole(LOOK_UP_ID);
}

export function focusEnrol(): void {
  document.getElementById(ENROL_ID)?.focus();
}

export function focusCustomerSearch(): void {
  focusWhole(CUSTOMER_SEARCH_ID);
}

/** What stands in the field is chosen, so that typing replaces it. */
function focusWhole(id: string): void {
  const field = document.getElementById(id);
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
}

/** After a click on anything but a field or selected text, typing goes on in the amount. */
export function afterPointer(event: MouseEvent): void {
  const byKeyboard = event.detail === 0;
  const kept = event.target instanceof Element && event.target.closest("input, a, dialog");
  if (!byKeyboard && !kept && !getSelection()?.toString()) focusAmount();
}

/** When what had the focus is gone from the screen, typing would go nowhere. */
export function focusIfLost(): void {
  if (document.activeElement === null || document.activeElement === document.body) focusAmount();
}
